"""What the benches share: databases to fill, a site to ask, and figures that compare two sides by turns."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode, urlsplit

from tests.page import hidden_fields
from tests.servers import postgresql
from tests.servers.site import HOST, ROOT, Site

FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
WARM = 5  # rounds that fill caches and are not counted


def databases() -> Iterator[tuple[str, dict[str, str]]]:
    """An empty site on SQLite, then one on PostgreSQL: the name, and the settings to run it with."""
    with tempfile.TemporaryDirectory() as folder:
        yield "SQLite", _migrated(f"sqlite:///{folder}/bench.sqlite", folder)
    with (
        tempfile.TemporaryDirectory() as folder,
        postgresql.start() as server,
        postgresql.fresh_database(server) as url,
    ):
        yield "PostgreSQL", _migrated(url, folder)


def _migrated(url: str, folder: str) -> dict[str, str]:
    settings = {
        "TRIBUNE_SECRET_KEY": "for the bench",
        "TRIBUNE_DEVELOPMENT": "1",
        "TRIBUNE_SQLALCHEMY_DATABASE_URI": url,
        "TRIBUNE_INSTANCE_PATH": folder,
        "TRIBUNE_MAIL_WORKER": "off",
        "TRIBUNE_RATELIMITS": "off",
    }
    flask(settings, "db", "upgrade")
    return settings


def flask(settings: dict[str, str], *words: str) -> str:
    """Run a command of the site; the last line it prints."""
    environment = {**os.environ, **settings}
    done = subprocess.run([*FLASK, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"flask {' '.join(words)} failed:\n{done.stderr}")
    return (done.stdout.strip().splitlines() or [""])[-1]


class Visitor:
    """One kept connection to a site, and the cookie it was given."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookie = ""
        self._connection = HTTPConnection(HOST, site.port, timeout=60)

    def get(self, path: str) -> str:
        """A page, which must be there."""
        return self._ask("GET", path, 200)

    def post(self, path: str, body: str) -> str:
        """The page that answers a form."""
        return self._ask("POST", path, 200, body)

    def log_in(self, link: str) -> None:
        """Enter as whom the link was made for."""
        path = urlsplit(link).path
        self._ask("POST", path, 303, urlencode(hidden_fields(self.get(path))))

    def open(self, path: str) -> HTTPResponse:
        """An answer to be read as it comes, over a connection of its own."""
        connection = HTTPConnection(HOST, self.site.port, timeout=600)
        connection.request("GET", path, headers={"Cookie": self.cookie})
        return connection.getresponse()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(self, method: str, path: str, expected: int, body: str | None = None) -> str:
        headers = {"Cookie": self.cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status != expected:
            sys.exit(f"{path} answered {answer.status}:\n{self.site.output[-3000:]}")
        for given in answer.headers.get_all("Set-Cookie") or []:
            if given.startswith("tribune_organiser="):
                self.cookie = given.partition(";")[0]
        return text


@contextmanager
def visiting(site: Site) -> Iterator[Visitor]:
    """Somebody without an account, or who logs in, while the block lasts."""
    visitor = Visitor(site)
    try:
        yield visitor
    finally:
        visitor.close()


def ratio(name: str, rounds: int, below: Callable[[], object], above: Callable[[], object]) -> None:
    """Time both by turns and print the medians and their ratio."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + WARM):
        for side, work in enumerate((below, above)):
            start = time.perf_counter()
            work()
            if number >= WARM:
                times[side].append(time.perf_counter() - start)
    low, high = (statistics.median(side) * 1000 for side in times)
    print(f"  {name:40} {high:8.2f} ms / {low:8.2f} ms = {high / low:5.2f}", flush=True)


def file(name: str, visitor: Visitor, path: str, small: str, lines: int | None = None) -> None:
    """Time to the first byte of a file and to the last, and how much memory the site took for it.

    `small`: a file of the same kind, fetched before, so that what every first file costs is not counted.
    `lines`: how many the file must have, if it is one of lines.
    """
    site = visitor.site
    site.restart()  # what was freed before would hide what the file takes
    visitor.open(small).read()
    before = peak(site)
    start = time.perf_counter()
    answer = visitor.open(path)
    if answer.status != 200:
        sys.exit(f"{path} answered {answer.status}:\n{site.output[-3000:]}")
    size, found = len(answer.read(1)), 0
    first = time.perf_counter() - start
    while part := answer.read(1 << 16):
        size += len(part)
        found += part.count(b"\n")
    whole = time.perf_counter() - start
    if lines is not None and found != lines:
        sys.exit(f"{found} lines, not {lines}, in {path}")
    print(
        f"  {name}, {size / 1e6:.1f} MB: first byte {first:.3f} s, whole {whole:.2f} s, "
        f"memory +{peak(site) - before:.1f} MB",
        flush=True,
    )


def peak(site: Site) -> float:
    """The most memory the site has held so far, in MB."""
    with open(f"/proc/{site.pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024  # type: ignore[index]
