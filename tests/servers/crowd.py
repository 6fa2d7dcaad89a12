"""People who sign on a site in a process of its own, a few at once."""

import itertools
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from tests.page import hidden_fields
from tests.servers.site import Site


class Crowd:
    """People who sign, a few at once, and remember what they were told."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.acknowledged: list[str] = []
        self.statuses: Counter[int] = Counter()  # of all answers
        self._numbers = itertools.count(1)
        self._news = threading.Condition()

    def sign_until(self, gone: threading.Event, fields: dict[str, str]) -> None:
        """Sign again and again, each time as somebody else, until the site is gone."""
        while not gone.is_set():
            email = f"person{next(self._numbers)}@example.org"
            if self.sign({**fields, "given_name": "Zoé", "family_name": "Évrard", "email": email}):
                with self._news:
                    self.acknowledged.append(email)
                    self._news.notify_all()

    @contextmanager
    def signing(self, people: int) -> Iterator[None]:
        """That many people sign on while the block lasts."""
        fields, over = read_form(self.site), threading.Event()
        with ThreadPoolExecutor(people) as readers:
            tasks = [readers.submit(self.sign_until, over, fields) for _ in range(people)]
            try:
                yield
            finally:
                over.set()
        for task in tasks:
            task.result()

    def wait_for(self, more: int) -> None:
        """Wait until that many more were acknowledged."""
        with self._news:
            wanted = len(self.acknowledged) + more
            assert self._news.wait_for(lambda: len(self.acknowledged) >= wanted, 30), self.site.output

    def sign(self, typed: dict[str, str]) -> bool:
        """Send the form; whether they were told that it was taken."""
        connection = HTTPConnection("127.0.0.1", self.site.port, timeout=10)
        try:
            words = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/letters/rues/sign", urlencode(typed), words)
            status = connection.getresponse().status
            self.statuses[status] += 1
            return status == 303
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def read_form(site: Site) -> dict[str, str]:
    """The hidden fields of the form, as a program keeps them."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", "/letters/rues/sign")
    page = connection.getresponse().read().decode()
    connection.close()
    return dict(hidden_fields(page))
