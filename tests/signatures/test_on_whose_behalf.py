"""Each mail that prints somebody's line says so where they sign for an organisation, as its page does."""

from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, make_invited, make_letter, make_signature, posted
from tests.invitations.answers import accept
from tests.page import Reader
from tribune.database import write
from tribune.importing.mails import post_ask_imported
from tribune.invitations.announcing import compose_published
from tribune.mine.mails import post_found
from tribune.moderation.mails import post_hidden, post_shown
from tribune.signatures.mails import already_signed
from tribune.signatures.models import Signature

pytestmark = ON_SQLITE
SAID = "Vous signez au nom de l’organisation."
FOR_IT = {"organisation": "Le Port", "capacity": "organisation"}


def mailed_about(signature: Signature) -> list[str]:
    letter, to = signature.letter, signature.email or ""
    with write():
        post_found([signature], to, "fr")
        post_ask_imported(signature, letter, None)
        post_hidden(signature, "Un doublon")
        post_shown(signature)
    return [already_signed(signature, to, "fr").composed.text, *(mail.text or "" for mail in posted()[-4:])]


def test_every_mail_with_a_line_says_so(app: Flask) -> None:
    letter = make_letter()
    for given in ({"organisation": "Le Port"}, FOR_IT):
        for text in mailed_about(make_signature(letter, **given)):
            assert (SAID in text) is (given is FOR_IT) and "(Le Port)" in text, text


def test_so_does_that_of_the_publication(app: Flask) -> None:
    for given in ({"organisation": "Le Port", "capacity": "personal"}, FOR_IT):
        invitation = make_invited(make_letter(published=False), **given)
        text = compose_published(invitation, accept(invitation)).text
        assert (SAID in text) is (given is FOR_IT) and "(Le Port)" in text


def test_whose_initials_are_shown_checks_the_whole_line_before_confirming(client: Reader) -> None:
    letter = make_letter(public_list="initials")
    given = {"given_name": "Zoé", "family_name": "Évrard", **FOR_IT, "confirmed": False}
    page = client.get(confirm_path(make_signature(letter, **given))).text  # type: ignore[arg-type]
    assert "Zoé Évrard</b> (Le Port)" in page and "au nom de l’organisation" in page
    assert "que «\u00a0Z. É.\u00a0»" in page
    unseen = client.get(confirm_path(make_signature(letter, **given, published=False))).text  # type: ignore[arg-type]
    assert "Zoé Évrard</b> (Le Port)" in unseen and "Z. É." not in unseen and "votre nom ne sera pas affiché" in unseen
