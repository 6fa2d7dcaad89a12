"""Databases that are filled once, sites in their own processes, and a visitor."""

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import Context
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode, urlsplit

from flask import Flask

from bench.measuring import Goal, Row
from tests.page import hidden_fields
from tests.servers import postgresql
from tests.servers.site import HOST, Site, serve
from tribune import create_app
from tribune.database import db
from tribune.letters.queries import letter_by_slug

FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
BARE = [sys.executable, "-m", "bench.bare", "{port}"]
ORGANISER = "demo@example.org"
FileGoals = tuple[Goal, Goal]  # for the first byte, and for the memory
PROCESSES = 2  # that serve the site under load, as docs/deploy.md advises
AS_A_FILE: FileGoals = Goal("0.3 s at most", 0.3, least=False), Goal("+20 MB at most", 20, least=False)


class Database:
    """A site's database, and the settings to run it with."""

    def __init__(self, name: str, url: str, folder: str) -> None:
        self.name, self.url = name, url
        self.settings = {
            "TRIBUNE_SECRET_KEY": "for the bench",
            "TRIBUNE_DEVELOPMENT": "1",
            "TRIBUNE_SQLALCHEMY_DATABASE_URI": url,
            "TRIBUNE_INSTANCE_PATH": folder,
            "TRIBUNE_MAIL_WORKER": "off",
            "TRIBUNE_RATELIMITS": "on",  # as shipped: who signs is counted; each says which network they come from
            "TRIBUNE_TRUSTED_PROXIES": "1",
        }
        self._letters: dict[int, str] = {}
        self.flask("db", "upgrade")

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a command of the site, with more settings."""
        return {**os.environ, **self.settings, **settings}

    def flask(self, *words: str, **settings: str) -> str:
        """Run a command of the site in this process; return the last line it prints."""
        app = self.app(**settings)
        done = Context().run(app.test_cli_runner().invoke, args=words)  # apart from any other application
        with app.app_context():
            db.engine.dispose()
        if done.exit_code:
            sys.exit(f"flask {' '.join(words)} failed:\n{done.output}\n{done.exception}")
        return (done.stdout.strip().splitlines() or [""])[-1]

    def app(self, **settings: str) -> Flask:
        """Make an application on this database, to read and change what a visitor cannot."""
        names = ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI")
        chosen = {name: self.settings[f"TRIBUNE_{name}"] for name in names} | settings
        return create_app({**chosen, "DEVELOPMENT": True, "MAIL_WORKER": False, "RATELIMITS": False})

    def letter(self, signatures: int) -> str:
        """Return the slug of a published letter with so many made-up signatures, filled on the first call."""
        if signatures not in self._letters:
            self._letters[signatures] = self.new_letter(signatures)
        return self._letters[signatures]

    def desk(self, slug: str) -> str:
        """Return the path of the desk of a letter."""
        with self.app().app_context():
            letter = letter_by_slug(slug)
            db.session.rollback()
            return f"/manage/letters/{letter.id if letter else 0}"

    def new_letter(self, signatures: int) -> str:
        """Fill a new letter with so many signatures, not shared with other parts; return its slug."""
        return self.flask("demo", "fill", "--signatures", str(signatures))


@contextmanager
def databases() -> Iterator[list[Database]]:
    """Make an empty site on SQLite and one on PostgreSQL, both as durable as in production."""
    with ExitStack() as stack:
        folders = [stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")) for _ in range(2)]
        server = stack.enter_context(postgresql.own(below=None))
        yield [
            Database("SQLite", f"sqlite:///{folders[0]}/bench.sqlite", folders[0]),
            Database("PostgreSQL", server.url, folders[1]),
        ]


@contextmanager
def serving(
    settings: Mapping[str, str], processes: int = 1, command: Sequence[str] | None = None
) -> Iterator[list[Site]]:
    """Run so many processes of the site, or of `command`, while the block lasts."""
    with ExitStack() as stack:
        yield [stack.enter_context(serve(settings, command)) for _ in range(processes)]


def ports(sites: Sequence[Site]) -> list[int]:
    """Return the ports on which these listen."""
    return [site.port for site in sites]


def worked(*pids: int) -> float:
    """Return the processor seconds that these processes have used so far."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as stat:
            ticks += sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def peak(site: Site) -> float:
    """Return the peak memory of the site so far, in MB."""
    with open(f"/proc/{site.pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024  # type: ignore[index]


class Visitor:
    """A persistent connection to a site, and the cookie it was given."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookie = ""
        self._connection = HTTPConnection(HOST, site.port, timeout=60)

    def get(self, path: str) -> str:
        """Return a page; exit if it does not answer 200."""
        return self._ask("GET", path, 200)

    def post(self, path: str, body: str) -> str:
        """Send a form; return the page that answers it, or exit if it is not a 200."""
        return self._ask("POST", path, 200, body)

    def log_in(self, database: Database) -> None:
        """Log in as the organiser of the made-up letters."""
        link = database.flask("organisers", "log-in-link", ORGANISER, PUBLIC_URL=self.site.url)
        path = urlsplit(link).path
        self._ask("POST", path, 303, urlencode(hidden_fields(self.get(path))))

    def open(self, path: str) -> HTTPResponse:
        """Open an answer on a new connection, to be read as it comes."""
        connection = HTTPConnection(HOST, self.site.port, timeout=600)
        connection.request("GET", path, headers={"Cookie": self.cookie})
        return connection.getresponse()

    def close(self) -> None:
        """Close the connection."""
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
    """Give a visitor, not logged in, while the block lasts."""
    visitor = Visitor(site)
    try:
        yield visitor
    finally:
        visitor.close()


def file(
    work: str, visitor: Visitor, path: str, small: str, *, lines: int | None = None, goals: FileGoals = AS_A_FILE
) -> Iterator[Row]:
    """Yield two rows about a file: the time to its first and last byte, and the memory the site took for it.

    `small`: a file of the same kind, fetched first, so that one-time costs are not counted; `lines`: how many the file
    must have, None if it has no lines.
    """
    site = visitor.site
    site.restart()  # memory freed earlier would hide what the file takes
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
    byte, memory = goals
    yield byte.row(first, f"{work}, first byte", f"{first:.3f} s, whole {whole:.2f} s ({size / 1e6:.1f} MB)")
    grew = max(peak(site) - before, 0.1)
    yield memory.row(grew, f"{work}, memory of the site", f"+{grew:.1f} MB")
