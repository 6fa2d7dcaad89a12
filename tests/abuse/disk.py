"""The disk is full and freed, again and again, while people sign: readers read on, who signs is told to come back.

Nothing acknowledged is lost, every answer is a 303 or a 503 with Retry-After, and the site goes on by itself. On the
small disk is the file of SQLite, or all that PostgreSQL keeps, its journal too; and what the site writes aside.

    .venv/bin/python -m pytest tests/abuse/test_disk.py         a few times
    .venv/bin/python -m tests.abuse.disk --cycles 20            by hand, as root: it mounts a small disk
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.abuse.sites import counted_right, limit_time, losses, open_letter, options, tell, the_letter
from tests.conftest import migrate
from tests.factories import make_signature
from tests.servers import postgresql
from tests.servers.crowd import Crowd, read
from tests.servers.disk import fill, small_disk
from tests.servers.site import serve
from tribune.database import db, write
from tribune.signatures.models import Signature

A_SECOND = 30
PEOPLE = 4
BETWEEN = 5  # told that they signed, before the disk is full again
PAGES = ("/letters/rues", "/letters/rues/signatories")
LONG = 200  # signatories with long roles: a page of them is written aside where it does not fit into memory
JOURNAL = "-c min_wal_size=2MB -c max_wal_size=8MB"  # of PostgreSQL, for a small disk


@dataclass(frozen=True)
class Found:
    """What is left."""

    cycles: int
    signed: int  # told so
    lost: set[str]
    right: bool  # the public number is that of the rows
    statuses: Counter[int]

    def wrong(self) -> list[str]:
        """What does not hold."""
        told = losses(self.lost, self.right)
        if set(self.statuses) != {303, 503}:
            told.append(f"answers are not 303 and 503: {dict(self.statuses)}")
        return told


@contextmanager
def small_sqlite(folder: Path) -> Iterator[tuple[str, Path]]:
    """A site's file on a small disk: its URL, and the disk."""
    with small_disk(folder) as disk:
        url = f"sqlite:///{disk}/tribune.sqlite"
        migrate(url, folder)
        yield url, disk


@contextmanager
def small_postgresql(folder: Path) -> Iterator[tuple[str, Path]]:
    """A site's database on a PostgreSQL that lies on a small disk: its URL, and the disk."""
    with tempfile.TemporaryDirectory(prefix="disk-", dir=postgresql.MEMORY) as made:
        Path(made).chmod(0o711)  # it does not run as root, and goes through
        with (
            small_disk(Path(made), megabytes=96) as disk,
            postgresql.own(JOURNAL, data=disk / "data") as server,
        ):
            migrate(server.url, folder)
            yield server.url, disk


SITES = {"SQLite": small_sqlite, "PostgreSQL": small_postgresql}


def run(database: str, folder: Path, cycles: int) -> Found:
    """Fill and free the small disk of such a database that often, below a site."""
    with SITES[database](folder) as (url, disk), open_letter(url, folder) as (_, settings), ExitStack() as stack:
        with write():
            letter = the_letter()
            for number in range(LONG):
                make_signature(letter, family_name=f"Quatrebarbes-{number}", role="R" * 100)
        db.session.remove()
        site = stack.enter_context(serve({**settings, "TMPDIR": str(disk)}))
        read(site, PAGES[-1])  # or it would first look for a folder to write aside in once this one is full
        crowd = Crowd(site, A_SECOND)
        with crowd.signing(PEOPLE):
            for cycle in range(cycles):
                crowd.wait_for(BETWEEN)
                ballast = fill(disk)
                crowd.wait_for_answer(503)
                for page in PAGES:
                    read(site, f"{page}?cycle={cycle}")  # an address of its own: not the page that is kept
                ballast.unlink()
            crowd.wait_for(BETWEEN)
        rows = set(db.session.scalars(sa.select(Signature.email)))
        lost = set(crowd.acknowledged) - rows
        return Found(cycles, len(crowd.acknowledged), lost, counted_right(), crowd.statuses)


if __name__ == "__main__":
    asked, failed = options(cycles=20), False
    for name in SITES:
        limit_time()
        with tempfile.TemporaryDirectory() as made:
            failed = tell(name, run(name, Path(made), **asked)) or failed
    sys.exit(failed)
