"""A dry run says the numbers of the run, also of rows that more than one rule would take."""

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from tests.factories import all_leave, make_invited, make_message, make_signature
from tests.retention.forgetful import closed, with_a_past
from tests.shell import shell
from tribune.database import now, write
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.outbox.models import Message


def numbers(app: Flask, at: datetime, *options: str) -> dict[str, int]:
    """What the command says of each rule at that moment."""
    with time_machine.travel(at, tick=False):
        _code, said = shell(app, "retention", "run", *options)
    lines = [line.split("\t") for line in said.splitlines() if not line.startswith("{")]
    return {name: int(rows) for name, rows in lines}


def leave(letter: Letter, **given: object) -> int:
    signature = make_signature(letter, **given)
    withdraw(signature.id, signature.link_nonce)
    return signature.id


def given_up(to: str) -> Message:
    message = make_message(to)
    with write():
        message.gave_up_at = now()
    return message


@pytest.fixture
def crowded(letter: Letter) -> Letter:
    """Rows of two rules and more: signed only, left, invited, refused, with networks, mails and mailboxes."""
    with_a_past(letter)
    for _ in range(3):
        make_signature(letter, network_hash="x")
        make_signature(letter, confirmed=False, network_hash="x")
    leave(letter, network_hash="x")
    make_invited(letter, note="Une amie")  # nobody answered
    accepted, left, refused, paused = (make_invited(letter, note="Une amie") for _ in range(4))
    make_invited(letter, email="back@example.org")  # whoever leaves takes it along
    leave(letter, email="back@example.org")  # and accepted what they were asked afterwards
    came_back, unnamed = (make_invited(letter, email="back@example.org", note=note) for note in ("Une amie", ""))
    all_leave()
    signed, again = make_signature(letter).id, make_signature(letter, email="back@example.org").id
    gone = leave(letter)
    with write():
        accepted.accepted_at = left.accepted_at = came_back.accepted_at = unnamed.accepted_at = now()
        accepted.signature_id, left.signature_id = signed, gone
        came_back.signature_id = unnamed.signature_id = again
        left.message_id, unnamed.email = given_up("left@example.org").id, None
        refused.message_id = given_up("refused@example.org").id
        for invitation in (accepted, paused):
            mail = make_message(f"{invitation.id}@example.org")
            mail.paused_at, mail.about, invitation.message_id = now(), letter.id, mail.id
    given_up("no-invitation@example.org")
    with write():
        make_message("waits@example.org").about = letter.id
    return letter


@pytest.mark.parametrize(("days", "months"), [(15, 0), (31, 0), (34, None), (400, None)])
def test_a_dry_run_says_how_many_rows_the_run_takes(app: Flask, crowded: Letter, days: int, months: int | None) -> None:
    moment = closed(crowded, names_kept_months=months) + timedelta(days=days)
    said = numbers(app, moment, "--dry-run")
    assert said["unconfirmed"] == 3 and said == numbers(app, moment)
