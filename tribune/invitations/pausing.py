"""Pause invitations, and resume them: they then leave as they would be written today."""

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.invitations import mails
from tribune.invitations.actions import drop_mail
from tribune.invitations.models import Invitation
from tribune.invitations.queries import LEFT, lock_mailboxes_of
from tribune.invitations.sending import AT_ONCE, lock_gathering, refuse_closed
from tribune.invitations.words import gathering_of, mail_shown_as
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.letters.recording import record_under
from tribune.organisers.models import Organiser
from tribune.outbox import unsent
from tribune.outbox.models import PAUSED, Message


def pause(letter: Letter, *, by: Organiser | None) -> None:
    """Let no invitation of the letter leave until resumed; those posted meanwhile wait too.

    `by`: None for an administrator.
    """
    with write():
        gathering = lock_gathering(letter)
        if gathering.paused_at is None:
            gathering.paused_at = now()
            unsent.pause(mails.KIND, letter.id)
            record_under(letter, Verb.INVITATIONS_PAUSED, by=by)


def resume(letter: Letter, *, by: Organiser) -> None:
    """Rewrite the paused mails, and let them leave. Raises LetterClosed."""
    while not _let_go(letter, by, _rewrite(letter, by)):
        pass  # somebody saved other words while these were written, and was told that the new ones leave


def _let_go(letter: Letter, by: Organiser, written: str) -> bool:
    """Resume the mails; False where the words changed since they were rewritten. `written`: as `_rewrite` returned."""
    with write():
        gathering = lock_gathering(letter)
        refuse_closed(letter)
        if gathering.paused_at is None:
            return True
        if _words(letter) != written:
            return False
        gathering.paused_at = None
        unsent.resume(mails.KIND, letter.id, reply_to=letter.contact)
        record_under(letter, Verb.INVITATIONS_RESUMED, by=by)
    return True


def _words(letter: Letter) -> str:
    """Return a string that changes whenever the words of the mail or of its letter do."""
    return f"{mail_shown_as(gathering_of(letter))} {letter.revision} {letter.is_published}"


def _rewrite(letter: Letter, by: Organiser) -> str:
    """Compose all paused mails anew, since organisers pause to correct the words, a name or the day.

    Mails to people who have signed and left meanwhile are deleted. Return the `_words` before the first was rewritten.
    """
    waiting = sa.select(Invitation.id).join(Message, Invitation.message_id == Message.id)
    waiting = waiting.where(Invitation.letter_id == letter.id, PAUSED).order_by(Invitation.id).limit(AT_ONCE)
    still = sa.select(Invitation, LEFT).join(Message, Invitation.message_id == Message.id).where(PAUSED)
    came, words = 0, ""
    while True:
        with write():
            lock(letter, shared=True)
            words = words or _words(letter)
            numbers = db.session.scalars(waiting.where(Invitation.id > came)).all()
            if not numbers:
                return words
            lock_mailboxes_of(numbers)
            gathering = gathering_of(letter)
            these = still.where(Invitation.id.in_(numbers)).order_by(Invitation.id)
            # Their mails too: one that a worker was sending loses its words once it has left, for good.
            locked = these.with_for_update(of=[Invitation, Message])
            for invitation, has_left in db.session.execute(locked):
                if has_left:
                    drop_mail(invitation)
                else:
                    mails.rewrite_invitation(letter, gathering, invitation, by)
            came = numbers[-1]
