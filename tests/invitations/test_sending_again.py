"""Sending an invitation again: one mail of it waits at most, and none leaves for whoever has answered or is gone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import all_leave, make_invited, make_letter, owner_of, posted
from tests.invitations.answers import accept, decline
from tests.turns import Act, all_turns
from tribune.database import db, now
from tribune.invitations import actions, pausing, sending
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.outbox.claiming import claim, record
from tribune.outbox.transport import MailboxRefused


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo."""
    return make_letter(published=False)


def send(invitation: Invitation) -> sending.Sent:
    """Press "Send the invitation again", as the page shows it."""
    return sending.send_again(invitation, by=owner_of(invitation.letter), last=invitation.message_id)


def test_it_takes_the_place_of_the_mail_that_waits(letter: Letter) -> None:
    invitation = make_invited(letter)
    pausing.pause(letter, by=owner_of(letter))
    send(invitation)
    [before] = [mail.id for mail in posted()]
    assert send(invitation) == (1, 0)
    [mail] = posted()
    assert mail.id == invitation.message_id != before


@pytest.mark.parametrize(
    "end",
    [
        accept,
        decline,
        lambda them: actions.remove(them, by=owner_of(them.letter)),
        lambda them: actions.edit(them, by=owner_of(them.letter), email="autre@example.org"),
    ],
    ids=["accepted", "declined", "removed", "at another address"],
)
def test_no_mail_leaves_once_it_is_of_no_use(letter: Letter, end: Callable[[Invitation], object]) -> None:
    invitation, other = make_invited(letter), make_invited(letter)
    send(other)
    for _ in range(2):
        send(invitation)
    end(invitation)
    assert [mail.id for mail in posted()] == [other.message_id]


def test_once_another_is_posted_nobody_reads_that_none_could_be(letter: Letter) -> None:
    invitation = make_invited(letter)
    for _ in range(3):
        assert send(invitation) == (1, 0)
        all_leave()
    first = invitation.invited_at
    assert send(invitation) == (0, 1) and invitation.refused_at
    with time_machine.travel(now() + timedelta(hours=25)):
        assert send(invitation) == (1, 0)
    assert (invitation.refused_at, invitation.invited_at) == (None, first)


def test_where_no_more_can_be_sent_the_mail_that_waits_stays(letter: Letter) -> None:
    invitation = make_invited(letter)
    for _ in range(2):
        send(invitation)
        all_leave()
    send(invitation)
    waiting = invitation.message_id
    assert send(invitation) == (0, 1)
    assert posted()[-1].id == waiting == invitation.message_id and posted()[-1].recipient


def test_of_a_mail_that_has_left_the_trace_stays(letter: Letter) -> None:
    invitation = make_invited(letter)
    send(invitation)
    all_leave()
    assert send(invitation) == (1, 0) and len(posted()) == 2


@ON_POSTGRESQL
def test_sending_it_while_the_mail_before_is_refused_waits_for_nobody_in_a_ring(app: Flask) -> None:
    def begin(_pause: int) -> tuple[Act, Act]:
        all_leave()
        invitation = make_invited(make_letter(published=False))
        send(invitation)
        number, claimed = invitation.id, claim()
        assert claimed
        return lambda: send(db.session.get_one(Invitation, number)), lambda: record(claimed, MailboxRefused("550"))

    list(all_turns(app, begin))
