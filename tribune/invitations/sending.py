"""Invite and remind by mail, within the budget of each mailbox, in short transactions."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from tribune.audit.actions import complete
from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.fingerprint import ChangedMeanwhile
from tribune.invitations import mails
from tribune.invitations.actions import drop_mail
from tribune.invitations.models import Gathering, Invitation
from tribune.invitations.queries import FORWARDED, LEFT, UNANSWERED, lock_mailboxes_of
from tribune.invitations.words import gathering_of, mail_shown_as
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.letters.recording import record_under
from tribune.organisers.models import Organiser
from tribune.outbox.actions import lock_mailbox
from tribune.outbox.composing import Composed
from tribune.outbox.models import Message
from tribune.outbox.queries import refused
from tribune.signatures.actions import LetterClosed
from tribune.statements import bytewise, there_is

AT_ONCE = 25  # mails in one transaction
REMINDERS = 3
REST = timedelta(days=2)  # from the last mail to a reminder
AGAIN = timedelta(days=1)  # before trying again a mailbox that could receive no more


class SentAlready(Exception):
    """One was posted since the page was shown: most often its answer is loaded again, which sends the form again."""


class Sent(NamedTuple):
    """How many mails were posted, and how many mailboxes could take none."""

    posted: int
    refused: int


def save_words(letter: Letter, *, by: Organiser, seen_as: str | None = None, **words: Any) -> None:
    """Save the words of the mail, by the names of their columns; mails posted before stay as they were.

    `seen_as`: fingerprint of the words shown (None: skip the check). Raises ChangedMeanwhile.
    """
    with write():
        gathering = lock_gathering(letter)
        _as_seen(letter, seen_as)
        for name, value in {**words, "saved_at": now()}.items():
            setattr(gathering, name, value)
        record_under(letter, Verb.INVITATION_MAIL_CHANGED, by=by)


def to_invite(letter: Letter) -> Sequence[int]:
    """Return the ids of people with an address, not invited yet, in order; not those a forwarded link proposed.

    Nor those whose mailbox was found to take no mail, today or for as long as it takes none.
    """
    return _numbers(letter, ~FORWARDED, *_uninvited())


def to_remind(letter: Letter) -> Sequence[int]:
    """Return the ids of people invited who have not answered and may be reminded today, in order."""
    return _numbers(letter, *_unreminded())


def may_be_reminded(invitation: Invitation) -> bool:
    """Whether `to_remind` has this person."""
    return there_is(Invitation.id == invitation.id, *_unreminded())


def _uninvited() -> list[sa.ColumnElement[bool]]:
    again = sa.or_(Invitation.refused_at.is_(None), sa.and_(_refused_before(), ~refused(Invitation.mailbox_key)))
    return [Invitation.email.is_not(None), Invitation.invited_at.is_(None), again, ~LEFT, *UNANSWERED]


def _unreminded() -> list[sa.ColumnElement[bool]]:
    """Return the conditions for a reminder: the last mail left more than REST ago (the row of an old mail is deleted).

    Excluded are mailboxes that take no mail or could take none today, people who have signed and left, and those who
    wait for our answer to their question.
    """
    last, due = sa.func.coalesce(Invitation.reminded_at, Invitation.invited_at), now() - REST
    fresh = sa.or_(Message.sent_at.is_(None), Message.gave_up_at.is_not(None), Message.sent_at > due)
    stays = sa.exists().where(Message.id == Invitation.message_id, fresh)
    again = sa.or_(Invitation.refused_at.is_(None), _refused_before())
    may = [Invitation.email.is_not(None), Invitation.reminders < REMINDERS, last <= due, again]
    return [*may, Invitation.asked_at.is_(None), ~stays, ~refused(Invitation.mailbox_key), ~LEFT, *UNANSWERED]


def _refused_before() -> sa.ColumnElement[bool]:
    return Invitation.refused_at <= now() - AGAIN


def _numbers(letter: Letter, *conditions: sa.ColumnElement[bool]) -> Sequence[int]:
    query = sa.select(Invitation.id).where(Invitation.letter_id == letter.id, *conditions)
    return db.session.scalars(query.order_by(Invitation.rank, Invitation.id)).all()


def invite(letter: Letter, numbers: Sequence[int], *, by: Organiser, seen_as: str | None = None) -> Sent:
    """Post the first mail to those of these ids who have none yet. `seen_as`: as in `save_words`.

    Raises LetterClosed, or ChangedMeanwhile: nothing more is posted then.
    """
    return _post_all(letter, numbers, Verb.INVITATIONS_SENT, by, _uninvited, seen_as=seen_as)


def remind(letter: Letter, numbers: Sequence[int], *, by: Organiser, seen_as: str | None = None) -> Sent:
    """Post a reminder to those of these ids who may be reminded today, as `invite` does."""
    return _post_all(letter, numbers, Verb.REMINDERS_SENT, by, _unreminded, seen_as=seen_as)


def send_trial(letter: Letter, composed: Composed, *, to: Organiser, last: int) -> bool:
    """Post an organiser the mail as people get it; False where they may receive no more.

    `last`: the id of their latest one when the page was shown. Raises SentAlready if there is a newer one.
    """
    with write():
        lock_mailbox(to.mailbox_key)
        if mails.last_trial(letter, to) > last:
            raise SentAlready
        return mails.post_trial(letter, composed, to)


def send_again(invitation: Invitation, *, by: Organiser, last: int | None) -> Sent:
    """Post the invitation to one person, invited before or not.

    `last`: the id of their latest mail when the page was shown; nothing is posted if there is a newer one, or if they
    have answered, or signed and left. Raises LetterClosed.
    """

    def still() -> list[sa.ColumnElement[bool]]:
        shown = Invitation.message_id.is_not_distinct_from(last)
        return [Invitation.email.is_not(None), shown, ~LEFT, *UNANSWERED]

    return _post_all(invitation.letter, [invitation.id], Verb.INVITATIONS_SENT, by, still)


def _post_all(
    letter: Letter,
    numbers: Sequence[int],
    verb: Verb,
    by: Organiser,
    conditions: Callable[[], Sequence[sa.ColumnElement[bool]]],
    *,
    seen_as: str | None = None,
) -> Sent:
    reminder, done, event = verb is Verb.REMINDERS_SENT, list[bool](), None
    for start in range(0, max(len(numbers), 1), AT_ONCE):
        with write():
            lock(letter, shared=True)  # closing it, changing its text or pausing the mails waits for this
            found = locked(numbers[start : start + AT_ONCE], *conditions())
            refuse_closed(letter)
            gathering = _as_seen(letter, seen_as)
            done += [_post(letter, gathering, each, by=by, reminder=reminder) for each in found]
            sent = Sent(sum(done), done.count(False))
            if event:
                complete(event.id, count=sent.posted, refused=sent.refused)
            elif sent.posted:  # a button pressed twice tells nothing
                event = record_under(letter, verb, by=by, count=sent.posted, refused=sent.refused)
    return sent


def locked(numbers: Sequence[int], *conditions: sa.ColumnElement[bool]) -> Sequence[Invitation]:
    """Lock and return those of these ids that meet the conditions, in the order in which mailboxes are locked."""
    lock_mailboxes_of(numbers)
    query = sa.select(Invitation).where(Invitation.id.in_(numbers), *conditions)
    return db.session.scalars(query.order_by(bytewise(Invitation.mailbox_key)).with_for_update()).all()


def _post(letter: Letter, gathering: Gathering, invitation: Invitation, *, by: Organiser, reminder: bool) -> bool:
    message = mails.post_invitation(letter, gathering, invitation, by=by, reminder=reminder)
    if message is None:
        invitation.refused_at = now()
        return False
    drop_mail(invitation)  # one waiting mail at most, so that answering or removing has one to drop
    invitation.message_id, invitation.refused_at = message, None
    if reminder:
        invitation.reminders, invitation.reminded_at = invitation.reminders + 1, now()
    else:
        invitation.invited_at = invitation.invited_at or now()
    return True


def _as_seen(letter: Letter, seen_as: str | None) -> Gathering:
    """Return the gathering if its words are those shown. Raises ChangedMeanwhile."""
    gathering = gathering_of(letter)
    if seen_as not in (None, mail_shown_as(gathering)):
        raise ChangedMeanwhile
    return gathering


def refuse_closed(letter: Letter) -> None:
    """Raise LetterClosed if the letter is closed: nobody is mailed who could no longer answer."""
    if letter.state == "closed":
        raise LetterClosed


def lock_gathering(letter: Letter) -> Gathering:
    """Lock the letter and return its gathering, creating the row if there is none."""
    lock(letter)
    gathering = gathering_of(letter)
    db.session.add(gathering)
    db.session.flush()
    return gathering
