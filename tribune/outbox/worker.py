"""The mail worker of a process: a thread that delivers, and can be asked to finish."""

import logging
import threading

from flask import Flask

from tribune.outbox import delivery

log = logging.getLogger(__name__)

FINISH = 4  # seconds for the mail in hand; with waitress's own, less than the ten a container has to stop


class Worker:
    """A thread that delivers until it is told to finish.

    Waits use an event: a `join` interrupted by a signal takes the thread for ended (Python 3.11, 3.12).
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stop, self._ended = threading.Event(), threading.Event()

    def start(self) -> None:
        """Begin to deliver."""
        threading.Thread(target=self._work, name="mail worker", daemon=True).start()

    def wait(self) -> None:
        """Wait until it ends; in pieces, between which Windows too notices a signal."""
        while not self._ended.wait(delivery.POLL):
            pass

    def finish(self) -> None:
        """Stop it once the mail in hand is recorded, or after FINISH."""
        self._stop.set()
        log.info("the mail worker ends, once the mail in its hands is written down")
        delivery.wake()
        self._ended.wait(FINISH)

    def _work(self) -> None:
        try:
            delivery.work(self._app, self._stop)
        finally:
            self._ended.set()


def start(app: Flask) -> None:
    """Start the worker of this process, unless it runs or other processes deliver (MAIL_WORKER off)."""
    if app.config["MAIL_WORKER"] and "mail_worker" not in app.extensions:
        worker = Worker(app)
        if app.extensions.setdefault("mail_worker", worker) is worker:  # no other thread was faster
            try:
                worker.start()
            except RuntimeError as fault:  # the machine, or whoever shares it out, allows no more threads
                log.error("the mail worker does not run (%s): the next request tries again", fault)
                del app.extensions["mail_worker"]


def finish(app: Flask) -> None:
    """End it, if there is one."""
    if worker := app.extensions.get("mail_worker"):
        worker.finish()
