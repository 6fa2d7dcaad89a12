"""Requests that wait for a thread of waitress: which is next, how long its listening thread rests, how it ends."""

import logging
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

from tribune.kept import Kept

IN_A_ROW = 20  # kept pages that overtake the same other request
REST = 0.01  # seconds
LAST_ANSWERS = 5  # seconds; with the four of the mail in hand, less than the ten a container has to stop
QUIET = 0.2  # seconds without a request after which a connection is closed, once the site ends
SIGNS_OR_CONFIRMS = re.compile(r"/+letters/[^/]+/sign|/+signatures/confirm/.+")  # waitress merges leading slashes

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Writing:
    """A request that signs or confirms; `over` is called once it is served."""

    channel: HTTPChannel
    over: Callable[[], None]

    def service(self) -> None:
        """Serve it."""
        try:
            self.channel.service()
        finally:
            self.over()

    def cancel(self) -> None:
        """Drop it, as the site stops."""
        self.channel.cancel()
        self.over()


class Waiting:
    """The queue of waitress: kept pages first, which cost next to nothing, but only so many in a row.

    So readers do not wait for all who sign, and a flood of readers stops nobody from signing. A page that has to be
    made anew counts as IN_A_ROW kept ones (docs/decisions/0052-kept-pages-overtake-who-signs.md). No more than
    `writers` sign or confirm at once; the other threads serve the rest.
    """

    def __init__(self, kept: Kept, writers: int) -> None:
        self._kept = kept
        self._quick: deque[tuple[HTTPChannel, int]] = deque()
        self._writing: deque[tuple[int, HTTPChannel]] = deque()  # with numbers, in order of arrival
        self._others: deque[tuple[int, HTTPChannel]] = deque()
        self._numbers = count()
        self._in_a_row = 0
        self._places, self._lock = writers, threading.Lock()
        self._nobody = threading.Event()

    def __len__(self) -> int:
        """Return how many a thread could serve now."""
        return len(self._quick) + len(self._others) + min(len(self._writing), self._places)

    def append(self, channel: HTTPChannel) -> None:
        """Queue the next request of a connection."""
        self._nobody.clear()
        request = channel.requests[0]
        in_memory = self._in_memory(request)
        if in_memory is not None:
            self._quick.append((channel, 1 if in_memory else IN_A_ROW))
        elif not request.error and request.command == "POST" and SIGNS_OR_CONFIRMS.fullmatch(request.path):
            self._writing.append((next(self._numbers), channel))
        else:
            self._others.append((next(self._numbers), channel))

    def popleft(self) -> HTTPChannel | Writing:
        """Return the request whose turn it is."""
        turn = self._next()
        if not self.somebody():
            self._nobody.set()
        return turn

    def somebody(self) -> bool:
        """Whether anybody waits."""
        return bool(self._quick or self._writing or self._others)

    def rest(self) -> None:
        """Return once nobody waits any more, and after REST at the latest."""
        if self.somebody():
            self._nobody.wait(REST)

    def _next(self) -> HTTPChannel | Writing:
        may_write = self._writing and self._places
        if self._quick and (self._in_a_row < IN_A_ROW or not (may_write or self._others)):
            channel, cost = self._quick.popleft()
            self._in_a_row += cost
            return channel
        self._in_a_row = 0
        if may_write and (not self._others or self._writing[0] < self._others[0]):
            self._more_places(-1)
            return Writing(self._writing.popleft()[1], lambda: self._more_places(1))
        return self._others.popleft()[1]

    def _more_places(self, number: int) -> None:
        with self._lock:  # it is given back by the thread that held it, while another may take one
            self._places += number

    def _in_memory(self, request: HTTPRequestParser) -> bool | None:
        """As `Kept.shows`; None for what is malformed, no GET, or asks for a range."""
        said = request.headers.get
        if request.error or request.command != "GET" or said("RANGE"):
            return None
        return self._kept.shows(said("HOST", ""), request.path, request.query, said("ACCEPT_LANGUAGE", ""))


class Listening:
    """The loop of waitress, which rests while requests wait: most of what it would read would only wait as well.

    Each event on a connection costs a round through all of them: with a hundred, this kept the interpreter from those
    who held the database. docs/decisions/0054-who-signs-takes-turns.md
    """

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._connections: dict[int, Any] = {}
        self._ends = False

    def end(self) -> None:
        """Have the loop end once everybody is answered. May be called by a signal, in the middle of anything."""
        self._ends = True
        for each in list(self._connections.values()):
            if each.accepting:
                each.pull_trigger()  # else the loop would go on sleeping

    def loop(self, **how: Any) -> None:
        """Replace that of waitress, with the same arguments."""
        self._connections = connections = how["map"]
        while connections and not self._ends:
            self._round(how)
            self._waiting.rest()
        if self._ends:
            self._answer_the_last(how)

    def _round(self, how: dict[str, Any]) -> None:
        connections = how["map"]
        known = set(connections.values())
        wasyncore.loop(**how, count=1)
        while new := set(connections.values()) - known:  # a round accepts one connection
            known |= new
            wasyncore.loop(**{**how, "timeout": 0}, count=1)

    def _answer_the_last(self, how: dict[str, Any]) -> None:
        """Let nobody else in, so that a proxy asks another process at once, and answer who is here.

        Waitress would drop whoever waits for a thread, and leave those unread who come until the process is gone.
        """
        until, connections = time.monotonic() + LAST_ANSWERS, how["map"]
        self._round({**how, "timeout": 0})  # whoever the system has let in
        for door in [each for each in connections.values() if each.accepting]:
            wasyncore.dispatcher.close(door)  # its own `close` would take the trigger too, which the threads pull
        while left := [each for each in connections.values() if isinstance(each, HTTPChannel)]:
            if time.monotonic() > until:
                log.warning("the site ends: %s connections are cut off", len(left))
                break
            for each in left:
                busy = each.requests or each.request or each.total_outbufs_len
                if not busy and time.time() - each.last_activity > QUIET:
                    each.handle_close()
            wasyncore.loop(**{**how, "timeout": QUIET / 2}, count=1)
            self._waiting.rest()
