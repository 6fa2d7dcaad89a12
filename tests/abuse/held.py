"""Another program holds the database, again and again, while people sign: who signs is told to come back.

On SQLite pages are read meanwhile. On PostgreSQL the other program locks the table of signatures even against readers:
a page that needs none of them is read, the others say that the site is busy. Nothing acknowledged is lost, and the site
goes on by itself.

    .venv/bin/python -m pytest tests/abuse/test_held.py         once, by a site that waits for a second
    .venv/bin/python -m tests.abuse.held --times 6              by hand, by one that waits for ten as in life
"""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from tests.abuse.sites import counted_right, losses, open_letter, report
from tests.abuse.wire import Wire
from tests.servers.crowd import Crowd
from tests.servers.site import HOST, serve
from tribune.database import WAIT, db
from tribune.signatures.models import Signature

A_SECOND = 30
PEOPLE = 4
BETWEEN = 5  # told that they signed, before it is held again
READ = "/letters/rues/privacy"  # needs no signature
PAGES = ("/letters/rues", "/letters/rues/signatories")
PATIENT = "from flask.cli import main; from tribune import database; database.WAIT = {}; main()"


@dataclass(frozen=True)
class Found:
    """What was answered while it was held, and what is left."""

    signed: int  # told so
    lost: set[str]
    right: bool  # the public number is that of the rows
    statuses: Counter[int]  # of who signed
    read: Counter[int]  # of who read what needs no signature
    lists: Counter[int]  # of who read pages that need them
    may_refuse_lists: bool

    def wrong(self) -> list[str]:
        """What does not hold."""
        told = losses(self.lost, self.right)
        if set(self.statuses) != {303, 503}:
            told.append(f"who signed was not answered by 303 and 503: {dict(self.statuses)}")
        if set(self.read) != {200} or set(self.lists) - ({200, 503} if self.may_refuse_lists else {200}):
            told.append(f"who read was answered {dict(self.read)} and {dict(self.lists)}")
        return told


def run(url: str, folder: Path, times: int, wait: float) -> Found:
    """Hold this empty database that often, until somebody is told so by a site that waits for `wait` seconds."""
    read: Counter[int] = Counter()
    lists: Counter[int] = Counter()
    command = [sys.executable, "-c", PATIENT.format(wait), "--app", "wsgi", "serve", "--host", HOST, "--port", "{port}"]
    with open_letter(url, folder) as (_, settings), serve(settings, command) as site:
        crowd = Crowd(site, A_SECOND)
        with crowd.signing(PEOPLE), Wire(site.port) as wire:
            for number in range(times):
                crowd.wait_for(BETWEEN)
                with held(url):
                    crowd.wait_for_answer(503)
                    read[wire.ask("GET", f"{READ}?{number}".encode()).status] += 1
                    for page in PAGES:
                        lists[wire.ask("GET", f"{page}?{number}".encode()).status] += 1
            crowd.wait_for(BETWEEN)
        lost = set(crowd.acknowledged) - set(db.session.scalars(sa.select(Signature.email)))
        refuses = db.engine.dialect.name == "postgresql"
        return Found(len(crowd.acknowledged), lost, counted_right(), crowd.statuses, read, lists, refuses)


@contextmanager
def held(url: str) -> Iterator[None]:
    """Another program has the database for itself, as far as the database can, while the block lasts."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA busy_timeout=10000")
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
        else:
            connection.exec_driver_sql("BEGIN; LOCK TABLE signatures IN ACCESS EXCLUSIVE MODE")
        yield


if __name__ == "__main__":
    report(partial(run, wait=WAIT), times=6)
