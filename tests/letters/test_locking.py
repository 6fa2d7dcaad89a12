"""Who changes a letter while people sign it gets their turn, however many go on signing."""

import threading
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import make_letter, make_signature
from tests.threads import LONG
from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.signatures.actions import confirm
from tribune.signatures.counting import recount

WAITING = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")

pytestmark = ON_POSTGRESQL


def begin(app: Flask, work: Callable[[Letter], object], number: int) -> threading.Thread:
    """Somebody else begins to do that with the letter."""

    def run() -> None:
        with app.app_context(), write() as session:
            work(session.get_one(Letter, number))

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_until_waiting(people: int) -> None:
    """Wait until that many wait for others."""
    with db.engine.connect() as connection:
        for _ in range(LONG * 20):
            if connection.scalar(WAITING) == people:
                return
            connection.execute(sa.text("SELECT pg_sleep(0.05)"))
    raise AssertionError("they do not wait")


def test_who_signs_does_not_overtake_who_waits_to_change_the_letter(app: Flask) -> None:
    number, came = make_letter().id, []
    with write() as session:
        lock(session.get_one(Letter, number), shared=True)  # somebody signs
        changing = begin(app, lambda letter: (lock(letter), came.append("changed")), number)
        wait_until_waiting(1)
        signing = begin(app, lambda letter: (lock(letter, shared=True), came.append("signed")), number)
        wait_until_waiting(2)
        assert came == []
    changing.join(LONG)
    signing.join(LONG)
    assert came == ["changed", "signed"]


def test_a_recount_does_not_wait_for_who_signs(app: Flask) -> None:
    number = make_letter().id
    with write() as session:
        lock(session.get_one(Letter, number), shared=True)
        session.execute(sa.select(Letter.id).where(Letter.id == number).with_for_update(read=True, key_share=True))
        counting = begin(app, recount, number)
        counting.join(LONG)
        assert not counting.is_alive()


def test_a_recount_waits_for_who_confirms_and_reads_what_they_leave(app: Flask) -> None:
    letter, drift = make_letter(), []
    signature = make_signature(letter, confirmed=False)
    number, signature_number, nonce = letter.id, signature.id, signature.link_nonce
    with write():
        confirm(signature_number, nonce)
        counting = begin(app, lambda letter: drift.append(recount(letter)), number)
        wait_until_waiting(1)
    counting.join(LONG)
    assert drift == [(0, 0)]
