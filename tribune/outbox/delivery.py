"""The worker: claims one mail at a time, sends it, marks it. Killed at any instant, it loses none."""

import logging
import random
import smtplib
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from math import inf
from typing import NamedTuple

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tribune.abuse.switches import current
from tribune.codes import Code
from tribune.database import db, now, write
from tribune.metrics import MAILS, share
from tribune.outbox.actions import count_bounce, tally
from tribune.outbox.composing import fill_in
from tribune.outbox.models import LEAVES, Message
from tribune.outbox.transport import MailboxRefused, Transport, TryLater, Undeliverable, as_mail, open_transport
from tribune.tokens import Link

LEASE = timedelta(seconds=60)  # longer than every step of one mail timing out
DELAYS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720)]  # then the last one again
GIVE_UP = timedelta(days=3)
POLL = 5  # seconds between looks at the outbox when nobody woke the worker
REST = (2, 60)  # seconds to rest when the server cannot be reached: the first time, and at most

log = logging.getLogger(__name__)
_woken = threading.Event()


class Chore(NamedTuple):
    """What must happen though nobody asks for it: done when the worker starts, then every so many seconds."""

    every_seconds: float
    do: Callable[[], object]


def wake() -> None:
    """Tell the worker of this process that a mail was posted."""
    _woken.set()


@sa.event.listens_for(db.session, "after_commit")
def _wake_when_posted(session: Session) -> None:
    if session.info.pop("posted", False):
        wake()


def deliver_due(until: float = inf) -> int:
    """Send what is due, most urgent first, over one connection; how many left. Raises when no server answers.

    `until`: on the monotonic clock, when to leave the rest for later.
    """
    sent = 0
    if current().read_only or not _something_is_due():
        return sent
    with open_transport() as transport:
        while time.monotonic() < until and not current().read_only and (message := _claim()) is not None:
            sent += _send(message, transport)
    return sent


def _due() -> sa.ColumnElement[bool]:
    return sa.and_(LEAVES, Message.next_at <= now())


def _something_is_due() -> bool:
    found = db.session.scalar(sa.select(sa.exists().where(_due())))
    db.session.rollback()  # keep no transaction open while we talk to a server
    return bool(found)


def _claim() -> Message | None:
    """Take the next mail that is due; nobody else will before the lease ends. Committed before SMTP begins."""
    with write() as session:
        query = sa.select(Message).where(_due()).order_by(Message.priority, Message.next_at).limit(1)
        message = session.scalars(query.with_for_update(skip_locked=True)).first()
        if message is not None:
            message.attempts += 1
            message.next_at = now() + LEASE
            session.flush()
            session.refresh(message)
            session.expunge(message)
    return message


def _send(message: Message, transport: Transport) -> bool:
    try:
        mail = _as_mail(message)
    except Exception as error:  # without its words, which may hold an address
        log.error(
            "mail %s cannot be made (%s): it waits like one that a server put off", message.id, type(error).__name__
        )
        _put_off(message, "cannot be made")
        return False
    try:
        transport.send(mail)
    except Undeliverable as refused:
        with write():
            _settle(message, gave_up_at=now(), last_error=str(refused))
            if isinstance(refused, MailboxRefused):
                count_bounce(message.mailbox_key, message.recipient or "")
    except TryLater as fault:
        _put_off(message, str(fault))
        if not str(fault).isdigit():  # the connection broke: let the caller open another
            raise
    else:
        _settle(message, sent_at=now(), last_error=None)
        return True
    return False


def _as_mail(message: Message) -> EmailMessage:
    """As it leaves: its links signed and its code made, for they begin to age now."""
    addresses = {
        name: Link.restored(link).url() if "endpoint" in link else Code(link["payload"]).digits()
        for name, link in (message.links or {}).items()
    }
    return as_mail(
        message.subject or "",
        message.recipient or "",
        fill_in(message.text or "", addresses),
        fill_in(message.html or "", addresses),
        message.message_id,
        reply_to=message.reply_to,
    )


def _put_off(message: Message, why: str) -> None:
    """Try again after a while; give up what waited for too long."""
    delay = DELAYS[min(message.attempts, len(DELAYS)) - 1] * random.uniform(0.8, 1.2)
    if now() + delay - message.created_at > GIVE_UP:
        _settle(message, gave_up_at=now(), last_error=why)
    else:
        _settle(message, next_at=now() + delay, last_error=why)
        MAILS.labels("put_off").inc()


def _settle(message: Message, **changes: object) -> None:
    """Write down what became of a mail. One that is done with keeps neither address nor words."""
    if "sent_at" in changes or "gave_up_at" in changes:
        changes |= {"recipient": None, "reply_to": None, "subject": None, "text": None, "html": None, "links": None}
    with write() as session:
        settled = session.execute(
            sa.update(Message).where(Message.id == message.id, Message.sent_at.is_(None)).values(**changes)
        ).rowcount  # type: ignore[attr-defined]
        for what in ("sent", "gave_up"):
            if settled and changes.get(f"{what}_at"):
                tally(message.about, what)


def start(app: Flask) -> None:
    """Start the worker thread of this process, unless it runs or other processes deliver (MAIL_WORKER off)."""
    stop = threading.Event()
    if app.config["MAIL_WORKER"] and app.extensions.setdefault("mail_worker", stop) is stop:
        threading.Thread(target=work, args=(app, stop), name="mail worker", daemon=True).start()


def work(app: Flask, stop: threading.Event) -> None:
    """Deliver until told to stop, resting longer and longer while the server cannot be reached.

    Do the chores of the site too, each when it is due, however many mails wait.
    """
    share(app)
    rest, chores = REST[0], app.extensions["chores"]
    due = dict.fromkeys(chores, 0.0)
    while not stop.is_set():
        _woken.clear()
        try:
            with app.app_context():
                for chore in chores:
                    if time.monotonic() >= due[chore] and not current().read_only:
                        due[chore] = time.monotonic() + chore.every_seconds
                        chore.do()
                soonest = min(due.values(), default=inf)
                deliver_due(soonest)
            rest = REST[0]
            _woken.wait(max(0, min(POLL, soonest - time.monotonic())))
        except (TryLater, smtplib.SMTPException, OSError) as fault:
            log.warning("mail cannot leave now (%s); next try in %s s", type(fault).__name__, rest)
            stop.wait(rest)
            rest = min(rest * 2, REST[1])
        except Exception:
            log.exception("the mail worker met an error and goes on")
            stop.wait(rest)
