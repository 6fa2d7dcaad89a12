"""Several machines as `docs/deploy.md` has them: web processes and mail workers of their own around one database."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode

from tests import canary
from tests.page import hidden_fields
from tests.servers.site import FLASK, HOST, Program, Site, serve

PUBLIC = "127.0.0.1"  # how readers call all of them: the proxy in front, on port 80
MACHINES = 2  # of the pages, and of the mails
SOMEBODY = "203.0.113.9"  # an address that the limits know nothing of


@dataclass
class Reader:
    """A browser behind a proxy that gives each request to the next machine. Keeps cookies."""

    sites: list[Site]
    address: str = SOMEBODY
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._next = cycle(self.sites)

    def get(self, path: str) -> tuple[int, str]:
        """Status and page."""
        return self._ask("GET", path)

    def post(self, path: str, form_at: str | None = None, **typed: str) -> tuple[int, str]:
        """Fill in the form on the page `form_at`, which is another machine's, and send it."""
        fields = dict(hidden_fields(self.get(form_at or path)[1]))
        return self._ask("POST", path, urlencode({**fields, **typed}))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        words = {"Host": PUBLIC, "X-Forwarded-For": self.address, "Origin": f"http://{PUBLIC}"}
        if self.cookies:
            words["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            words["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection(HOST, next(self._next).port, timeout=30)
        try:
            connection.request(method, path, body, words)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", ()):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@contextmanager
def webs(settings: Mapping[str, str]) -> Iterator[list[Site]]:
    """Serve the pages from several machines, each with an `instance` of its own."""
    ours = {"TRIBUNE_PUBLIC_URL": f"http://{PUBLIC}", "TRIBUNE_MAIL_WORKER": "off", "TRIBUNE_TRUSTED_PROXIES": "1"}
    with ExitStack() as running:
        yield [running.enter_context(serve({**settings, **ours})) for _ in range(MACHINES)]


@contextmanager
def workers(settings: Mapping[str, str]) -> Iterator[list[Program]]:
    """Deliver mails from several processes, as `tribune-worker@.service` does."""
    with ExitStack() as running:
        started = []
        for _ in range(MACHINES):
            folder = running.enter_context(tempfile.TemporaryDirectory(prefix="worker-"))
            ours = {"TRIBUNE_PUBLIC_URL": f"http://{PUBLIC}", "TRIBUNE_INSTANCE_PATH": folder}
            worker = Program(Path(folder) / "output", {**settings, **ours}, [*FLASK, "outbox", "deliver"])
            worker.start()
            running.callback(_end, worker)
            started.append(worker)
        yield started


def _end(worker: Program) -> None:
    worker.kill()
    canary.check(worker.output)
