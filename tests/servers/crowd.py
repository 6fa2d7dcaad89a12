"""Threads that sign and confirm on a site in its own process, and remember what they were told."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from math import inf
from urllib.parse import urlencode

from tests.page import hidden_fields
from tests.servers.site import HOST, Site
from tests.servers.smtp import MailServer, path_in

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATIENCE = 60  # seconds to wait for anything, on a busy machine


class Pace:
    """Evenly spaced turns, `a_second`, shared by all threads."""

    def __init__(self, a_second: float) -> None:
        self._between = 1 / a_second
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Wait for the next turn. Unused turns are lost, except those of the last second."""
        with self._lock:
            self._next = turn = max(self._next + self._between, time.monotonic() - 1)
        time.sleep(max(0.0, turn - time.monotonic()))


class Crowd:
    """`a_second`: how many sign, and how many confirm, per second, if the site can take them."""

    def __init__(self, site: Site, a_second: float = inf) -> None:
        self.site = site
        self.a_second = a_second
        self.acknowledged: list[str] = []  # who was told that they signed
        self.confirmed: list[str] = []  # who was told that they confirmed
        self.statuses: Counter[int] = Counter()  # of all answers to what they sent
        self._numbers = itertools.count(1)
        self._mails = itertools.count()
        self._news = threading.Condition()

    @contextmanager
    def signing(self, people: int) -> Iterator[None]:
        """Let so many threads sign while the block lasts."""
        fields, pace = read_form(self.site), Pace(self.a_second)
        with self._working(people, lambda over: self._sign_until(over, fields, pace)):
            yield

    @contextmanager
    def confirming(self, people: int, mails: MailServer) -> Iterator[None]:
        """Let so many threads confirm by each mail that comes, even a second copy, while the block lasts."""
        pace = Pace(self.a_second)
        with self._working(people, lambda over: self._confirm_until(over, mails, pace)):
            yield

    def wait_for(self, more: int) -> None:
        """Wait until so many more were told that they signed."""
        self._wait(self.acknowledged, more)

    def wait_for_confirmed(self, more: int) -> None:
        """Wait until so many more were told that they confirmed."""
        self._wait(self.confirmed, more)

    def wait_for_answer(self, status: int) -> None:
        """Wait until an answer from now on has this status."""
        before = self.statuses[status]
        self._wait_until(lambda: self.statuses[status] > before)

    def sign(self, typed: dict[str, str]) -> bool:
        """Send the form; return whether it was accepted."""
        return self._send("/letters/rues/sign", urlencode(typed))

    def _sign_until(self, over: threading.Event, fields: dict[str, str], pace: Pace) -> None:
        """Sign again and again, each time as somebody else; without an answer, try again as the same person."""
        while not over.is_set():
            email = f"person{next(self._numbers)}@example.org"
            typed = {**fields, "given_name": "Zoé", "family_name": "Évrard", "email": email}
            self._try_until(over, lambda typed=typed: self.sign(typed), pace, self.acknowledged, email)

    def _confirm_until(self, over: threading.Event, mails: MailServer, pace: Pace) -> None:
        while not over.is_set():
            number = next(self._mails)
            while len(mails.taken) <= number and not over.wait(0.02):
                pass
            if over.is_set():
                return
            mail = mails.taken[number]
            path = path_in(mail, "/signatures/(?:confirm|not-me)/")
            if "/confirm/" in path:  # else: the mail "already signed"
                self._try_until(over, lambda path=path: self._send(path), pace, self.confirmed, mail.recipients[0])

    def _try_until(
        self, over: threading.Event, ask: Callable[[], bool], pace: Pace, told: list[str], email: str
    ) -> None:
        while not over.is_set():
            pace.wait()
            if ask():
                with self._news:
                    told.append(email)
                    self._news.notify_all()
                return

    def _send(self, path: str, body: str = "") -> bool:
        connection = HTTPConnection(HOST, self.site.port, timeout=30)
        try:
            connection.request("POST", path, body, FORM)
            answer = connection.getresponse()
            assert answer.status != 503 or answer.headers["Retry-After"]
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
        with self._news:
            self.statuses[answer.status] += 1
            self._news.notify_all()
        return answer.status == 303

    @contextmanager
    def _working(self, people: int, work: Callable[[threading.Event], None]) -> Iterator[None]:
        over = threading.Event()
        with ThreadPoolExecutor(people) as threads:
            tasks = [threads.submit(work, over) for _ in range(people)]
            try:
                yield
            finally:
                over.set()
        for task in tasks:
            task.result()

    def _wait(self, told: list[str], more: int) -> None:
        wanted = len(told) + more
        self._wait_until(lambda: len(told) >= wanted)

    def _wait_until(self, holds: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(holds, PATIENCE), f"{self.statuses}\n{self.site.output[-3000:]}"


def read_form(site: Site) -> dict[str, str]:
    """Return the hidden fields of the form."""
    return dict(hidden_fields(read(site, "/letters/rues/sign")))


def read(site: Site, path: str) -> str:
    """Return a page, which must answer 200."""
    connection = HTTPConnection(HOST, site.port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        page = answer.read().decode()
        assert answer.status == 200, f"{path} answered {answer.status}"
        return page
    finally:
        connection.close()
