"""PostgreSQL restarts again and again while people sign, by turns as after a crash and as by its administrator.

Who signs or reads meanwhile is told to come back, nothing acknowledged is lost, and the site goes on by itself.

    .venv/bin/python -m pytest tests/abuse/test_restarts.py     once each way
    .venv/bin/python -m tests.abuse.restarts --times 20         by hand
"""

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import sqlalchemy as sa

from tests.abuse.sites import counted_right, limit_time, losses, open_letter, options, tell
from tests.abuse.wire import Wire
from tests.conftest import migrate
from tests.servers import postgresql
from tests.servers.crowd import Crowd
from tests.servers.site import serve
from tribune.database import db
from tribune.signatures.models import Signature

PEOPLE = 4
BETWEEN = 40  # told that they signed, before the next
MODES = ("immediate", "fast")


@dataclass(frozen=True)
class Found:
    """What was answered, and what is left."""

    signed: int  # told so
    lost: set[str]
    right: bool  # the public number is that of the rows
    statuses: Counter[int]  # of who signed
    read: Counter[int]  # of who read in the moment after

    def wrong(self) -> list[str]:
        """What does not hold."""
        told = losses(self.lost, self.right)
        if (set(self.statuses) | set(self.read)) - {200, 303, 503}:
            told.append(f"somebody was answered otherwise than by the page or a 503: {self.statuses}, {self.read}")
        return told


def run(folder: Path, times: int) -> Found:
    """Restart a server of our own that often."""
    with postgresql.own() as server:
        migrate(server.url, folder)
        with open_letter(server.url, folder) as (_, settings), serve(settings) as site, Wire(site.port) as wire:
            crowd, read = Crowd(site), Counter[int]()
            with crowd.signing(PEOPLE):
                for number, mode in enumerate(islice(cycle(MODES), times)):
                    crowd.wait_for(BETWEEN)
                    server.restart(mode)
                    read[wire.ask("GET", f"/letters/rues?{number}".encode()).status] += 1
                crowd.wait_for(BETWEEN)  # by itself
            lost = set(crowd.acknowledged) - set(db.session.scalars(sa.select(Signature.email)))
            return Found(len(crowd.acknowledged), lost, counted_right(), crowd.statuses, read)


if __name__ == "__main__":
    asked = options(times=20)
    limit_time()
    with tempfile.TemporaryDirectory() as made:
        sys.exit(tell("PostgreSQL", run(Path(made), **asked)))
