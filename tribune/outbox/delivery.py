"""The mail worker: claims one mail at a time, sends it, marks it. Killed at any moment, it loses none."""

import logging
import smtplib
import threading
import time
from collections import deque

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Session

from tribune.abuse.switches import current
from tribune.codes import Code
from tribune.database import db, write
from tribune.faults import is_of_the_database, write_down
from tribune.metrics import share
from tribune.outbox.chores import Chores
from tribune.outbox.claiming import LEASE, Claimed, claim, record, something_is_due
from tribune.outbox.composing import WAY_OUT, fill_in
from tribune.outbox.connecting import FurtherConnections
from tribune.outbox.mime import Outgoing, as_mail
from tribune.outbox.transport import ConnectionLost, Folder, Smtp, TryLater, Undeliverable, in_a_word, open_transport
from tribune.tokens import Link

POLL = 5  # seconds between looks at the outbox when nobody woke the worker
PAUSE = 0.001  # seconds
AGAIN = 1  # seconds between two tries to write down that a mail has left
LINGER = 2  # seconds that the worker keeps a connection for the next mail: some relays allow twenty a minute
REST = (2, 60)  # seconds to rest when the server cannot be reached: the first time, and at most
NO_CHORES = Chores(())

log = logging.getLogger(__name__)
_woken = threading.Event()


class Pace:
    """Slows down mails that can wait, the more so the more mails are sent that somebody waits for.

    On a small machine a mailing would take half a processor, and on SQLite the lock, from those who sign.
    """

    def __init__(self) -> None:
        self._awaited: deque[float] = deque()  # when those of the last second were sent

    def rest(self, priority: int, moment: float) -> float:
        """Return the seconds to rest before a mail of this priority: PAUSE for each awaited mail of the last second."""
        while self._awaited and self._awaited[0] <= moment - 1:
            self._awaited.popleft()
        if priority == 0:
            self._awaited.append(moment)
            return 0
        return len(self._awaited) * PAUSE


def wake() -> None:
    """Tell this process's worker that a mail was posted."""
    _woken.set()


@sa.event.listens_for(db.session, "after_commit")
def _wake_when_posted(session: Session) -> None:
    if session.info.pop("posted", False):
        wake()


def deliver_due() -> int:
    """Send what is due, most urgent first, over one connection or more while mails are late; return how many were sent.

    Raises when no server answers.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with FurtherConnections(app, _send, threading.Event()) as further:
        sent = _send_due(further, NO_CHORES, 0)
    return sent + further.sent


def _send_due(further: FurtherConnections, chores: Chores, linger: float) -> int:
    """Open a new connection as long as each sends some mails: servers take so many over one, then hang up."""
    sent = 0
    while _may_leave(further) and something_is_due():
        left = _send(further, chores, linger)
        if not left:  # another worker has what is due
            break
        sent += left
    return sent


def _send(further: FurtherConnections, chores: Chores = NO_CHORES, linger: float = 0) -> int:
    """Send over one connection until nothing is due or it is lost; return how many. Raises if lost before the first.

    Chores are done between two mails, and the next is waited for for `linger` seconds: a server may take long to let us
    in, or do so some times a minute.
    """
    sent, pace = 0, Pace()
    with open_transport() as transport:
        message = claim() if _may_leave(further) else None
        while message is not None:
            further.each(message)
            if rest := pace.rest(message.priority, time.monotonic()):
                time.sleep(rest)  # for 0 seconds it would take a tenth of a millisecond
            fault = _hand_over(message, transport)
            sent += fault is None
            lost = fault if isinstance(fault, ConnectionLost) else None
            claims = not lost and chores.soonest() > 0 and _may_leave(further)
            message = _go_on(message, fault, claims, further.over)
            if lost and not sent:
                raise lost
            if not (message or lost):
                message = _next(further, chores, linger)
    return sent


def _next(further: FurtherConnections, chores: Chores, linger: float) -> Claimed | None:
    """Do the chores that are due, with no mail in our hands, and claim the next that is, within so many seconds."""
    until = time.monotonic() + linger
    while _may_leave(further) and (left := until - time.monotonic()) > 0:
        chores.carry_out_due()
        if something_is_due() and (message := claim()):
            return message
        _woken.wait(min(left, chores.soonest()))
        _woken.clear()
    return None


def _may_leave(further: FurtherConnections) -> bool:
    return not further.over.is_set() and not current().read_only


def _go_on(message: Claimed, fault: Exception | None, claims: bool, over: threading.Event) -> Claimed | None:
    """Record what became of a mail and claim the next in one transaction: each mail costs one commit.

    Killed before the commit, the worker has sent at most one mail over each connection that will be sent again. If the
    database fails, it tries again for as long as nobody else can claim the mail, or until it is told to end.
    """
    lease_ends = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            with write():
                record(message, fault)
                return claim() if claims else None
        except Exception as error:
            has_left = fault is None  # else it may as well be sent again
            if not (has_left and is_of_the_database(error)) or time.monotonic() > lease_ends or over.wait(AGAIN):
                raise


def _hand_over(message: Claimed, transport: Smtp | Folder) -> Exception | None:
    """Make and send the mail; return None if it was sent, else why not."""
    try:
        mail = _as_mail(message)
    except Exception as error:  # without its words, which may hold an address
        log.error("mail %s cannot be made (%s)", message.id, type(error).__name__)
        return TryLater("cannot be made")  # it waits until the fault is mended
    try:
        transport.send(mail)
    except (Undeliverable, TryLater) as fault:
        return fault
    return None


def _as_mail(message: Claimed) -> Outgoing:
    """Return the mail to send, its links signed and its code made only now, as they begin to age."""
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
        sender_name=message.sender_name,
        # For mails that people did not ask for: their mail program then shows a button to unsubscribe.
        unsubscribe=addresses.get(WAY_OUT) if message.priority else None,
    )


def work(app: Flask, stop: threading.Event) -> None:
    """Deliver until told to stop, resting longer and longer while the server cannot be reached.

    Also does the chores of the site, each when it is due, however many mails wait.
    """
    share(app)
    with FurtherConnections(app, _send, stop) as further:
        _work(app, stop, further)


def _work(app: Flask, stop: threading.Event, further: FurtherConnections) -> None:
    rest, chores = REST[0], Chores(app.extensions["chores"])
    while not stop.is_set():
        try:
            with app.app_context():
                chores.carry_out_due()
                _send_due(further, chores, LINGER)
                wait = 0 if stop.is_set() else min(POLL, chores.soonest())  # `_next` may have heard that we are woken
            rest = REST[0]
            _woken.wait(wait)
            _woken.clear()  # before looking again; whoever stops us sets `stop` before waking us
        except (TryLater, smtplib.SMTPException, OSError) as fault:
            log.warning("mail cannot leave now (%s); next try in %s s", in_a_word(fault), rest)
            stop.wait(rest)
            rest = min(rest * 2, REST[1])
        except Exception as error:
            write_down(log, f"mail cannot leave now, next try in {rest} s", error)
            stop.wait(rest)
            rest = min(rest * 2, REST[1])
