"""Signing: what a submission leaves behind, and what it answers."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from tests.databases import ON_SQLITE
from tests.factories import (
    confirm_path,
    everything,
    latest_signature,
    make_letter,
    make_signature,
    posted,
)
from tests.page import Reader
from tests.statements import listening
from tribune.database import db, now
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures import actions
from tribune.signatures.models import Signature
from tribune.signatures.wordings import WORDING

CONTENT = {
    "given_name": "Zoé",
    "family_name": "Évrard",
    "role": "",
    "organisation": "",
    "capacity": "personal",
    "published": True,
    "news": False,
    "wording": WORDING,
}


def rows() -> list[Signature]:
    return list(db.session.scalars(sa.select(Signature).order_by(Signature.id)))


@ON_SQLITE
def test_each_submission_is_a_row_with_content_and_link_of_its_own(client: Reader) -> None:
    make_letter(slug="rues")
    client.sign("rues", given_name="Zoé", role="éditrice")
    client.sign("rues", given_name="Un autre", role="cracheur de feu")
    first, second = rows()
    assert (first.given_name, first.role) == ("Zoé", "éditrice")
    assert (second.given_name, second.role) == ("Un autre", "cracheur de feu")
    assert confirm_path(first) != confirm_path(second)
    assert [mail.links["confirm"]["payload"] for mail in posted() if mail.links] == [
        [first.id, first.link_nonce],
        [second.id, second.link_nonce],
    ]


@ON_SQLITE
def test_what_was_typed_is_stored_tidied_and_with_its_consents(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign(
        "rues",
        given_name="  Zoe\u0301 ",
        family_name="d’Été  Bis",
        email=" \ufeff\u202azo\u00ade@ex\u200bample.org\u202c\u2060\u00a0",  # as other programs copy it
        role="éditrice",
        organisation="Le Port",
        capacity="organisation",
        publish="y",
        news="y",
    )
    s = latest_signature()
    assert (s.given_name, s.family_name, s.email) == ("Zoé", "d’Été Bis", "zoe@example.org")
    assert s.mailbox_key == mailbox_key("zoe@example.org")
    assert (s.role, s.organisation, s.capacity) == ("éditrice", "Le Port", "organisation")
    assert (s.published, s.news, s.wording) == (True, True, WORDING)
    assert (s.status, s.origin, s.letter_version, s.counted_at) == ("pending", "web", 1, None)
    assert letter.confirmed_count == 0


@ON_SQLITE
def test_a_box_left_alone_is_a_no(client: Reader) -> None:
    make_letter(slug="rues")
    page = client.get("/letters/rues/sign").text
    boxes = re.findall(r"<input[^>]*type=\"checkbox\"[^>]*>", page)
    assert len(boxes) == 2 and not any("checked" in box for box in boxes)
    path = "/letters/rues/sign"
    typed = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org"}
    assert client.post(path, data={**client.fields(path), **typed}).status_code == 303
    assert (latest_signature().published, latest_signature().news) == (False, False)


def answer_apart_from_the_cookie(answer: TestResponse) -> tuple[Any, ...]:
    """All that an answer says, its random cookie made alike."""
    headers = [
        (name, re.sub(r"(tribune_signing=)[\w.-]{80,90};", r"\1random;", value))
        for name, value in answer.headers
        if name != "Date"
    ]
    return answer.status, headers, answer.data


@ON_SQLITE
def test_the_answer_is_the_same_whoever_the_address_belongs_to(client: Reader) -> None:
    letter, other = make_letter(slug="rues"), make_letter(slug="autre")
    make_signature(letter, email="pending@example.org", confirmed=False)
    make_signature(letter, email="confirmed@example.org")
    actions.not_me(mailbox_key("suppressed@example.org"))
    for _ in range(3):
        actions.sign(other, email="over-budget@example.org", **CONTENT)
    known = ["new", "pending", "confirmed", "suppressed", "over-budget"]
    with time_machine.travel(now(), tick=False):  # a cookie says when it ends
        answers = [client.sign("rues", email=f"{name}@example.org") for name in known]
    assert answers[0].status_code == 303 and "random" in str(answer_apart_from_the_cookie(answers[0]))
    assert [answer_apart_from_the_cookie(answer) for answer in answers] == [
        answer_apart_from_the_cookie(answers[0])
    ] * len(known)


@ON_SQLITE
def test_a_field_that_the_form_does_not_have_is_not_read(client: Reader) -> None:
    make_letter(slug="rues")
    columns = {column.key for column in sa.inspect(Signature).columns}
    asked = {"given_name", "family_name", "email", "role", "organisation", "capacity", "news", "wording"}
    client.sign("rues", email="zoe1@example.org")
    client.sign("rues", email="zoe2@example.org", **dict.fromkeys(columns - asked, "1"))
    plain, stuffed = rows()
    own = {"id", "public_id", "link_nonce", "email", "mailbox_key", "browser_hash", "signed_at"}
    assert {name for name in columns if getattr(plain, name) != getattr(stuffed, name)} == own
    assert "1" not in {stuffed.public_id, stuffed.link_nonce, stuffed.mailbox_key, stuffed.browser_hash}


def test_only_who_can_be_mailed_leaves_a_row(app: Flask) -> None:
    letter, other = make_letter(), make_letter()
    make_signature(letter, email="confirmed@example.org")
    for address in ("suppressed@example.org", "confirmed@example.org"):
        actions.not_me(mailbox_key(address))
    for _ in range(3):
        actions.sign(other, email="over-budget@example.org", **CONTENT)
    before = len(rows()), len(posted())
    for address in ("suppressed@example.org", "confirmed@example.org", "over-budget@example.org"):
        actions.sign(letter, email=address, **CONTENT)
    assert (len(rows()), len(posted())) == before


def test_who_cannot_be_mailed_leaves_no_trace_as_the_first_who_signs(app: Flask) -> None:
    letter = make_letter()
    actions.not_me(mailbox_key("suppressed@example.org"))
    before = everything()
    actions.sign(letter, email="suppressed@example.org", **CONTENT)  # no affiliation, which would be flagged
    assert everything() == before and letter.version.signed_at is None
    actions.sign(letter, email="zoe@example.org", **CONTENT)
    assert letter.version.signed_at and latest_signature().flags


@ON_SQLITE
def test_somebody_who_counts_is_told_so_and_nothing_changes(app: Flask) -> None:
    letter = make_letter()
    for_it = {"organisation": "Le Port", "capacity": "organisation"}
    counted = make_signature(letter, email="zoe@example.org", given_name="Zoé", family_name="Évrard", **for_it)
    actions.sign(letter, email="zoe+other@example.org", **{**CONTENT, "given_name": "Imposteur"})
    [mail] = posted()
    assert rows() == [counted]
    assert (mail.kind, mail.recipient) == ("already_signed", "zoe@example.org")  # the address that was proved
    text = " ".join((mail.text or "").split())
    assert "Zoé Évrard (Le Port) Vous signez au nom de l’organisation." in text and "Imposteur" not in text
    assert "Une autre personne doit signer avec sa propre adresse." in text  # they may share this one


def test_without_its_mail_there_is_no_signature(app: Flask) -> None:
    letter = make_letter()
    db.session.execute(sa.text("ALTER TABLE messages RENAME TO lost"))
    db.session.commit()
    with pytest.raises(DBAPIError):
        actions.sign(letter, email="zoe@example.org", **CONTENT)
    assert rows() == []


@ON_SQLITE
def test_a_closed_letter_takes_no_signature(client: Reader) -> None:
    letter = make_letter(slug="rues")
    fields = client.fields("/letters/rues/sign")
    letter.closed_at = letter.published_at
    db.session.commit()
    answer = client.post("/letters/rues/sign", data={**fields, "given_name": "Zoé"})
    assert answer.status_code == 403 and "Cette tribune est close" in answer.text
    page = client.get("/letters/rues/sign").text
    assert "<h1>Cette tribune est close</h1>" in page and "Signer cette tribune" not in page
    with pytest.raises(actions.LetterClosed):
        actions.sign(letter, email="zoe@example.org", **CONTENT)
    assert rows() == [] and posted() == []


@ON_SQLITE
@pytest.mark.parametrize("how", ["?lang=en", "Accept-Language"])
def test_the_mail_speaks_the_language_of_the_form(client: Reader, how: str) -> None:
    make_letter(slug="rues")
    path = "/letters/rues/sign"
    headers = {"Accept-Language": "en"} if how == "Accept-Language" else {}
    typed = {"given_name": "Zoé", "family_name": "Évrard", "email": "zoe@example.org"}
    form = client.get(path + (how if how.startswith("?") else ""), headers=headers)
    assert "Given name" in form.text
    hidden = client.fields(path + how) if how.startswith("?") else client.fields(path)
    answer = client.post(path, data={**hidden, **typed}, headers=headers)
    assert "One more step" in client.get(answer.location, headers=headers).text
    assert latest_signature().locale == "en"
    assert (posted()[0].subject or "").startswith("Confirm your signature")


@ON_SQLITE
def test_a_form_in_french_brings_a_mail_in_french(client: Reader) -> None:
    make_letter(slug="rues")
    client.sign("rues", lang="xx")
    assert latest_signature().locale == "fr"
    assert (posted()[0].subject or "").startswith("Confirmez votre signature")


def test_who_signs_in_time_is_in_time_however_long_others_are_waited_for(app: Flask) -> None:
    closes = now() + timedelta(minutes=1)
    letter = make_letter(slug="rues", closes_at=closes)
    with time_machine.travel(closes - timedelta(seconds=1), tick=False) as clock:

        def wait(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if statement.startswith("INSERT INTO mailboxes"):  # which others have locked
                clock.move_to(closes + timedelta(seconds=1))

        with listening("before_cursor_execute", wait):
            actions.sign(letter, email="zoe@example.org", **CONTENT)
        signature = latest_signature()
        assert signature.signed_at < closes < now()
        assert signature.letter.confirms(signature.signed_at)


@ON_SQLITE
def test_who_mistyped_their_address_is_told_to_sign_again(client: Reader) -> None:
    make_letter(slug="rues")
    after = client.sign("rues", email="zoe@gmial.example").location or ""
    page = client.get(f"{after}?lang=en").text
    assert "Mistyped your address?" in page and 'href="/letters/rues?lang=en#sign"' in page
    asked = client.get("/signatures/new-link/sent?lang=en").text
    assert "you may have signed with another address, or mistyped yours" in asked
