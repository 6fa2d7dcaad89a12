"""What those of an earlier text read when they are asked again: why it changed, where that is shown, whom to ask."""

from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.asking.again import agree, ask
from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_signature, posted
from tests.moderation.acting import back
from tests.page import Reader
from tribune.database import write
from tribune.letters.models import Letter
from tribune.signatures.links import agree_link
from tribune.signatures.models import Signature

pytestmark = ON_SQLITE


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", title="Pour des rues")


@pytest.fixture
def signature(letter: Letter) -> Signature:
    return make_signature(letter)


def asked(letter: Letter) -> str:
    """The words of the one mail."""
    ask(letter)
    [mail] = posted()
    return " ".join((mail.text or "").split())


def agreeing(client: Reader, signature: Signature) -> str:
    return client.get(f"{urlsplit(agree_link(signature).url()).path}?lang=en").text


def test_the_mail_says_why_whom_to_ask_and_how_to_be_left_in_peace(letter: Letter, signature: Signature) -> None:
    with write():
        letter.contact = "redaction@example.org"
    make_correction(letter, substance=True, reason="Un accord a été trouvé.")
    mail = asked(letter)
    assert "Le motif, dans leurs mots : « Un accord a été trouvé. »" in mail
    assert "Pour toute question, écrivez aux organisateurs : redaction@example.org" in mail
    assert "Ne plus m’écrire" in mail and "Ce n’était pas moi" not in mail


def test_a_reason_that_leads_elsewhere_is_in_no_mail(letter: Letter, signature: Signature) -> None:
    make_correction(letter, substance=True, reason="Lire https://example.org/pourquoi")
    assert "Le motif" not in asked(letter)


def test_the_reason_of_a_later_correction_is_not_said_to_be_that_of_the_change(
    letter: Letter, signature: Signature, client: Reader
) -> None:
    make_correction(letter, substance=True, reason="Un accord a été trouvé.")
    make_correction(letter, reason="Une coquille.")
    assert "Une coquille" not in asked(letter)
    shown = agreeing(client, signature)
    assert "Une coquille" not in shown and 'href="/letters/rues/versions?lang=en"' in shown


def test_the_page_says_why_and_leads_to_what_changed(letter: Letter, signature: Signature, client: Reader) -> None:
    make_correction(letter, substance=True, reason="Un accord a été trouvé.")
    ask(letter)
    shown = agreeing(client, signature)
    reason = '<span lang="fr">Un accord a été trouvé.</span>'  # of the letter, on a page in English
    assert f"The reason, in their words: “{reason}”" in shown
    assert 'href="/letters/rues/versions/2/changes?lang=en"' in shown
    assert "is called" not in shown


def test_the_page_says_a_new_title_alone(letter: Letter, signature: Signature, client: Reader) -> None:
    make_correction(letter, substance=True, title="Pour nos rues")
    ask(letter)
    assert "The new text is called “Pour nos rues”." in agreeing(client, signature)


def test_whose_question_was_undone_before_they_opened_it_is_not_said_to_have_signed_the_new_text(
    letter: Letter, signature: Signature, client: Reader
) -> None:
    make_correction(letter, substance=True)
    batch = ask(letter)
    before = "Do you sign the new text?" in agreeing(client, signature)
    back(batch)
    shown = agreeing(client, signature)
    assert before and "No answer is needed any more" in shown and "You have signed the new text" not in shown
    make_correction(letter, substance=True)
    ask(letter), agree(signature)
    assert "You have signed the new text" in agreeing(client, signature)
    make_correction(letter, substance=True)  # about which nobody is asked yet
    shown = agreeing(client, signature)
    assert "You signed an earlier text" in shown
    assert "what you signed" not in shown and "There is nothing more to do" not in shown


def test_who_agrees_is_still_asked_about_another_letter(letter: Letter) -> None:
    other = make_letter()
    for each in (other, letter):
        signature = make_signature(each, email="zoe@example.org")
        make_correction(each, substance=True)
        ask(each)
    agree(signature)
    assert [mail.about for mail in posted()] == [other.id]
