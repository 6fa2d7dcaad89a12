"""Mails that wait in the outbox: paused, resumed, dropped, or without their reply address from now on."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tribune.database import db, now, write
from tribune.outbox.claiming import LEASE
from tribune.outbox.mailboxes import deliverable, is_of_mailbox
from tribune.outbox.models import PAUSED, WAITS, Mailbox, Message
from tribune.statements import UNREAD, bytewise


def pause(kind: str, about: int) -> None:
    """Hold back what waits of this kind about this until `resume`; what is being sent just now is still sent."""
    waiting = sa.update(Message).where(WAITS, Message.kind == kind, Message.about == about)
    with write() as session:
        session.execute(waiting.where(Message.paused_at.is_(None)).values(paused_at=now()))


def resume(kind: str, about: int, *, reply_to: str | None) -> None:
    """Let what was paused leave as if posted now, so that its retries begin anew.

    What may still be being sent, claimed before the pause, keeps its lease, else it would leave twice. `reply_to`:
    whose address an answer goes to by now.
    """
    answers = deliverable(reply_to) if reply_to else None
    paused = sa.update(Message).where(PAUSED, Message.kind == kind, Message.about == about)
    may_be_leased = Message.next_at.between(now(), now() + LEASE)  # or it is put off, and due as soon
    tries = {
        "attempts": sa.case((may_be_leased, Message.attempts), else_=0),
        "next_at": sa.case((may_be_leased, Message.next_at), else_=now()),
    }
    with write() as session:
        session.execute(paused.values(paused_at=None, created_at=now(), reply_to=answers, **tries))
        session.info["posted"] = True


def answer_no_more(key: str, *which: sa.ColumnElement[bool]) -> None:
    """Remove this mailbox as `reply_to` of what waits and meets these conditions; in the caller's transaction."""
    named = db.session.scalars(sa.select(Message.reply_to).where(WAITS, *which).distinct())
    spellings = [each for each in named if each and is_of_mailbox(each, key)]
    theirs = sa.update(Message).where(WAITS, Message.reply_to.in_(spellings), *which)
    db.session.execute(theirs.values(reply_to=None), execution_options=UNREAD)


def is_being_sent() -> sa.ColumnElement[bool]:
    """Return the condition for mails whose first try is under way: once dropped, they may arrive all the same."""
    return sa.and_(WAITS, Message.attempts > 0, Message.last_error.is_(None), Message.next_at > now())


def drop_waiting(kind: str, *which: sa.ColumnElement[bool]) -> None:
    """Delete what waits of this kind and meets these conditions; in the caller's transaction."""
    waiting = sa.delete(Message).where(WAITS, Message.kind == kind, *which)
    db.session.execute(waiting, execution_options=UNREAD)


def lock_mailboxes(keys: sa.Select[Any] | sa.CompoundSelect[Any] | Sequence[str]) -> None:
    """Lock those of these mailboxes that have a row, in one order, before their mails; in the caller's transaction.

    For callers that drop mails ("it was not me" locks a mailbox, then deletes its mails) or mail several people: they
    make the rows that are missing only after this, in the same order.
    """
    theirs = sa.select(Mailbox.key).where(Mailbox.key.in_(keys))
    db.session.execute(theirs.order_by(bytewise(Mailbox.key)).with_for_update())


def forget_mails(about: int) -> None:
    """Delete what waits about this, and unlink what was sent; in the caller's transaction."""
    of_it = Message.about == about
    lock_mailboxes(sa.select(Message.mailbox_key).where(of_it))
    for forgotten in (sa.delete(Message).where(WAITS, of_it), sa.update(Message).where(of_it).values(about=None)):
        db.session.execute(forgotten, execution_options=UNREAD)
