"""Questions about the outbox."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from tribune.database import db, now
from tribune.outbox.models import BOUNCES_COUNT_FOR, LEAVES, MOST_BOUNCES, WAITS, Mailbox, MailRequest, Message
from tribune.statements import count_of


class Queue(NamedTuple):
    """The outbox in numbers."""

    waiting: int  # paused or not, with the requests not answered yet
    sent: int
    gave_up: int


def queue() -> Queue:
    """Count the outbox."""
    waiting = _waiting(WAITS)
    return Queue(waiting, count_of(Message.sent_at.is_not(None)), count_of(Message.gave_up_at.is_not(None)))


def to_leave() -> int:
    """Count the mails that somebody waits for: neither sent nor paused, or requested and not written yet."""
    return _waiting(LEAVES)


def _waiting(which: sa.TextClause) -> int:
    written = sa.select(sa.func.count()).select_from(Message).where(which)
    asked = sa.select(sa.func.count()).select_from(MailRequest)
    return sum(db.session.scalar(query) or 0 for query in (written, asked))


def age_of_the_oldest(*which: sa.ColumnElement[bool]) -> int:
    """Return for how many seconds the oldest of the mails `to_leave` has waited; 0 if there is none.

    `which`: conditions on those that are written.
    """
    written = db.session.scalar(sa.select(sa.func.min(Message.created_at)).where(LEAVES, *which))
    oldest = min(filter(None, (written, _first_asked_at())), default=None)
    return max(int((now() - oldest).total_seconds()), 0) if oldest else 0  # below 0 after the clock was set back


def lateness() -> timedelta:
    """Return how long ago the next mail was due, or asked for. A mail put off, or delayed on purpose, is not late."""
    due = db.session.scalar(sa.select(sa.func.min(Message.next_at)).where(LEAVES))
    oldest = min(filter(None, (due, _first_asked_at())), default=None)
    return max(now() - oldest, timedelta()) if oldest else timedelta()


def _first_asked_at() -> datetime | None:
    """Return since when the oldest mail request waits to be answered."""
    return db.session.scalar(sa.select(MailRequest.asked_at).order_by(MailRequest.id).limit(1))


def silent() -> int:
    """Count the mailboxes not written to for now, as they sent MOST_BOUNCES mails back."""
    return count_of(in_vain())


def refused(key: InstrumentedAttribute[Any]) -> sa.ColumnElement[bool]:
    """The opposite of `takes_mail`, as a condition on rows with this mailbox key."""
    return sa.exists().where(Mailbox.key == key, sa.or_(Mailbox.suppressed_at.is_not(None), in_vain()))


def in_vain() -> sa.ColumnElement[bool]:
    """`sends_back`, as a condition on mailboxes."""
    recently = Mailbox.bounced_at > now() - BOUNCES_COUNT_FOR
    return sa.and_(Mailbox.hard_bounces >= MOST_BOUNCES, recently)


def sends_back(mailbox: Any) -> bool:
    """Whether writing to it is useless for now, as it sent too many mails back."""
    last = mailbox.bounced_at
    return mailbox.hard_bounces >= MOST_BOUNCES and last is not None and last > now() - BOUNCES_COUNT_FOR


def takes_mail(key: str) -> bool:
    """Whether mails that others can cause are sent to this mailbox: not suppressed, and not sending mails back."""
    mailbox = db.session.get(Mailbox, key)
    return mailbox is None or not (mailbox.suppressed_at or sends_back(mailbox))


def is_suppressed(key: str) -> bool:
    """Whether the owner of this mailbox asked for no more mail."""
    mailbox = db.session.get(Mailbox, key)
    return mailbox is not None and mailbox.suppressed_at is not None
