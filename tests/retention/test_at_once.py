"""Whoever is forgotten, and says at the same moment that another mail is not for them, waits in no ring."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import all_leave, make_invited, make_letter, make_message, make_signature, owner_of
from tests.invitations.answers import accept
from tests.retention.forgetful import SOON, closed, ran
from tests.statements import listening
from tests.threads import LONG
from tests.turns import Act, all_turns, take_turns
from tribune.database import db, now, write
from tribune.invitations import pausing
from tribune.invitations.models import Invitation
from tribune.invitations.sending import invite, send_again
from tribune.letters.life import publish, reopen
from tribune.letters.models import CONFIRMS_AFTER_CLOSING, Letter
from tribune.mine.actions import come_back, withdraw
from tribune.organisers.models import Organiser
from tribune.outbox.models import Message
from tribune.people.first import set_first
from tribune.retention.actions import run
from tribune.retention.periods import ADDRESSES, MAILS, NETWORKS, WITHDRAWN
from tribune.signatures.actions import not_me
from tribune.signatures.models import Signature
from tribune.writing.deleting import delete_letter


def invited_twice(email: str) -> Invitation:
    """Under a draft: the first mail was given up, the second is paused."""
    letter = make_letter(published=False)
    me, invitation = owner_of(letter), make_invited(letter, email=email)
    invite(letter, [invitation.id], by=me)
    with write():
        db.session.get_one(Message, invitation.message_id).gave_up_at = now()
    pausing.pause(letter, by=me)
    send_again(invitation, by=me, last=invitation.message_id)
    return invitation


def days_of(invitation: Invitation, names: bool) -> datetime:
    letter = invitation.letter
    make_signature(letter)
    publish(letter)
    if names:
        return closed(letter, names_kept_months=0) + CONFIRMS_AFTER_CLOSING
    return closed(letter) + ADDRESSES


@ON_POSTGRESQL
@pytest.mark.parametrize("names", [False, True], ids=["their invitation", "all names"])
def test_who_is_forgotten_and_says_that_a_mail_is_not_for_them_waits_in_no_ring(app: Flask, names: bool) -> None:
    def begin(pause: int) -> tuple[Act, Act]:
        clock.move_to(today)
        invitation = invited_twice(f"zoe{pause}@example.org")
        key = invitation.mailbox_key
        clock.move_to(days_of(invitation, names) + SOON)
        return lambda: list(run()), partial(not_me, key)

    today = now()
    with time_machine.travel(today, tick=False) as clock:
        list(all_turns(app, begin))


@ON_POSTGRESQL
def test_mailboxes_that_go_are_locked_byte_by_byte_as_by_those_who_mail_several(app: Flask) -> None:
    """Whatever the language of the database: the tests have none where it matters."""
    for email in ("ana@example.org", "zoe@example.org"):
        make_message(email)
    all_leave()
    locked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        locked.extend(re.findall(r"(?s)^SELECT mailboxes\.key .*(ORDER BY .*) FOR UPDATE", statement))

    with listening("before_cursor_execute", note):
        assert ran(now() + MAILS)["mailboxes"] == 2
    assert locked[0] == 'ORDER BY mailboxes.key COLLATE "C"'


@ON_POSTGRESQL
def test_a_letter_that_is_opened_again_at_that_moment_keeps_its_addresses(app: Flask, letter: Letter) -> None:
    make_signature(letter)
    number, forgotten = letter.id, dict[str, int]()

    def open_again() -> None:
        reopen(db.session.get_one(Letter, number))

    with time_machine.travel(closed(letter) + ADDRESSES + SOON, tick=False):
        assert take_turns(app, open_again, lambda: forgotten.update(run()), 1)
    assert forgotten["addresses"] == 0


@ON_POSTGRESQL
def test_who_signs_again_while_networks_are_forgotten_waits_in_no_ring(app: Flask) -> None:
    """They take their place among the first signatories, which moves somebody who signed before them."""

    def begin(_pause: int) -> tuple[Act, Act]:
        clock.move_to(today)
        letter = make_letter()
        moved, returns = (make_signature(letter, network_hash="x") for _ in range(2))
        for each in (returns, moved):
            set_first(letter, each, True, by=owner_of(letter))
        clock.move_to(today + NETWORKS + SOON)
        withdraw(returns.id, returns.link_nonce)
        link = returns.id, returns.link_nonce
        return lambda: come_back(*link), lambda: list(run())

    today = now()
    with time_machine.travel(today, tick=False) as clock:
        for _pause in all_turns(app, begin):
            list(run())  # what was locked then
            assert not db.session.scalar(sa.select(sa.func.count()).where(Signature.network_hash != ""))


def test_a_draft_that_is_deleted_once_its_rows_were_found_stops_no_other_rule(app: Flask) -> None:
    letter = make_letter(published=False)
    left = accept(make_invited(letter))
    withdraw(left.id, left.link_nonce)
    number, owner = letter.id, owner_of(letter).id

    def delete() -> None:
        with app.app_context():
            delete_letter(db.session.get_one(Letter, number), db.session.get_one(Organiser, owner))

    def then(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not looked and statement.startswith("SELECT signatures.id") and "LIMIT" in statement:  # what is due
            looked.append(statement)
            with ThreadPoolExecutor(1) as thread:
                thread.submit(delete).result(LONG)

    looked: list[str] = []
    db.session.rollback()
    with time_machine.travel(now() + WITHDRAWN + SOON), listening("after_cursor_execute", then):
        assert dict(run())["withdrawn"] == 0
    assert looked and db.session.get(Letter, number) is None
