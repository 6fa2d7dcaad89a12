"""Who is served when threads run short: signing first, then confirming, reading, searching, files last.

A thread that waits for a slow database serves nobody else, so each kind may hold no more than its share.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_babel import gettext as _
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wsgi import ClosingIterator

from tribune.abuse.guard import SAFE
from tribune.metrics import SHED

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row")


class Importance(IntEnum):
    """What a request is for; the first are refused first."""

    FILE = 1
    SEARCH = 2
    READ = 3
    CONFIRM = 4
    SIGN = 5


# What each may hold of the threads, in eighths, together with all that matters less; signing may hold them all.
SHARES = {Importance.FILE: 2, Importance.SEARCH: 4, Importance.READ: 6, Importance.CONFIRM: 7, Importance.SIGN: 8}
PATIENCE = 2.0  # seconds to wait for a thread, while they come and go
SLOW = 1.0  # seconds after which a request is slow; if half of a share is slow, nobody waits for it
LOOK = 0.1  # seconds between two looks whether that is so
AT_ONCE = 25  # rows of a file, a millisecond or so of Python, between two pauses
PAUSE, LONG_PAUSE = 0.002, 0.02  # seconds: while others are served; while others wait
RETRY_AFTER = {Importance.FILE: 30, Importance.SEARCH: 10}  # seconds; 5 for all else


def matters(importance: Importance) -> Callable[[View], View]:
    """Decorate a view that neither reads nor acts with its importance."""

    def declare(view: View) -> View:
        view.importance = importance  # type: ignore[attr-defined]
        return view

    return declare


class Threads:
    """Which requests hold the threads of this process."""

    def __init__(self, number: int, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._most = {importance: max(1, number * eighths // 8) for importance, eighths in SHARES.items()}
        self._most_waiting = max(1, number // 4)  # of each kind, or the waiting would hold the threads they wait for
        self._held: dict[object, tuple[Importance, float]] = {}
        self._waiting: Counter[Importance] = Counter()
        self._changed = threading.Condition()
        self.somebody_waits: Callable[[], bool] = lambda: False  # for a thread; replaced by the server that has a queue

    def enter(self, ticket: object, importance: Importance) -> bool:
        """Hold a thread until `leave`; False if there is none for this importance, nor soon will be."""
        with self._changed:
            if importance < Importance.SIGN and not self._has_room(importance) and not self._wait(importance):
                return False
            self._held[ticket] = importance, time.monotonic()
        return True

    def _wait(self, importance: Importance) -> bool:
        """Wait until there is room; False if there is none in time."""
        if self._waiting[importance] >= self._most_waiting:
            return False
        until = time.monotonic() + self._patience
        self._waiting[importance] += 1
        while not (room := self._has_room(importance)) and not self._is_slow(importance):
            if time.monotonic() >= until:
                break
            self._changed.wait(LOOK)
        self._waiting[importance] -= 1
        return room

    def leave(self, ticket: object) -> None:
        """Give the thread back."""
        with self._changed:
            if self._held.pop(ticket, None):
                self._changed.notify_all()

    def pause(self) -> float:
        """Return for how many seconds a long answer should let the others go on."""
        if self.somebody_waits():
            return LONG_PAUSE
        return PAUSE if len(self._held) > 1 else 0

    def waiting(self, importance: Importance) -> int:
        """Return how many of this importance wait for a thread now."""
        return self._waiting[importance]

    def _has_room(self, importance: Importance) -> bool:
        shares = (each for each in Importance if each >= importance)  # its own, and those that include it
        return all(sum(held <= each for held, _ in self._held.values()) < self._most[each] for each in shares)

    def _is_slow(self, importance: Importance) -> bool:
        before = time.monotonic() - SLOW
        slow = sum(held == importance and since < before for held, since in self._held.values())
        return slow * 2 >= self._most[importance]


def giving_way(rows: Iterable[Row], at_once: int = AT_ONCE) -> Iterator[Row]:
    """Yield the same rows, pausing every few while others are served or wait. Needs an app context.

    Python runs one thread at a time, and switches after five milliseconds or when one waits: without pauses, a long
    file delayed each statement of those who sign, and all who waited for the rows they locked.
    """
    threads: Threads = current_app.extensions["tribune_threads"]
    for number, row in enumerate(rows):
        if number % at_once == 0 and (seconds := threads.pause()):
            time.sleep(seconds)
        yield row


def _importance() -> Importance:
    declared: Importance | None = getattr(current_app.view_functions.get(request.endpoint or ""), "importance", None)
    if declared:
        return declared
    if request.method not in SAFE:
        return Importance.CONFIRM
    if request.endpoint == "static":  # a page without its style is no page
        return Importance.SIGN
    return Importance.SEARCH if request.args.keys() & {"q", "organisation"} else Importance.READ


def _ask_for_a_thread() -> None:
    importance = _importance()
    threads: Threads = current_app.extensions["tribune_threads"]
    if threads.enter(request.environ["tribune.ticket"], importance):
        return
    SHED.labels(importance.name.lower()).inc()
    words = {
        Importance.FILE: _(
            "Others are downloading files at the moment, and signing comes first. Try again in a minute."
        ),
        Importance.SEARCH: _("The site is busy at the moment, and signing comes first. Search again in a few seconds."),
    }
    raise ServiceUnavailable(words.get(importance), retry_after=RETRY_AFTER.get(importance, 5))


def init_app(app: Flask) -> None:
    """Let every request ask for a thread, and give it back after the last byte of its answer."""
    app.extensions["tribune_threads"] = Threads(app.config["THREADS"])
    inner = app.wsgi_app

    def served(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        ticket = environ["tribune.ticket"] = object()
        threads: Threads = app.extensions["tribune_threads"]
        try:
            answer = inner(environ, start_response)
        except BaseException:
            threads.leave(ticket)
            raise
        return ClosingIterator(answer, lambda: threads.leave(ticket))

    app.wsgi_app = served  # type: ignore[method-assign]
    app.before_request(_ask_for_a_thread)
