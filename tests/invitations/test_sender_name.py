"""An invitation comes from who invites, and always from the site."""

from collections.abc import Callable
from datetime import timedelta
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
import time_machine
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from tests.factories import make_invited, make_letter, owner_of, posted
from tests.invitations.sent import invite_all
from tests.servers.smtp import MailServer
from tribune.database import now
from tribune.invitations import sending
from tribune.invitations.models import Gathering
from tribune.invitations.words import sender_name
from tribune.organisers.models import Organiser
from tribune.outbox.delivery import deliver_due
from tribune.outbox.mime import as_mail, sender

SITE = "Tribune <t@example.org>"
TOO_LONG = "Association pour des rues où l’on joue, marche, parle, respire"  # 62 characters


def test_who_is_invited_reads_who_invites_them_on_every_try(make_app: Callable[..., Flask]) -> None:
    with MailServer(answers=["451 4.3.0 Try again later"]) as server:
        app = make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=server.port, MAIL_DEFAULT_SENDER=SITE)
        with app.app_context():
            letter = make_letter(published=False)
            make_invited(letter)
            for signs in ("Élodie Martin", "Quelqu’un d’autre"):
                words = {"subject": "Signez", "message": "Bonjour.", "sender": signs, "reply_by": None}
                sending.save_words(letter, by=owner_of(letter), **words)  # type: ignore[arg-type]
                invite_all(letter)  # the second time, nobody is left to invite
            assert deliver_due() == 0
            with time_machine.travel(now() + timedelta(minutes=2)):
                assert deliver_due() == 1
            assert posted()[0].sender_name is None  # erased once it has left
    tries = [(mail.sender, str(mail.message["From"])) for mail in server.taken]
    assert tries == [("t@example.org", '"Élodie Martin, via Tribune" <t@example.org>')] * 2


def test_the_site_stands_behind_by_its_name_or_its_host_and_once() -> None:
    app = Flask(__name__)
    for site, shown in (
        (SITE, "Ana Ba, via Tribune"),
        ('"Amis, voisins" <t@example.org>', "Ana Ba, via Amis, voisins"),
        ("t@example.org", "Ana Ba, via example.org"),
        ("Ana Ba <t@example.org>", "Ana Ba"),
    ):
        app.config["MAIL_DEFAULT_SENDER"] = site
        with app.app_context():
            assert sender("Ana Ba") == (shown, "t@example.org")


@pytest.mark.parametrize(
    ("signs", "comes_from"),
    [
        ("Le collectif", "Le collectif"),
        ("Léa  Petit\nAda Roux", "Léa Petit Ada Roux"),
        (TOO_LONG, "Ana Ba"),
        ("Banque, 01 23 45 67 89", "Ana Ba"),
        ("aide@banque.example", "Ana Ba"),
        ("Banque (banque.fr)", "Ana Ba"),
        ("=?utf-8?q?aide=40banque=2Efr?=", "Ana Ba"),
        ("Banque\u202e", "Ana Ba"),
        ("Banque" + "\u0301" * 4, "Ana Ba"),
    ],
)
def test_it_comes_from_who_signs_it_if_that_is_a_name_or_else_from_the_account(signs: str, comes_from: str) -> None:
    assert sender_name(Gathering(sender=signs), Organiser(name="Ana Ba")) == comes_from
    assert sender_name(Gathering(sender=signs), Organiser(name="")) in (comes_from, None)


@given(st.text() | st.text('"\\<>()[]:;,.@=?\r\n é😀'))
@example("=?utf-8?q?Banque?=")
@example('Banque" <aide@banque.example>, "')
@example("Banque\r\nBcc: victim@example.org")
@example("M" * 60)
@example("😀" * 60)
def test_no_words_hide_the_site_or_its_address(words: str) -> None:
    app = Flask(__name__)
    app.config["MAIL_DEFAULT_SENDER"] = SITE
    name = sender_name(Gathering(sender=words), Organiser(name=""))
    with app.app_context():
        sent = as_mail("Signez", "zoe@example.org", "", "", "<1@example.org>", sender_name=name).content
    assert sent.isascii() and max(map(len, sent.split(b"\r\n"))) <= 78
    [line] = [header for header in sent.replace(b"\r\n ", b" ").split(b"\r\n") if header.startswith(b"From: ")]
    [(shown, address)] = getaddresses([line.decode().removeprefix("From: ")])
    assert address == "t@example.org" and b"\r\nBcc:" not in sent
    assert str(make_header(decode_header(shown))) == (
        f"{name}, via Tribune" if name not in (None, "Tribune") else "Tribune"
    )
