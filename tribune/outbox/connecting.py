"""Further SMTP connections while mails are late: a distant relay takes a tenth of a second for each mail."""

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

MOST = 3  # besides the first one: relays allow a client several at once
LATE = timedelta(seconds=2)  # since a mail that somebody waits for was posted
BETWEEN, REST = 0.2, 60.0  # seconds between opening two; after one that failed

log = logging.getLogger(__name__)


class FurtherConnections:
    """Threads that deliver beside the caller until nothing is due; leaving the block waits for all of them.

    `deliver` sends what is due over one connection, passes each mail to `each` before it is sent, stops early once
    `over` is set, also from outside, and returns how many were sent.
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
            self.over.set()  # from now on none is opened
        for thread in self._threads:
            thread.join()

    def each(self, message: Claimed) -> None:
        """Open one more connection if this mail is late at its first try."""
        if message.priority or message.attempts > 1 or now() - message.created_at < LATE:
            return
        with self._lock:
            alive = [thread for thread in self._threads if thread.is_alive()]
            if self.over.is_set() or len(alive) == MOST or time.monotonic() < self._next:
                return
            self._next = time.monotonic() + BETWEEN
            one_more = threading.Thread(target=self._work, name="further mail worker", daemon=True)
            try:
                one_more.start()
            except RuntimeError as fault:  # the machine, or whoever shares it out, allows no more threads
                log.warning("no further connection for mails (%s): they leave over the others", fault)
                self._next = time.monotonic() + REST
                return
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
