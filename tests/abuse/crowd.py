"""Many links, and for each many people, or programs, who press its button at the same instant: each counts once.

The public number grows by exactly one a link, it is that of the rows, and nobody is shown an error.

    .venv/bin/python -m pytest tests/abuse/test_crowd.py                a few links
    .venv/bin/python -m tests.abuse.crowd --links 1000 --at-once 20     by hand, on each database
"""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.abuse.sites import counted_right, open_letter, report, the_letter
from tests.abuse.wire import Wire
from tests.factories import confirm_path, make_signature
from tests.servers.site import Site, serve
from tribune.database import db
from tribune.signatures.models import Signature

PROCESSES = 2  # of the web, on one database
PATIENCE = 60  # seconds for all to be ready to press


@dataclass(frozen=True)
class Found:
    """What the crowd was answered, and what the public number became."""

    links: int
    more: int  # by how much the public number grew
    uncounted: int  # rows that nobody confirmed
    right: bool  # the public number is that of the rows
    statuses: Counter[int]
    a_second: float  # buttons pressed

    def wrong(self) -> list[str]:
        """What does not hold."""
        told = []
        if (self.more, self.uncounted, self.right) != (self.links, 0, True):
            told.append(f"{self.links} links count {self.more} times, {self.uncounted} not at all")
        if set(self.statuses) != {303}:
            told.append(f"not everybody was thanked: {dict(self.statuses)}")
        return told


def run(url: str, folder: Path, links: int, at_once: int) -> Found:
    """Press so many links on this empty database, each by so many at once."""
    with open_letter(url, folder) as (_, settings), ExitStack() as stack:
        paths = [confirm_path(make_signature(the_letter(), confirmed=False)) for _ in range(links)]
        before = the_letter().confirmed_count
        db.session.remove()
        sites = [stack.enter_context(serve(settings)) for _ in range(PROCESSES)]
        began = time.monotonic()
        statuses = press_all(sites, paths, at_once)
        seconds = time.monotonic() - began
        more = the_letter().confirmed_count - before
        waiting = sa.select(sa.func.count()).select_from(Signature).where(Signature.counted_at.is_(None))
        uncounted = db.session.scalars(waiting).one()
        return Found(links, more, uncounted, counted_right(), statuses, statuses.total() / seconds)


def press_all(sites: list[Site], paths: list[str], at_once: int) -> Counter[int]:
    """One link after the other, each by all: what they were answered."""
    together = threading.Barrier(at_once)

    def press(number: int) -> Counter[int]:
        statuses: Counter[int] = Counter()
        with Wire(sites[number % len(sites)].port) as wire:
            for path in paths:
                together.wait(PATIENCE)
                statuses[wire.ask("POST", path.encode(), body=b"").status] += 1
        return statuses

    with ThreadPoolExecutor(at_once) as people:
        return sum(people.map(press, range(at_once)), Counter())


if __name__ == "__main__":
    report(run, links=1000, at_once=20)
