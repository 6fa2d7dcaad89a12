"""A change of substance: nobody's name moves under new words, and each is asked whether they sign them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asking.again import agree, ask, counts, disagree
from tests.databases import ON_SQLITE
from tests.factories import all_leave, make_correction, make_letter, make_signature, owner_of, posted
from tests.moderation.acting import back, do_to
from tests.page import Reader, listed, words
from tests.threads import LONG
from tribune.asking import actions as asking
from tribune.asking.queries import answers, is_unasked
from tribune.database import db, now, write
from tribune.letters.actions import revise
from tribune.letters.models import CONFIRMS_AFTER_CLOSING, Letter, Version
from tribune.letters.queries import asking_number
from tribune.moderation import actions as moderation
from tribune.moderation import pieces
from tribune.moderation.actions import NobodyConcerned
from tribune.moderation.forth import go_on
from tribune.moderation.models import Batch
from tribune.signatures.actions import LetterClosed, confirm, sign


def test_what_is_asked_under_another_letter_is_not_asked_here(letter: Letter) -> None:
    elsewhere = make_letter()
    for each in (letter, elsewhere):
        make_signature(each)
        make_correction(each, substance=True)
    ask(elsewhere)
    assert is_unasked(letter) and not is_unasked(elsewhere)


def test_a_question_that_was_not_finished_ends_once_another_has_replaced_it(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "MAILS_AT_ONCE", 1)
    first, second = make_signature(letter), make_signature(letter)
    make_correction(letter, substance=True)
    batch = asking.ask(letter, by=owner_of(letter))
    moderation.advance(batch, 0)
    assert [mail.recipient for mail in posted()] == [first.email]
    make_correction(letter, substance=True)
    ask(letter)
    moderation.advance(batch, LONG)
    assert [mail.recipient for mail in posted()] == [first.email, second.email]  # one mail each, about the later change
    assert batch.finished_at and (batch.done, batch.total) == (1, 2)
    moderation.undo(batch, by=owner_of(letter))
    assert counts(letter) == (0, 0)  # all wait for what they say of the later change


@ON_SQLITE
def test_who_is_asked_while_a_page_counts_the_answers_is_not_missed_among_them(letter: Letter) -> None:
    make_signature(letter)
    make_correction(letter, substance=True)
    read_before = asking.ask(letter, by=owner_of(letter))
    number = read_before.id
    db.session.expunge(read_before)
    moderation.advance(db.session.get_one(Batch, number), LONG)
    assert answers(letter, [read_before]) == (0, 0, 1, 0, 0, 0)


@ON_SQLITE
def test_a_correction_leaves_everybody_where_they_are(letter: Letter) -> None:
    signature = make_signature(letter)
    make_correction(letter)
    assert not letter.version.asks_again and not is_unasked(letter)
    assert counts(letter) == (1, 0) and signature.letter_version == 1
    with pytest.raises(asking.NothingToAsk):
        ask(letter)


def test_until_they_agree_they_neither_count_nor_show_and_keep_what_they_signed(letter: Letter, client: Reader) -> None:
    signature = make_signature(letter, family_name="Durand")
    make_correction(letter, substance=True)
    assert is_unasked(letter) and counts(letter) == (1, 0)
    newer = make_signature(letter, family_name="Petit")
    ask(letter)
    assert not is_unasked(letter) and counts(letter) == (1, 0)
    assert signature.waits_for_agreement and signature.letter_version == 1 and signature.confirmed_at
    assert not newer.waits_for_agreement
    assert listed(client.get("/letters/rues/signatories").text) == ["Zoé Petit"]
    agree(signature)
    assert counts(letter) == (2, 0) and signature.letter_version == 2 and not signature.waits_for_agreement
    assert len(listed(client.get("/letters/rues/signatories").text)) == 2


@ON_SQLITE
def test_each_is_asked_once_at_the_address_they_proved(letter: Letter) -> None:
    make_signature(letter, email="zoe@example.org")
    make_signature(letter, confirmed=False)
    make_correction(letter, title="Un autre titre", substance=True)
    batch = ask(letter)
    (mail,) = posted()
    assert (mail.recipient, mail.kind) == ("zoe@example.org", "ask_to_agree") and (batch.total, batch.done) == (1, 1)
    text = mail.text or ""
    assert "Pour des rues où l’on joue" in text and "Un autre titre" in text and "Évrard" in text
    with pytest.raises(NobodyConcerned):
        ask(letter)


def test_who_was_asked_about_a_change_and_is_silent_does_not_count_under_the_next(letter: Letter) -> None:
    make_signature(letter)
    for _change in range(2):
        make_correction(letter, substance=True)
    back(ask(letter))
    assert counts(letter) == (1, 0) and ask(letter).total == 1  # about the first change
    make_correction(letter, substance=True)
    asking.count_again(letter)
    assert counts(letter) == (0, 0)


@pytest.mark.parametrize("taken_down", [True, False])
def test_nobody_else_is_asked_once_nobody_could_answer(
    letter: Letter, client: Reader, monkeypatch: pytest.MonkeyPatch, taken_down: bool
) -> None:
    monkeypatch.setattr(pieces, "MAILS_AT_ONCE", 2)
    for number in range(5):
        make_signature(letter, email=f"zoe{number}@example.org")
    make_correction(letter, substance=True)
    batch = asking.ask(letter, by=owner_of(letter))
    moderation.advance(batch, 0)
    with write():
        if taken_down:
            letter.taken_down_at = now()
        else:
            letter.closed_at = now() - CONFIRMS_AFTER_CLOSING
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/signatures/batches/{batch.id}"
    shown, token = client.get(page).text, client.fields(f"/manage/letters/{letter.id}")
    assert "itself.js" not in shown and "/advance" not in shown and "rien à personne d’autre" in words(shown)
    assert client.post(f"{page}/advance", data=token).location == page  # opened before
    with monkeypatch.context() as patched:
        patched.setattr(moderation, "go_on", pytest.fail)
        moderation.advance(batch, LONG)  # which returns at once
    go_on(batch)  # as if it had been closed since
    assert (batch.done, batch.finished_at, len(posted())) == (2, None, 2) and counts(letter) == (3, 0)
    with write():
        letter.taken_down_at = letter.closed_at = None
    assert "itself.js" in client.get(page).text
    moderation.advance(batch, LONG)
    assert batch.finished_at and len(posted()) == 5 and counts(letter) == (0, 0)


def test_before_anybody_is_asked_it_can_be_called_a_correction(letter: Letter) -> None:
    make_signature(letter)
    pending = make_signature(letter, confirmed=False)
    make_correction(letter, substance=True)
    confirm(pending.id, pending.link_nonce)
    assert counts(letter) == (1, 0)
    asking.take_back(letter, owner_of(letter), letter.version.digest)
    assert counts(letter) == (2, 0) and not is_unasked(letter) and posted() == []


@ON_SQLITE
def test_who_signs_again_while_they_wait_is_mailed_the_question_again(letter: Letter) -> None:
    emails = ["zoe@example.org", "held@example.org"]
    _zoe, held = (make_signature(letter, email=email) for email in emails)
    content = {"given_name": "Zoé", "family_name": "Évrard", "role": "", "organisation": "", "capacity": "personal"}
    content |= {"published": True, "news": False, "wording": ""}
    make_correction(letter, substance=True)
    sign(letter, email=emails[0], **content)  # who counts until they are asked
    ask(letter)
    do_to("hold", held)  # who does not learn it, and may be released
    for email in emails:
        sign(letter, email=email, **content)
    assert [mail.kind for mail in posted()] == ["already_signed", *["ask_to_agree"] * 4]


def test_whose_address_is_deleted_is_not_told_that_they_count(letter: Letter, client: Reader) -> None:
    zoe = make_signature(letter, email="zoe@example.org")
    make_correction(letter, substance=True)
    ask(letter)
    with write():
        zoe.email = None  # a month after the letter had closed; it is open again
    client.sign(letter.slug, email="zoe@example.org", lang="en")
    *_asked, mail = posted()
    said = " ".join((mail.text or "").split())
    assert mail.kind == "already_signed" and "is not counted there, unless you sign it" in said
    assert "“My signature” in the email you received" in said and "already counts" not in said
    links = {name: link["payload"] for name, link in (mail.links or {}).items()}
    assert links == {"not_me": [zoe.mailbox_key]}  # of no signature: who types it may be somebody else


def test_an_unsigned_version_that_is_edited_into_another_sense_asks(letter: Letter) -> None:
    make_signature(letter)
    make_correction(letter)
    version = rewrite(letter, "Tout autre chose.")
    assert version.number == 2 and version.asks_again


def rewrite(letter: Letter, text: str) -> Version:
    return revise(letter, by=owner_of(letter), text=text, reason="La demande change.", substance=True)


def test_words_that_people_were_asked_about_are_edited_no_more(letter: Letter) -> None:
    make_signature(letter)
    make_correction(letter, substance=True)
    rewrite(letter, "Une demande.")
    assert letter.version_number == 2
    ask(letter)
    assert rewrite(letter, "Tout autre chose.").number == 3
    all_leave()
    asked_about = db.session.scalars(sa.select(Version).where(Version.number == 2)).one()
    assert asked_about.text == "Une demande." and is_unasked(letter)
    assert ask(letter).total == 1 and len(posted()) == 2


def test_nor_are_words_that_somebody_refused_who_was_asked_by_no_mail(letter: Letter) -> None:
    signature = make_signature(letter, confirmed=False)
    make_signature(letter)
    make_correction(letter, substance=True)
    confirm(signature.id, signature.link_nonce)
    disagree(signature)
    assert rewrite(letter, "Tout autre chose.").number == 3


def test_nobody_is_asked_about_what_a_colleague_has_just_called_a_correction(letter: Letter) -> None:
    make_signature(letter)
    make_correction(letter, substance=True)
    number = asking_number(letter)
    asking.take_back(letter, owner_of(letter), letter.version.digest)
    with pytest.raises(NobodyConcerned):
        moderation.start(letter, by=owner_of(letter), verb="ask", choice={"version": number})
    assert counts(letter) == (1, 0) and posted() == []


@ON_SQLITE
def test_nobody_is_asked_who_could_not_answer_any_more(letter: Letter) -> None:
    make_signature(letter)
    make_correction(letter, substance=True)
    with write():
        letter.closed_at = now() - timedelta(hours=73)
    with pytest.raises(LetterClosed):
        ask(letter)
    assert counts(letter) == (1, 0)


@ON_SQLITE
def test_who_is_hidden_while_they_wait_to_agree_is_not_told_that_they_count(letter: Letter) -> None:
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    do_to("hide", signature, tells=True)
    assert signature.hidden_at and [mail.kind for mail in posted()] == ["ask_to_agree"]
