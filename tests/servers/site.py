"""The real site in its own process, which a test may kill, stop and start again on the same port."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path

from tests import canary

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[2]
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
SERVE = [*FLASK, "serve", "--host", HOST, "--port", "{port}"]
PATIENCE = 30  # seconds for a start or a stop, on a busy machine
# The system gives none of these to whoever asks for any, as others do between the choice of a port and its use.
PORTS = range(20_000, 32_000)
_places = count(os.getpid() * 50)  # each process that runs tests begins elsewhere


class Program:
    """A command of the site in its own process; the output of all its starts goes to the file `log`."""

    def __init__(self, log: Path, env: Mapping[str, str], command: Sequence[str]) -> None:
        self.env = machine() | {"PYTHONUNBUFFERED": "1"} | dict(env)
        self._log = log
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        """All that it has printed so far, in all its starts."""
        return self._log.read_text(errors="replace")

    @property
    def pid(self) -> int:
        """The id of the process, while it runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        assert self._process is not None
        return self._process.wait(PATIENCE)

    def kill(self) -> None:
        """SIGKILL it and all that it started, as when the power fails."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM it, and wait until it has ended."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """SIGSTOP it, as when its machine sleeps: it does nothing, and keeps its locks and connections."""
        os.killpg(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        os.killpg(self.pid, signal.SIGCONT)

    def wait_for_output(self, words: str) -> None:
        """Wait until it has printed these words."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.output:
            assert time.monotonic() < deadline, f"Not printed in {PATIENCE} s:\n{self.output}"
            time.sleep(0.02)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        with suppress(ProcessLookupError):  # it had ended by itself
            os.killpg(process.pid, how)
        process.wait(PATIENCE)


class Site(Program):
    """One server, with its port and its instance folder. `url` has no slash at the end."""

    def __init__(self, folder: Path, env: Mapping[str, str], command: Sequence[str], name: str) -> None:
        self.port = free_port()
        self.url = f"http://{name}:{self.port}"
        ours = {"RATELIMITS": "off", "PUBLIC_URL": self.url, "INSTANCE_PATH": str(folder)}
        settings = {f"TRIBUNE_{name}": value for name, value in ours.items()} | dict(env)
        super().__init__(folder / "output", settings, [word.replace("{port}", str(self.port)) for word in command])

    def start(self) -> None:
        """Start it and return once /healthz answers 200."""
        super().start()
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert self._process and self._process.poll() is None, f"The site stopped by itself:\n{self.output}"
            assert time.monotonic() < deadline, f"No answer from /healthz in {PATIENCE} s:\n{self.output}"
            time.sleep(0.02)

    def restart(self) -> None:
        """Stop it if it still runs, and start it again on the same port."""
        self.stop()
        self.start()

    def answers(self, within: float = 5) -> bool:
        """Whether it answers /healthz, within so many seconds."""
        connection = HTTPConnection(HOST, self.port, timeout=within)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def machine() -> dict[str, str]:
    """Return the environment without settings of Tribune or Flask that the developer may have.

    Also without PYTHONDONTWRITEBYTECODE, which would compile the whole site at each start.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("TRIBUNE_", "FLASK_"))}
    ours.pop("PYTHONDONTWRITEBYTECODE", None)
    return ours


@contextmanager
def serve(env: Mapping[str, str], command: Sequence[str] | None = None, name: str = HOST) -> Iterator[Site]:
    """Run the site with these variables (TRIBUNE_SECRET_KEY and a database at least) while the block lasts.

    The canary checks all that it prints.
    `command`: another way to start it; `{port}` in it is the port to listen on. `name`: its host in URLs.
    """
    with tempfile.TemporaryDirectory(prefix="site-") as folder:
        site = Site(Path(folder), env, command or SERVE, name)
        try:
            site.start()
            yield site
        finally:
            site.kill()
        canary.check(site.output)


def free_port() -> int:
    """Return a TCP port that nobody listens on, and that is left to the caller."""
    while True:
        port = PORTS[next(_places) % len(PORTS)]
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
