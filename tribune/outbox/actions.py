"""Posts mails, within the budget of their mailbox, in the transaction of what caused them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from secrets import token_hex
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app, g

from tribune.codes import Code
from tribune.database import Moment, db, hour_of, is_postgresql, now, once_written, run, write
from tribune.metrics import MAILS
from tribune.outbox.composing import Composed
from tribune.outbox.mailboxes import deliverable, is_plain, mailbox_key
from tribune.outbox.models import (
    ALWAYS_SENT,
    BOUNCES_COUNT_FOR,
    COUNTS_SINCE,
    LEAVES,
    MOST_BOUNCES,
    UNTALLIED,
    WAITS,
    Mailbox,
    MailTally,
    Message,
)
from tribune.outbox.queries import sends_back
from tribune.statements import add_to, insert
from tribune.tokens import Link

AT_ONCE = timedelta()
MESSAGES: Any = Message.__table__
INSERT = MESSAGES.insert().returning(MESSAGES.c.id)


class Budget(NamedTuple):
    """How many mails of one name a mailbox may be sent on the whole site: at most `most` in each `period`."""

    name: str
    limits: tuple[tuple[int, timedelta], ...]
    priority: int = 0  # lower leaves first


class Mail(NamedTuple):
    """A mail before it is posted.

    `about`: the id of what it is about, under which it is tallied unless its kind is UNTALLIED. `reply_to`: whose
    address an answer goes to, where somebody reads answers.
    """

    kind: str
    to: str
    composed: Composed
    links: Mapping[str, Link | Code]
    budget: Budget
    about: int | None = None
    reply_to: str | None = None


def lock_mailbox(key: str) -> Any:
    """Lock the row of a mailbox, made if need be, and return it: so no budget is overspent.

    A row that exists is rewritten as it is, which locks it at once: retention deletes unneeded ones.
    """
    return run(_statement_that_locks(is_postgresql()), {"key": key}).one()


def may_receive(key: str, budget: Budget) -> bool:
    """Whether one more mail fits the budget; locks the mailbox, so that nobody else spends meanwhile.

    The statements are the same whatever the answer.
    """
    mailbox = lock_mailbox(key)
    refuses = budget.name not in ALWAYS_SENT and bool(mailbox.suppressed_at or sends_back(mailbox))
    return _has_room(key, budget) and not refuses


def _has_room(key: str, budget: Budget) -> bool:
    if not budget.limits:
        return True
    moment = now()
    since = {f"since_{number}": moment - period for number, (_most, period) in enumerate(budget.limits)}
    about = {"key": key, "budget": budget.name, **since}
    counts = run(_spent(len(since)), about).one()
    return all(count < most for count, (most, _period) in zip(counts, budget.limits, strict=True))


@cache
def _spent(periods: int) -> Any:
    """Count the mails of a budget that a mailbox was sent, or will be, within each of so many periods."""
    since = [sa.bindparam(f"since_{number}", type_=Moment) for number in range(periods)]
    recent = [sa.or_(LEAVES, moment < COUNTS_SINCE) for moment in since]
    return sa.select(*(sa.func.count().filter(within) for within in recent)).where(
        Message.mailbox_key == sa.bindparam("key"), Message.budget == sa.bindparam("budget"), sa.or_(*recent)
    )


def post(
    kind: str,
    to: str,
    composed: Composed,
    links: Mapping[str, Link | Code],
    budget: Budget,
    *,
    about: int | None = None,
) -> bool:
    """Put a mail in the outbox, in the caller's transaction. Does nothing and returns False if it may not be sent."""
    return post_mail(Mail(kind, to, composed, links, budget, about)) is not None


def post_mail(mail: Mail, *, paused: bool = False) -> int | None:
    """As `post`, but return the message's id, for those who follow it; None if it may not be sent."""
    if not may_receive(mailbox_key(mail.to), mail.budget):
        return None
    number = write_message(mail, paused=paused)
    note_posted(number)
    return number


