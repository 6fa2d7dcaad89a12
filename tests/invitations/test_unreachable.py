"""Who cannot be reached by mail is told as such on the board, and is not proposed for a reminder."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import all_leave, make_invited, make_letter, owner_of, posted
from tests.invitations.answers import decline
from tests.invitations.sent import invite_all
from tests.page import Reader, words
from tests.retention.forgetful import SOON, ran
from tribune.database import db, now, write
from tribune.invitations import actions, sending
from tribune.invitations.models import Invitation
from tribune.invitations.queries import numbers, state
from tribune.letters.models import Letter
from tribune.outbox.actions import suppress
from tribune.outbox.models import MOST_BOUNCES, Mailbox
from tribune.retention import periods

REST = sending.REST + timedelta(minutes=1)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo."""
    return make_letter(published=False)


@pytest.fixture
def invitation(letter: Letter) -> Invitation:
    """Somebody whose invitation has left."""
    invitation = make_invited(letter)
    invite_all(letter)
    all_leave()
    return invitation


def remind(letter: Letter) -> sending.Sent:
    return sending.remind(letter, sending.to_remind(letter), by=owner_of(letter))


def came_back(invitation: Invitation) -> None:
    """As if its mail server had returned the mail, after it had taken it."""
    with write():
        [message] = [message for message in posted() if message.id == invitation.message_id]
        message.gave_up_at = now()


def test_who_wants_no_more_mail_is_told_as_not_reached(letter: Letter, invitation: Invitation) -> None:
    other = make_invited(letter)
    invite_all(letter), all_leave()
    suppress(invitation.mailbox_key or "")
    assert (state(invitation), state(other), numbers(letter).silent) == ("refused", "sent", 1)
    with time_machine.travel(now() + REST):
        assert sending.to_remind(letter) == [other.id]
        assert sending.remind(letter, [invitation.id], by=owner_of(letter)) == (0, 0)


@ON_SQLITE
def test_the_board_counts_who_cannot_be_reached_beside_who_is_silent(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    client.log_in(owner_of(letter))
    board, number = f"/manage/letters/{letter.id}/invitations?lang=en", "no answer {} refused by mail servers 0"
    page = words(client.get(board).text)
    assert number.format(1) in page and "cannot be emailed" not in page
    suppress(invitation.mailbox_key or "")
    assert f"{number.format(0)} cannot be emailed 1" in words(client.get(board).text)


def test_nor_is_a_mailbox_reminded_that_sends_mails_back(letter: Letter, invitation: Invitation) -> None:
    with time_machine.travel(now() + REST):
        with write() as session:
            mailbox = session.get_one(Mailbox, invitation.mailbox_key)
            mailbox.hard_bounces, mailbox.bounced_at = MOST_BOUNCES, now()  # from other letters
        assert sending.to_remind(letter) == []
    with time_machine.travel(now() + timedelta(days=40)):
        assert sending.to_remind(letter) == [invitation.id]


def test_a_reminder_that_was_refused_is_on_the_board_and_not_proposed_again_that_day(
    client: Reader, letter: Letter, invitation: Invitation
) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    with time_machine.travel(now() + REST):
        for _ in range(3):
            make_invited(other := make_letter(published=False), email=invitation.email)
            assert invite_all(other) == (1, 0)
        assert remind(letter) == (0, 1) and remind(letter) == (0, 0) and state(invitation) == "sent"
        client.log_in(owner_of(letter))
        page = client.get(f"/manage/letters/{letter.id}/invitations").text
        row = re.sub(r"<[^>]+>", " ", page.partition("<tbody>")[2])
        assert "Could not be emailed" in unescape(row) and "/remind" not in page
        all_leave()
    with time_machine.travel(now() + REST + timedelta(days=1, minutes=1)):
        assert remind(letter) == (1, 0) and invitation.refused_at is None


def test_an_invitation_that_came_back_stays_so_when_the_traces_of_mails_go(
    letter: Letter, invitation: Invitation
) -> None:
    came_back(invitation)
    answered = make_invited(letter)
    invite_all(letter), all_leave()
    came_back(answered)
    decline(answered)
    day = now() + periods.MAILS + SOON
    assert ran(day)["mails"] == 1  # nobody asks what became of the other
    db.session.expire_all()
    with time_machine.travel(day):
        assert state(invitation) == "bounced" and numbers(letter).bounced == 1 and sending.to_remind(letter) == []
    actions.remove(invitation, by=owner_of(letter))
    assert ran(day)["mails"] == 1 and posted() == []


def test_one_that_came_back_after_it_was_taken_is_not_reminded(letter: Letter, invitation: Invitation) -> None:
    came_back(invitation)
    with time_machine.travel(now() + REST):
        assert state(invitation) == "bounced" and sending.to_remind(letter) == []
