"""What administrators do about reports: take a letter down, put it back, block an account."""

import logging
from contextlib import suppress

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import now, write
from tribune.faults import one_by_one
from tribune.invitations.mails import KIND
from tribune.invitations.pausing import pause
from tribune.letters.life import AlreadyPublished, NotPublished, unschedule
from tribune.letters.models import Letter
from tribune.letters.queries import letters_nobody_can_edit, lock
from tribune.letters.recording import record_letter
from tribune.notices import mails
from tribune.organisers.models import Organiser
from tribune.outbox import unsent
from tribune.outbox.models import LEAVES, WAITS, Message
from tribune.signatures.mails import PUBLISHED, QUESTIONS
from tribune.statements import there_is
from tribune.teams.actions import shut_out
from tribune.teams.models import Membership, Role

UNTIL_PUT_BACK = (*QUESTIONS, PUBLISHED)  # questions about a changed text; that it is published

log = logging.getLogger(__name__)


class TakenDownAlready(Exception):
    """The letter is taken down already, for a reason that was given."""


class NotTakenDown(Exception):
    """The letter is not taken down."""


def take_down(letter: Letter, reason: str) -> None:
    """Hide a letter from readers, and accept neither signatures nor answers; its owners are mailed the reason.

    `put_back` undoes it. Mails that wait and whose links would open nothing are paused: those of UNTIL_PUT_BACK, and
    invitations until the organisers resume them. Raises NotPublished or TakenDownAlready.
    """
    with write():
        lock(letter)
        if not letter.is_published:
            raise NotPublished
        if letter.taken_down_at:
            raise TakenDownAlready
        letter.taken_down_at, letter.taken_down_for = now(), reason
        record_letter(letter, Verb.LETTER_TAKEN_DOWN, by=None, reason=reason)
        _lock_mailboxes(letter, KIND, *UNTIL_PUT_BACK)
        mails.tell_taken_down(letter)
        _pause_invitations(letter)
        for kind in UNTIL_PUT_BACK:
            unsent.pause(kind, letter.id)
    log.info("taken down: letter %d", letter.id)  # the log line of the request says by whom


def put_back(letter: Letter) -> None:
    """Show the letter again, open or closed as before; its owners are mailed. Raises NotTakenDown."""
    with write():
        lock(letter)
        if not letter.taken_down_at:
            raise NotTakenDown
        letter.taken_down_at, letter.taken_down_for = None, ""
        record_letter(letter, Verb.LETTER_PUT_BACK, by=None)
        _lock_mailboxes(letter, *UNTIL_PUT_BACK)
        mails.tell_taken_down(letter)
        for kind in UNTIL_PUT_BACK:
            unsent.resume(kind, letter.id, reply_to=None)
    log.info("put back: letter %d", letter.id)


def _lock_mailboxes(letter: Letter, *kinds: str) -> None:
    """Lock the mailboxes of the owners, who are told, and of what waits of these kinds, before these mails.

    "It was not me" locks a mailbox, then deletes its mails.
    """
    waiting = sa.select(Message.mailbox_key).where(WAITS, Message.kind.in_(kinds), Message.about == letter.id)
    owning = Membership.team_id == letter.team_id, Membership.role == Role.OWNER
    unsent.lock_mailboxes(waiting.union(sa.select(Organiser.mailbox_key).join(Membership).where(*owning)))


def block(organiser: Organiser) -> int:
    """Let nobody log in to an account, by link or passkey; return how many log-ins ended.

    Nor by a waiting invitation into a team that it owns: these are revoked. What readers see stays: see `take_down`.
    """
    ended = shut_out(organiser)
    stop_what_nobody_can()
    return ended


def stop_what_nobody_can() -> None:
    """Pause waiting invitations and cancel scheduled publications under letters whose every editor is blocked.

    Nobody could stop them any more. A chore too, since the last one who could may leave the team long after a block.
    """
    leaving = sa.select(Message.about).where(Message.kind == KIND, LEAVES)  # read once, not for each letter
    one_by_one(_stop, letters_nobody_can_edit(sa.or_(Letter.published_at > now(), Letter.id.in_(leaving))))


def _stop(letter: Letter) -> None:
    with write():
        lock(letter)
        _pause_invitations(letter)
        with suppress(AlreadyPublished):
            unschedule(letter)


def _pause_invitations(letter: Letter) -> None:
    """Pause invitations if any waits; if none does, organisers should not find them paused."""
    if there_is(sa.and_(Message.kind == KIND, Message.about == letter.id, WAITS)):
        pause(letter, by=None)
