"""Invitations that wait until their organisers resume them, and then leave as they would be written today."""

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.invitations import mails
from tribune.invitations.actions import drop_mail
from tribune.invitations.models import Invitation
from tribune.invitations.queries import LEFT
from tribune.invitations.sending import AT_ONCE, refuse_closed, saved
from tribune.invitations.words import gathering_of
from tribune.letters.models import Letter
from tribune.letters.queries import hold
from tribune.letters.recording import record_under
from tribune.organisers.models import Organiser
from tribune.outbox import actions as outbox
from tribune.outbox.models import PAUSED, Message


def pause(letter: Letter, *, by: Organiser) -> None:
    """Let no mail of the invitations leave until they are resumed; what is posted meanwhile waits too."""
    with write():
        gathering = saved(letter)
        if gathering.paused_at is None:
            gathering.paused_at = now()
            outbox.pause(mails.KIND, letter.id)
            record_under(letter, Verb.INVITATIONS_PAUSED, by=by)


def resume(letter: Letter, *, by: Organiser) -> None:
    """Let them leave again. Raises LetterClosed."""
    _rewrite(letter)
    with write():
        gathering = saved(letter)
        refuse_closed(letter)
        if gathering.paused_at is not None:
            gathering.paused_at = None
            outbox.resume(mails.KIND, letter.id, reply_to=letter.contact)
            record_under(letter, Verb.INVITATIONS_RESUMED, by=by)


def _rewrite(letter: Letter) -> None:
    """Have all that is paused say what is true by now: one pauses to mend the words, a name, or the day.

    Nothing leaves for whoever has signed and left meanwhile.
    """
    waiting = sa.select(Invitation, LEFT).join(Message, Invitation.message_id == Message.id)
    waiting = waiting.where(Invitation.letter_id == letter.id, PAUSED).order_by(Invitation.id).limit(AT_ONCE)
    came = 0
    while True:
        with write():
            hold(letter, shared=True)
            found = db.session.execute(waiting.where(Invitation.id > came).with_for_update(of=Invitation)).all()
            if not found:
                return
            gathering = gathering_of(letter)
            for invitation, has_left in found:
                if has_left:
                    drop_mail(invitation)
                else:
                    mails.rewrite_invitation(letter, gathering, invitation)
            came = found[-1][0].id
