"""Many slow sockets: see slow.py. How slow a page is among them is read by hand: here others share the machine."""

import resource
import shutil
from pathlib import Path

from tests.abuse import slow

SOCKETS, SECONDS = 1100, 2.0  # more than the 1,024 files that select() can watch


def test_people_are_served_among_many_slow_sockets(migrated_sqlite: Path, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # often 1,024; the site started here inherits it
    try:
        url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}"
        found = slow.run(url, tmp_path, sockets=SOCKETS, seconds=SECONDS)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (found.served_alone, found.served) == (slow.ASKED, slow.ASKED)
