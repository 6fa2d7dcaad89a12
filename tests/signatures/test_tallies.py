"""Each hour knows how many signed and how many confirmed in it: exactly, whoever comes at once, and for good."""

from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.factories import latest_signature, make_invited, make_letter, make_signature
from tests.invitations.answers import accept
from tests.threads import at_once
from tribune.database import db, hour_of, now, write
from tribune.letters.models import Letter
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures.actions import ask_again, confirm, not_me, sign
from tribune.signatures.models import Signature, Tally

AT_ONCE = 20
CONTENT = {"given_name": "Zoé", "family_name": "Évrard", "role": "", "organisation": "", "capacity": "personal",
           "published": True, "news": False, "wording": ""}  # fmt: skip


def tallies(letter: Letter) -> list[tuple[datetime, int, int]]:
    """Hour, signed and confirmed, oldest first."""
    db.session.rollback()
    query = sa.select(Tally.hour, Tally.signed, Tally.confirmed).where(Tally.letter_id == letter.id)
    return [(hour, signed, confirmed) for hour, signed, confirmed in db.session.execute(query.order_by(Tally.hour))]


def sums(letter: Letter) -> tuple[int, int]:
    """All that signed, all that confirmed; a test may begin in one hour and end in the next."""
    rows = tallies(letter)
    return sum(row[1] for row in rows), sum(row[2] for row in rows)


def test_each_counts_in_the_hour_in_which_it_happens(letter: Letter) -> None:
    three = (now() + timedelta(days=1)).replace(hour=15, minute=0, second=0, microsecond=0)
    with time_machine.travel(three - timedelta(microseconds=1), tick=False):
        sign(letter, email="zoe@example.org", **CONTENT)
    with time_machine.travel(three, tick=False):
        sign(letter, email="noe@example.org", **CONTENT)
        signature = latest_signature()
        confirm(signature.id, signature.link_nonce)
    assert tallies(letter) == [(three - timedelta(hours=1), 1, 0), (three, 1, 1)]


def test_who_accepts_an_invitation_has_signed_and_confirmed_once(app: Flask) -> None:
    letter = make_letter(published=False)
    invitation = make_invited(letter)
    for _ in range(2):
        accept(invitation)
    assert sums(letter) == (1, 1)


def test_a_link_opened_again_and_a_mail_asked_for_again_count_no_more(letter: Letter) -> None:
    sign(letter, email="zoe@example.org", **CONTENT)
    ask_again("zoe@example.org")
    signature = latest_signature()
    for _ in range(3):
        confirm(signature.id, signature.link_nonce)
    sign(letter, email="zoe@example.org", **CONTENT)  # counts already: told so by mail, no row
    assert sums(letter) == (1, 1)


def test_of_two_submissions_of_one_person_one_confirms(letter: Letter) -> None:
    waiting = []
    for _ in range(2):
        sign(letter, email="zoe@example.org", **CONTENT)
        waiting.append(latest_signature())
    for signature in waiting:
        confirm(signature.id, signature.link_nonce)
    assert sums(letter) == (2, 1)


def test_who_leaves_no_row_is_not_tallied(letter: Letter) -> None:
    not_me(mailbox_key("suppressed@example.org"))
    sign(letter, email="suppressed@example.org", **CONTENT)
    for _ in range(5):  # the mailbox may receive three
        sign(letter, email="zoe@example.org", **CONTENT)
    assert sums(letter) == (3, 0)


def test_who_leaves_later_still_signed_then(letter: Letter) -> None:
    sign(letter, email="zoe@example.org", **CONTENT)
    not_me(mailbox_key("zoe@example.org"))
    assert db.session.scalars(sa.select(Signature)).all() == []
    assert sums(letter) == (1, 0)


def test_a_signing_that_is_taken_back_is_not_tallied(letter: Letter) -> None:
    sign(letter, email="noe@example.org", **CONTENT)
    signature = latest_signature()
    with pytest.raises(ZeroDivisionError), write():
        sign(letter, email="zoe@example.org", **CONTENT)
        confirm(signature.id, signature.link_nonce)
        raise ZeroDivisionError
    assert sums(letter) == (1, 0)


def test_letters_are_tallied_apart(letter: Letter) -> None:
    sign(make_letter(), email="zoe@example.org", **CONTENT)
    assert tallies(letter) == []


def test_twenty_who_sign_at_once_are_twenty(app: Flask, letter: Letter) -> None:
    number = letter.id

    def task(email: str) -> None:
        of = db.session.get(Letter, number)
        assert of is not None
        sign(of, email=email, **CONTENT)

    at_once(app, [partial(task, f"person{person}@example.org") for person in range(AT_ONCE)])
    assert sums(letter) == (AT_ONCE, 0)


def test_twenty_who_confirm_at_once_are_twenty(app: Flask, letter: Letter) -> None:
    people = [make_signature(letter, confirmed=False) for _ in range(AT_ONCE)]
    at_once(app, [partial(confirm, person.id, person.link_nonce) for person in people])
    assert sums(letter) == (0, AT_ONCE)


def test_an_hour_is_a_whole_hour_of_utc(app: Flask) -> None:
    moment = datetime.fromisoformat("2026-11-24T00:15:10.5+05:30")
    assert hour_of(moment) == datetime.fromisoformat("2026-11-23T18:00:00+00:00")
