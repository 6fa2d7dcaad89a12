"""Many sockets that send a letter at a time, or read nothing, while people ask for pages.

Each of the people is served, at most twice as slowly as without the others.

    .venv/bin/python -m pytest tests/abuse/test_slow.py                         a few sockets, a few seconds
    .venv/bin/python -m tests.abuse.slow --sockets 300 1000 --seconds 60        by hand
"""

import argparse
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tests.abuse.sites import SLUG, databases, open_letter, the_letter
from tests.abuse.wire import Wire
from tests.factories import make_signature
from tests.servers.site import HOST, serve
from tribune.database import db, write

ASKED = 100  # pages
PACE = 1.0  # seconds between two letters of each socket
PAGE = f"/letters/{SLUG}/signatories"
SIGNATURES = 100
BEGINNING = f"POST /letters/{SLUG}/sign HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 90000\r\nX: ".encode()


@dataclass
class Found:
    """Of ASKED pages, how many came, and the slowest but one, in seconds: alone, then among so many slow sockets."""

    sockets: int
    served_alone: int
    alone: float
    served: int
    among: float

    @property
    def ratio(self) -> float:
        """How much slower a page is among them."""
        return self.among / self.alone


def run(url: str, folder: Path, *, sockets: int, seconds: float) -> Found:
    """Ask for pages over so many seconds, alone, then among so many slow sockets, on this empty database."""
    with open_letter(url, folder) as (app, settings), serve(settings) as site:
        with app.app_context():
            with write():
                letter = the_letter()
                for _ in range(SIGNATURES):
                    make_signature(letter)
            db.session.remove()
        alone = ask(site.port, seconds)
        with slow(site.port, sockets):
            among = ask(site.port, seconds)
    return Found(sockets, *alone, *among)


def ask(port: int, seconds: float) -> tuple[int, float]:
    """Ask for ASKED pages, each over a connection of its own, evenly: how many came, and the slowest but one."""
    times, served, began = [], 0, time.monotonic()
    for number in range(ASKED):
        time.sleep(max(0.0, began + seconds * number / ASKED - time.monotonic()))
        with Wire(port) as wire:
            answer = wire.ask("GET", PAGE.encode())
        served += answer.status == 200
        times.append(answer.seconds)
    return served, sorted(times)[-2]


@contextmanager
def slow(port: int, number: int) -> Iterator[None]:
    """So many sockets, each of which has begun to send a form and goes on by a letter, while the block lasts.

    One that the site closes is opened again.
    """
    over = threading.Event()
    with ExitStack() as stack:
        sockets = [stack.enter_context(_begin(port)) for _ in range(number)]

        def go_on() -> None:
            while not over.wait(PACE):
                for place, each in enumerate(sockets):
                    try:
                        each.sendall(b"x")
                    except OSError:
                        each.close()
                        sockets[place] = stack.enter_context(_begin(port))

        sending = threading.Thread(target=go_on)
        sending.start()
        try:
            yield
        finally:
            over.set()
            sending.join()


def _begin(port: int) -> socket.socket:
    begun = socket.create_connection((HOST, port), timeout=10)
    begun.sendall(BEGINNING)
    return begun


def main() -> None:
    """Print what was found; fails when somebody was not served. The ratio is to be read on a quiet machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sockets", type=int, nargs="+", default=[300, 1000])
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    failed = False
    for sockets in asked.sockets:
        for _, url, folder in islice(databases(), 1):  # it is the server that waits for them, not the database
            found = run(url, folder, sockets=sockets, seconds=asked.seconds)
            print(f"{found}, {found.ratio:.2f} times as slow", flush=True)
            failed = failed or found.served < ASKED
    sys.exit(failed)


if __name__ == "__main__":
    main()
