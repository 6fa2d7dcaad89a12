"""Posting a mail, within what its mailbox may receive, in the transaction of what caused it."""

from collections.abc import Mapping
from datetime import timedelta
from secrets import token_hex
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from tribune.codes import Code
from tribune.database import add_one, db, hour_of, is_postgresql, now, once_written, write
from tribune.metrics import MAILS
from tribune.outbox.composing import Draft
from tribune.outbox.mailboxes import deliverable, is_plain, mailbox_key
from tribune.outbox.models import BOUNCES_COUNT_FOR, MOST_BOUNCES, PAUSED, WAITS, Mailbox, MailTally, Message
from tribune.tokens import Link

AT_ONCE = timedelta()


class Budget(NamedTuple):
    """How many mails of one name a mailbox may be sent: at most `most` in each `period`, over the whole site."""

    name: str
    limits: tuple[tuple[int, timedelta], ...]
    priority: int = 0  # lower leaves first
    unasked: bool = True  # somebody else can cause it, so whoever said "it was not me" receives none


def _may_receive(address: str, budget: Budget) -> bool:
    """Whether one more mail fits; from here to the end of the transaction nobody else can spend for this mailbox."""
    key = mailbox_key(address)
    mailbox = _lock(key)
    if budget.unasked and (mailbox.suppressed_at or _sends_back(mailbox)):
        return False
    if not budget.limits:
        return True
    moment = now()
    recent = [Message.created_at > moment - period for _most, period in budget.limits]
    spent = sa.select(*(sa.func.count().filter(within) for within in recent)).where(
        Message.mailbox_key == key, Message.budget == budget.name, sa.or_(*recent)
    )
    counts = db.session.execute(spent).one()
    return all(count < most for count, (most, _period) in zip(counts, budget.limits, strict=True))


def post(
    kind: str,
    to: str,
    draft: Draft,
    links: Mapping[str, Link | Code],
    budget: Budget,
    *,
    about: int | None = None,
    late: timedelta = AT_ONCE,
) -> bool:
    """Put a mail in the outbox, inside the caller's transaction. False, and nothing done, when it may not be sent.

    `about`: the number of what it is about, under which it is tallied. `late`: how long it waits before it leaves.
    """
    message = post_message(kind, to, draft, links, budget, about=about)
    if message is not None and late:
        message.next_at = now() + late
    return message is not None


def post_message(
    kind: str,
    to: str,
    draft: Draft,
    links: Mapping[str, Link | Code],
    budget: Budget,
    *,
    about: int | None = None,
    reply_to: str | None = None,
) -> Message | None:
    """As `post`, for whoever follows what becomes of the mail. None when it may not be sent.

    `reply_to`: whose address an answer goes to, where somebody reads answers. Raises AddressRefused when it is none.
    """
    if not _may_receive(to, budget):
        return None
    domain = urlsplit(current_app.config["PUBLIC_URL"]).hostname
    message = Message(
        kind=kind,
        budget=budget.name,
        priority=budget.priority,
        mailbox_key=mailbox_key(to),
        about=about,
        recipient=deliverable(to),
        reply_to=deliverable(reply_to) if reply_to else None,
        locale=draft.locale,
        subject=draft.subject,
        text=draft.text,
        html=draft.html,
        links={name: link.stored() for name, link in links.items()},
        message_id=f"<{token_hex(16)}@{domain}>",
    )
    db.session.add(message)
    tally(about, "posted")
    db.session.info["posted"] = True
    return message


def pause(kind: str, about: int) -> None:
    """Let nothing of this kind about this leave until it is resumed; what is being sent at this moment still does."""
    waiting = sa.update(Message).where(WAITS, Message.kind == kind, Message.about == about)
    with write() as session:
        session.execute(waiting.where(Message.paused_at.is_(None)).values(paused_at=now()))


def resume(kind: str, about: int) -> None:
    """Let what was paused leave again, as if it were posted now: its patience with the server begins anew."""
    paused = sa.update(Message).where(PAUSED, Message.kind == kind, Message.about == about)
    with write() as session:
        session.execute(paused.values(paused_at=None, created_at=now()))
        session.info["posted"] = True


def drop_waiting(kind: str, about: int, mailboxes: sa.Select[Any]) -> None:
    """Delete what of this kind about this waits for these mailboxes, in the caller's transaction."""
    waiting = sa.delete(Message).where(WAITS, Message.kind == kind, Message.about == about)
    db.session.execute(
        waiting.where(Message.mailbox_key.in_(mailboxes)), execution_options={"synchronize_session": False}
    )


def tally(about: int | None, what: str) -> None:
    """One more `posted`, `sent` or `gave_up` in this hour, in the caller's transaction."""
    once_written(MAILS.labels(what).inc)
    if about is not None:
        add_one(MailTally, {"about": about, "hour": hour_of(now())}, what)


def suppress(key: str) -> None:
    """Write to this mailbox no more, and drop what waits for it."""
    with write() as session:
        _lock(key).suppressed_at = now()
        session.execute(sa.delete(Message).where(Message.mailbox_key == key, Message.sent_at.is_(None)))


def unsuppress(key: str) -> None:
    """Allow mails to this mailbox again; its owner reads them, so it sends none back."""
    with write():
        mailbox = _lock(key)
        mailbox.suppressed_at = mailbox.bounced_at = None
        mailbox.hard_bounces = 0


def count_bounce(key: str, address: str) -> None:
    """A mail to this mailbox, at this address, was refused for ever or came back; in the caller's transaction.

    Only its plain spelling counts: where tags mean nothing, anybody could have mails to `zoe+x@…` refused for Zoé.
    """
    if not is_plain(address) or mailbox_key(address) != key:
        return
    mailbox = _lock(key)
    again = mailbox.bounced_at and mailbox.bounced_at > now() - BOUNCES_COUNT_FOR
    mailbox.hard_bounces = min(mailbox.hard_bounces + 1, MOST_BOUNCES) if again else 1
    mailbox.bounced_at = now()


def _sends_back(mailbox: Mailbox) -> bool:
    """Whether to write to it is in vain, for now."""
    last = mailbox.bounced_at
    return mailbox.hard_bounces >= MOST_BOUNCES and last is not None and last > now() - BOUNCES_COUNT_FOR


def _lock(key: str) -> Mailbox:
    """The row of a mailbox, made if need be, held until the transaction ends: a budget is never overspent.

    One that is there is written as it is, and so held at once: retention deletes those that nobody needs.
    """
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    held = insert(Mailbox).values(key=key).on_conflict_do_update(index_elements=[Mailbox.key], set_={"key": key})
    afresh = {"populate_existing": True}
    return db.session.scalars(held.returning(Mailbox), execution_options=afresh).one()
