"""Who is mailed that they are hidden, or shown again, and what no longer leaves: docs/decisions/0096."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.moderation.counting import by_mailbox
from tribune.moderation.mails import HIDDEN, SHOWN, drop_hidden, drop_shown, post_hidden, post_shown
from tribune.moderation.models import Batch
from tribune.moderation.queries import told
from tribune.outbox.models import WAITS, Message
from tribune.outbox.unsent import is_being_sent, lock_mailboxes
from tribune.retention.periods import MAILS
from tribune.signatures.models import Signature

S = Signature


def tell_hidden(batch: Batch, ids: Sequence[int]) -> None:
    """Tell those whom a batch has hidden, if it tells; in the caller's transaction."""
    if batch.tells:
        for signature in by_mailbox(S.id.in_(ids), *told(batch.letter)):
            post_hidden(signature, batch.reason)
    drop_shown(batch.letter_id, ids)  # last: mailboxes are locked before mails


def tell_shown(letter: Letter, ids: Sequence[int]) -> None:
    """Tell those who know that they are hidden, before they are shown again; in the caller's transaction."""
    found = _locked(letter, ids, know_it())
    drop_hidden(letter.id, ids)
    for signature in _to_mail(letter, found):
        post_shown(signature)


def tell_hidden_again(letter: Letter, ids: Sequence[int]) -> None:
    """Tell those for whom showing them again was undone, for the reason given then; in the caller's transaction."""
    found = _locked(letter, ids, _have_to_know_it())
    drop_shown(letter.id, ids)
    theirs = Batch.letter_id == letter.id, Batch.verb == "hide", Batch.tells  # else the reason is the team's alone
    given = db.session.execute(sa.select(Batch.created_at, Batch.reason).where(*theirs))
    reasons: dict[datetime | None, str] = {moment: reason for moment, reason in given}
    for signature in _to_mail(letter, found):
        post_hidden(signature, reasons.get(signature.hidden_at, ""))


def know_it() -> sa.ColumnElement[bool]:
    """Return the condition for hidden people who were told so: by their last mail or, if too old, by their hiding."""
    last = _last()
    return sa.or_(last == HIDDEN, sa.and_(last.is_(None), _to_be_told(), S.hidden_at <= now() - MAILS))


def _have_to_know_it() -> sa.ColumnElement[bool]:
    """Return the condition for hidden people who read that they are shown, or whose mail of hiding was stopped."""
    last = _last()
    return sa.or_(last == SHOWN, sa.and_(last.is_(None), _to_be_told(), S.hidden_at > now() - MAILS))


def _last() -> sa.ScalarSelect[str]:
    """Select the kind of the last mail that they read about it; none about a signature withdrawn before this one."""
    theirs = Message.about == S.letter_id, Message.mailbox_key == S.mailbox_key, Message.created_at >= S.confirmed_at
    left = sa.or_(Message.sent_at.is_not(None), is_being_sent())
    query = sa.select(Message.kind).where(Message.kind.in_((HIDDEN, SHOWN)), *theirs, left)
    return query.order_by(Message.created_at.desc(), Message.id.desc()).limit(1).scalar_subquery()


def _to_be_told() -> sa.ColumnElement[bool]:
    """Return the condition for those hidden by a batch that tells, once they had confirmed."""
    hiding = Batch.letter_id == S.letter_id, Batch.verb == "hide", Batch.created_at == S.hidden_at
    return sa.and_(sa.exists().where(*hiding, Batch.tells), S.confirmed_at <= S.hidden_at)


def _locked(letter: Letter, ids: Sequence[int], condition: sa.ColumnElement[bool]) -> Sequence[int]:
    """Lock the mailboxes of all of these, before the first mail, and return the ids of those who meet the condition.

    Their mails that wait are locked too: none of them leaves between the answer, which takes it for unread, and its
    deletion.
    """
    theirs = sa.select(S.mailbox_key).where(S.id.in_(ids))
    lock_mailboxes(theirs)
    waiting = WAITS, Message.kind.in_((HIDDEN, SHOWN)), Message.about == letter.id, Message.mailbox_key.in_(theirs)
    db.session.execute(sa.select(Message.id).where(*waiting).order_by(Message.id).with_for_update())
    return db.session.scalars(sa.select(S.id).where(S.id.in_(ids), condition)).all()


def _to_mail(letter: Letter, ids: Sequence[int]) -> Sequence[Signature]:
    return by_mailbox(S.id.in_(ids), *told(letter)) if ids else ()
