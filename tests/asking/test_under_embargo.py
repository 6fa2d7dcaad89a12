"""A first signatory is asked again before the letter is published: in confidence, and with what changed."""

from urllib.parse import urlsplit

from flask import Flask

from tests.asking.again import ask
from tests.factories import invitation_path, make_correction, make_invited, make_letter, posted
from tests.invitations.answers import accept
from tests.page import Reader
from tribune.database import now, write
from tribune.signatures.links import agree_link


def test_who_accepted_reads_why_they_are_asked_again_and_what_changed(app: Flask, client: Reader) -> None:
    letter = make_letter(published=False, title="Pour des rues", text="Nous demandons 30 km/h.")
    invitation = make_invited(letter, email="lea@example.org")
    accept(invitation)
    make_correction(letter, text="Nous demandons 20 km/h.", reason="La demande a changé.", substance=True)
    ask(letter)
    [mail] = [mail for mail in posted() if mail.kind == "ask_to_agree"]
    text = " ".join((mail.text or "").split())
    assert "confidentielle" in text and "s’intitule maintenant" not in text
    page = client.get(invitation_path(invitation)).text
    assert "La demande a changé." in page and "Ce qui a changé depuis que vous avez accepté" in page
    assert "<del>" in page and "<ins>" in page


def test_who_is_held_can_accept_again_too(app: Flask, client: Reader) -> None:
    letter = make_letter(published=False)
    invitation = make_invited(letter, email="lea@example.org")
    signature = accept(invitation)
    with write():
        signature.held_at, signature.counted_at = now(), None
    make_correction(letter, substance=True)
    led_to = client.get(urlsplit(agree_link(signature).url()).path).location
    assert led_to == invitation_path(invitation)
    assert "quand vous aurez accepté de nouveau" in client.get(led_to).text


def test_a_new_title_is_said(app: Flask) -> None:
    letter = make_letter(published=False, title="Pour des rues")
    accept(make_invited(letter, email="lea@example.org"))
    make_correction(letter, title="Pour nos rues", substance=True)
    ask(letter)
    [mail] = [mail for mail in posted() if mail.kind == "ask_to_agree"]
    assert "Il s’intitule maintenant « Pour nos rues »." in " ".join((mail.text or "").split())