def write_message(mail: Mail, *, late: timedelta = AT_ONCE, paused: bool = False) -> int:
    """Write the row of a mail and return its id. The caller has asked `may_receive`, and calls `note_posted` after.

    `late`: how long it waits before it leaves; `paused`: until it is resumed. Raises AddressRefused where the
    recipient or `reply_to` is no address.
    """
    domain, moment = urlsplit(current_app.config["PUBLIC_URL"]).hostname, now()
    row = {
        "kind": mail.kind,
        "budget": mail.budget.name,
        "priority": mail.budget.priority,
        "mailbox_key": mailbox_key(mail.to),
        "about": mail.about,
        "recipient": deliverable(mail.to),
        "reply_to": deliverable(mail.reply_to) if mail.reply_to else None,
        "sender_name": mail.composed.sender_name,
        "locale": mail.composed.locale,
        "subject": mail.composed.subject,
        "text": mail.composed.text,
        "html": mail.composed.html,
        "links": {name: link.stored() for name, link in mail.links.items()},
        "message_id": f"<{token_hex(16)}@{domain}>",
        "next_at": moment + late,
        "paused_at": moment if paused else None,
    }
    number: int = run(INSERT, row).scalar_one()
    return number


def note_posted(message: int, *, stays: bool = True) -> None:
    """Once committed, count a mail as posted, name it in the request's log line and wake the worker.

    `stays`: as for `taken_back_unless`; False does nothing.
    """
    if stays:
        once_written(MAILS.labels("posted").inc)
        once_written(lambda: g.setdefault("mails", []).append(message))
        db.session.info["posted"] = True


def tally(kind: str, about: int | None, what: str, *, at: datetime | None = None, number: int = 1) -> None:
    """Add so many `sent` or `gave_up` to the hour of a moment, or to this one, in the caller's transaction."""
    once_written(lambda: MAILS.labels(what).inc(number))
    if about is not None and kind not in UNTALLIED:
        add_to(MailTally, {"about": about, "hour": hour_of(at or now())}, what, number)


def suppress(key: str) -> None:
    """Send this mailbox nothing but what is ALWAYS_SENT, and drop what waits for it."""
    with write() as session:
        _locked(key).suppressed_at = now()
        unwanted = Message.mailbox_key == key, WAITS, Message.budget.not_in(ALWAYS_SENT)
        session.execute(sa.delete(Message).where(*unwanted))


def unsuppress(key: str) -> None:
    """Allow mails to this mailbox again, and forget its bounces: its owner reads them."""
    with write():
        mailbox = _locked(key)
        mailbox.suppressed_at = mailbox.bounced_at = None
        mailbox.allowed_at, mailbox.hard_bounces = now(), 0


def count_bounce(key: str, address: str) -> None:
    """Count a mail to this mailbox that was refused for good or came back; in the caller's transaction.

    An address with a tag does not count: where tags mean nothing, anybody could have mails to `zoe+x@…` refused, at
    Zoé's expense.
    """
    if not is_plain(address) or mailbox_key(address) != key:
        return
    mailbox = _locked(key)
    again = mailbox.bounced_at and mailbox.bounced_at > now() - BOUNCES_COUNT_FOR
    mailbox.hard_bounces = min(mailbox.hard_bounces + 1, MOST_BOUNCES) if again else 1
    mailbox.bounced_at = now()


def _locked(key: str) -> Mailbox:
    """Return the row of a mailbox, made if need be and locked until the transaction ends."""
    lock_mailbox(key)
    return db.session.get_one(Mailbox, key, populate_existing=True)


@cache
def _statement_that_locks(on_postgresql: bool) -> Any:
    mailboxes: Any = Mailbox.__table__
    new = insert(mailboxes, on_postgresql)
    as_it_is = new.on_conflict_do_update(index_elements=["key"], set_={"key": new.excluded.key})
    return as_it_is.returning(*mailboxes.c)
