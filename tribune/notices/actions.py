"""What whoever runs the site does about what was reported: take a letter down, put it back, block an account."""

import logging
from contextlib import suppress

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import now, there_is, write
from tribune.invitations.mails import KIND
from tribune.invitations.pausing import pause
from tribune.letters.life import AlreadyPublished, NotPublished, unschedule
from tribune.letters.models import Letter
from tribune.letters.queries import hold, letters_nobody_can_edit
from tribune.letters.recording import record_letter
from tribune.notices import mails
from tribune.organisers.actions import shut_out
from tribune.organisers.models import Organiser
from tribune.outbox.models import WAITS, Message

log = logging.getLogger(__name__)


class TakenDownAlready(Exception):
    """Readers do not see it any more; for a reason that was given."""


class NotTakenDown(Exception):
    """There is nothing to put back."""


def take_down(letter: Letter, reason: str) -> None:
    """Show readers nothing of a letter, and take neither signature nor answer; its owners are mailed the reason.

    Nothing of it is lost: see `put_back`. Invitations that wait are paused until its organisers resume them: strangers
    would open nothing. Raises NotPublished or TakenDownAlready.
    """
    with write():
        hold(letter)
        if not letter.is_published:
            raise NotPublished
        if letter.taken_down_at:
            raise TakenDownAlready
        letter.taken_down_at, letter.taken_down_for = now(), reason
        record_letter(Verb.LETTER_TAKEN_DOWN, letter, None, reason=reason)
        mails.tell_owners(letter)  # their mailboxes are held before mails that wait
        _pause_invitations(letter)
    log.info("taken down: letter %d", letter.id)  # by whom, the line of the same request says


def put_back(letter: Letter) -> None:
    """Show it as it was before, open or closed; its owners are mailed. Raises NotTakenDown."""
    with write():
        hold(letter)
        if not letter.taken_down_at:
            raise NotTakenDown
        letter.taken_down_at, letter.taken_down_for = None, ""
        record_letter(Verb.LETTER_PUT_BACK, letter, None)
        mails.tell_owners(letter)
    log.info("put back: letter %d", letter.id)


def block(organiser: Organiser) -> int:
    """Let nobody enter an account, by no link and no passkey; how many log-ins ended.

    Of a letter that nobody can change any more, the invitations that wait are paused, and it publishes nothing by
    itself: whoever could stop either is shut out. What readers see stays: see `take_down`.
    """
    ended = shut_out(organiser)
    for letter in letters_nobody_can_edit(organiser):
        with write():
            hold(letter)
            _pause_invitations(letter)
            with suppress(AlreadyPublished):
                unschedule(letter)
    return ended


def _pause_invitations(letter: Letter) -> None:
    """Pause those that wait; where none does, their organisers find nothing that they have to resume."""
    if there_is(sa.and_(Message.kind == KIND, Message.about == letter.id, WAITS)):
        pause(letter, by=None)
