"""A chore that meets a row which raises an error goes on with the others, then says so."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_organiser, make_signature, posted
from tests.letters.gathered import make_accepted, make_gathered, told
from tribune.asking.actions import count_due
from tribune.database import db, now, write
from tribune.invitations import announcing
from tribune.invitations.announcing import announce_due
from tribune.letters.life import publish
from tribune.notices.actions import stop_what_nobody_can
from tribune.organisers.actions import shut_out
from tribune.signatures.reminding import remind_due


def let_stay(table: str, number: int) -> None:
    """Have SQLite refuse every change of this row."""
    trigger = f"CREATE TRIGGER stays BEFORE UPDATE ON {table} WHEN old.id = {number}"
    with write() as session:
        session.execute(sa.text(f"{trigger} BEGIN SELECT RAISE(ABORT, 'it stays'); END"))


def test_who_cannot_be_told_of_a_publication_keeps_nobody_else_waiting_and_is_told_later(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "AT_ONCE", 2)
    letter, other = make_gathered(), make_gathered(slug="autre")
    ana, *_rest = [make_accepted(letter, name) for name in ("Ana", "Bob", "Cleo")]
    make_accepted(other, "Dan")
    with write():
        ana.signature.locale = "?"  # type: ignore[union-attr]
    for each in (letter, other):
        publish(each)
    for _ in range(2):
        with pytest.raises(ValueError, match="expected only letters"):
            announce_due()
    assert told() == [f"{name}@example.org" for name in ("bob", "cleo", "dan")]
    assert (ana.told_at, letter.announced_at) == (None, None) and other.announced_at
    with write():
        ana.signature.locale = "fr"  # type: ignore[union-attr]
    announce_due()
    assert told()[3:] == ["ana@example.org"] and letter.announced_at


def test_who_cannot_be_reminded_keeps_nobody_else_waiting(app: Flask) -> None:
    letter, at = make_letter(), now() - timedelta(days=4)
    make_signature(letter, confirmed=False, at=at, locale="?")
    make_signature(letter, confirmed=False, at=at, email="zoe@example.org")
    with pytest.raises(ValueError, match="expected only letters"):
        remind_due()
    assert [mail.recipient for mail in posted()] == ["zoe@example.org"]


@ON_SQLITE
def test_a_letter_that_cannot_be_stopped_keeps_no_other_from_it(app: Flask) -> None:
    alice = make_organiser()
    letter, other = (make_letter(alice, published_at=now() + timedelta(days=1)) for _ in range(2))
    shut_out(alice)
    let_stay("letters", letter.id)
    with pytest.raises(IntegrityError, match="it stays"):
        stop_what_nobody_can()
    db.session.rollback()
    assert (letter.state, other.state) == ("scheduled", "draft")


@ON_SQLITE
def test_a_letter_whose_signatures_cannot_be_counted_again_keeps_no_other_waiting(app: Flask) -> None:
    stuck, free = (make_signature(make_letter(), confirmed=False, confirmed_at=now()) for _ in range(2))
    let_stay("signatures", stuck.id)
    with pytest.raises(IntegrityError, match="it stays"):
        count_due()
    db.session.rollback()
    assert not stuck.counted_at and free.counted_at
