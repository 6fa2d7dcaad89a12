"""The disk is full and freed, again and again, while people sign: readers read on, who signs is told to come back.

Nothing acknowledged is lost, every answer is a 303 or a 503 with Retry-After, and the site goes on by itself.

    .venv/bin/python -m pytest tests/abuse/test_disk.py         a few times
    .venv/bin/python -m tests.abuse.disk --cycles 20            by hand, as root: it mounts a small disk
"""

import argparse
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.abuse.sites import counted_right, open_letter
from tests.conftest import migrate
from tests.servers.crowd import Crowd, read
from tests.servers.disk import fill, small_disk
from tests.servers.site import serve
from tribune.database import db
from tribune.signatures.models import Signature

A_SECOND = 30
PEOPLE = 4
BETWEEN = 5  # told that they signed, before the disk is full again
PAGES = ("/letters/rues", "/letters/rues/signatories")


@dataclass(frozen=True)
class Found:
    """What is left; `lost` must be empty."""

    signed: int  # told so
    lost: set[str]
    right: bool  # the public number is that of the rows
    statuses: Counter[int]


def run(migrated: Path, folder: Path, cycles: int) -> Found:
    """Fill and free a small disk that often, below a site that starts as a copy of the file `migrated`."""
    with small_disk(folder) as disk:
        url = f"sqlite:///{shutil.copy(migrated, disk)}"
        with open_letter(url, folder) as (_, settings), serve(settings) as site:
            crowd = Crowd(site, A_SECOND)
            with crowd.signing(PEOPLE):
                for _ in range(cycles):
                    crowd.wait_for(BETWEEN)
                    ballast = fill(disk)
                    crowd.wait_for_answer(503)
                    for page in PAGES:
                        read(site, page)
                    ballast.unlink()
                crowd.wait_for(BETWEEN)
            rows = set(db.session.scalars(sa.select(Signature.email)))
            lost = set(crowd.acknowledged) - rows
            return Found(len(crowd.acknowledged), lost, counted_right(), crowd.statuses)


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cycles", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        migrate(f"sqlite:///{folder}/migrated.sqlite", folder)
        print("SQLite", run(folder / "migrated.sqlite", folder, asked.cycles), flush=True)


if __name__ == "__main__":
    main()
