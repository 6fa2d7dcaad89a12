"""What whoever runs the site does about a letter that was reported: take it down, and put it back."""

import logging

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import now, there_is, write
from tribune.invitations.mails import KIND
from tribune.invitations.pausing import pause
from tribune.letters.life import NotPublished
from tribune.letters.models import Letter
from tribune.letters.queries import hold
from tribune.letters.recording import record_letter
from tribune.notices import mails
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
        if there_is(sa.and_(Message.kind == KIND, Message.about == letter.id, WAITS)):
            pause(letter, by=None)
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
