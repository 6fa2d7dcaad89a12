"""Further connections while mails come late: a relay that is far away takes a tenth of a second over each."""

import logging
import smtplib
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from math import inf
from typing import Self

from flask import Flask

from tribune.database import now
from tribune.faults import write_down
from tribune.outbox.claiming import Claimed
from tribune.outbox.transport import TryLater, in_a_word

MOST = 3  # beside the first one: relays let a client have some at once
LATE = timedelta(seconds=2)  # since it was posted, of a mail that somebody waits for
BETWEEN, REST = 0.2, 60.0  # seconds from one to the next; after one that was not let in

log = logging.getLogger(__name__)


class FurtherConnections:
    """Threads that deliver beside the caller, each until nothing is due; at the end of the block all of them are over.

    `deliver`: sends what is due over one connection, says `each` mail to us before it leaves, and ends early once all
    is `over`, which may be said from outside too; gives how many left.
    """

    def __init__(self, app: Flask, deliver: Callable[["FurtherConnections"], int], over: threading.Event) -> None:
        self.sent = 0
        self.over = over
        self._app, self._deliver = app, deliver
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._next = -inf  # on the monotonic clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self.over.set()  # and from now on none is opened
        for thread in self._threads:
            thread.join()

    def each(self, message: Claimed) -> None:
        """Open one more where this mail comes late for the first time."""
        if message.priority or message.attempts > 1 or now() - message.created_at < LATE:
            return
        with self._lock:
            alive = [thread for thread in self._threads if thread.is_alive()]
            if self.over.is_set() or len(alive) == MOST or time.monotonic() < self._next:
                return
            self._next = time.monotonic() + BETWEEN
            one_more = threading.Thread(target=self._work, name="mail worker", daemon=True)
            one_more.start()
            self._threads = [*alive, one_more]

    def _work(self) -> None:
        try:
            with self._app.app_context():
                sent = self._deliver(self)
            with self._lock:
                self.sent += sent
        except (TryLater, smtplib.SMTPException, OSError) as fault:
            log.warning("a further connection for mails ended (%s): they leave over the others", in_a_word(fault))
            self._next = time.monotonic() + REST
        except Exception as error:
            write_down(log, "a further connection for mails ended: they leave over the others", error)
            self._next = time.monotonic() + REST
