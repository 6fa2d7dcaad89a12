"""Which mail is sent next, and what became of the last one, in the caller's transaction."""

import logging
import random
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tribune.database import db, hour_of, now, once_written, run, write
from tribune.metrics import MAILS
from tribune.outbox.actions import count_bounce, tally
from tribune.outbox.models import LEAVES, WAITS, Message
from tribune.outbox.transport import HadEnough, MailboxRefused, Undeliverable

LEASE = timedelta(seconds=120)  # longer than every step of one mail timing out
DELAYS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720)]  # then the last one again
GIVE_UP = timedelta(days=3)

log = logging.getLogger(__name__)
Claimed = sa.Row[Any]  # the columns of a message that its worker needs: _NEEDED

# Built once, without the ORM: every mail needs all of these, and building took longer than running them.
_rows: Any = Message.__table__
# Erased once it is sent or given up.
_WORDS = ("recipient", "reply_to", "sender_name", "subject", "text", "html", "links")
_NEEDED = ("id", "kind", "priority", "mailbox_key", "about", "message_id", "attempts", "created_at", *_WORDS)
_due = sa.and_(LEAVES, _rows.c.next_at <= sa.bindparam("moment"))
_first = sa.select(_rows.c.id).where(_due).order_by(_rows.c.priority, _rows.c.next_at).limit(1)
_TAKE = (
    sa.update(_rows)
    .where(_rows.c.id == _first.with_for_update(skip_locked=True).scalar_subquery())
    .values(attempts=_rows.c.attempts + 1, next_at=sa.bindparam("lease_ends"))
    .returning(*(_rows.c[name] for name in _NEEDED))
)
_CHANGE = sa.update(_rows).where(_rows.c.id == sa.bindparam("number"), _rows.c.sent_at.is_(None))
_PUT_OFF = _CHANGE.values(next_at=sa.bindparam("again_at"), last_error=sa.bindparam("why"))
_DONE = _CHANGE.values(
    sent_at=sa.bindparam("left_at"), gave_up_at=sa.bindparam("given_up_at"), last_error=sa.bindparam("why")
).values(dict.fromkeys(_WORDS, sa.null()))


def something_is_due() -> bool:
    """Whether a mail may leave now."""
    found = db.session.scalar(sa.select(sa.exists(_first)), {"moment": now()})
    db.session.rollback()  # no transaction stays open while we talk to a server
    return bool(found)


def claim() -> Claimed | None:
    """Take the next mail that is due; after the commit nobody else can until its lease ends."""
    with write():
        return run(_TAKE, {"moment": now(), "lease_ends": now() + LEASE}).first()


def record(message: Claimed, fault: Exception | None) -> None:
    """Write down what became of a mail: sent, if there is no fault. Done with, it loses address and words."""
    with write():
        if fault is None:
            _end(message, "sent", left_at=now())
        elif isinstance(fault, Undeliverable):
            if isinstance(fault, MailboxRefused):  # first: everybody locks mailbox, then mails
                count_bounce(message.mailbox_key, message.recipient or "")
            _end(message, "gave_up", given_up_at=now(), why=str(fault))
        else:
            _put_off(message, fault)


def _put_off(message: Claimed, fault: Exception) -> None:
    """Try again later; give up what has waited too long, once each of DELAYS was tried.

    Not by age alone: while the site or the mail server is away nothing is tried, and afterwards all come at once and
    may be told to wait.
    """
    why, delay = str(fault), DELAYS[min(message.attempts, len(DELAYS)) - 1] * random.uniform(0.8, 1.2)
    if message.attempts >= len(DELAYS) and now() + delay - message.created_at > GIVE_UP:
        _end(message, "gave_up", given_up_at=now(), why=why)
        return
    again_at = now() if isinstance(fault, HadEnough) else now() + delay
    changes = {"number": message.id, "again_at": again_at, "why": why}
    run(_PUT_OFF, changes)
    once_written(MAILS.labels("put_off").inc)
    once_written(lambda: log.warning("mail %s is put off (%s)", message.id, why))


def note_sent(left: Mapping[str, datetime]) -> int:
    """Write down that mails, by Message-ID and moment, had left, as another database knows; return how many waited."""
    names = ("id", "kind", "about", "message_id")
    waiting = run(sa.select(*(_rows.c[name] for name in names)).where(WAITS, _rows.c.message_id.in_(left))).all()
    if waiting:
        never = {"given_up_at": None, "why": None}
        run(_DONE, [{"number": mail.id, "left_at": left[mail.message_id], **never} for mail in waiting])
    # Together: PostgreSQL takes ever longer over a row that one transaction changes thousands of times.
    alike = Counter((mail.kind, mail.about, hour_of(left[mail.message_id])) for mail in waiting)
    for (kind, about, hour), number in alike.items():
        tally(kind, about, "sent", at=hour, number=number)
    return len(waiting)


def _end(message: Claimed, what: str, **changes: object) -> None:
    values = {"left_at": None, "given_up_at": None, "why": None, "number": message.id, **changes}
    if run(_DONE, values).rowcount:
        tally(message.kind, message.about, what)
        if why := values["why"]:
            once_written(lambda: log.warning("mail %s is given up (%s)", message.id, why))
