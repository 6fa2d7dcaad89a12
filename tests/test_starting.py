"""What a start does not pay for: libraries that the first page does not need, and looking for garbage in what stays."""

import os
import subprocess
import sys
from pathlib import Path

from tests.databases import ON_SQLITE
from tribune import ROOT

LARGE = {"PIL", "cryptography", "redis", "typst", "webauthn", "xlsxwriter"}
START = """
import gc, sys
def collected(): return sum(generation["collections"] for generation in gc.get_stats())
before = collected()
import wsgi
print(collected() - before, gc.isenabled(), gc.get_freeze_count() > 0)
assert wsgi.app.test_client().get("/").status_code == 200
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def started(folder: Path, database_url: str) -> tuple[str, set[str]]:
    """What a process says of its garbage, and the libraries it holds after its first page."""
    settings = {
        "TRIBUNE_DEVELOPMENT": "1",
        "TRIBUNE_SECRET_KEY": "a key",
        "TRIBUNE_MAIL_WORKER": "off",
        "TRIBUNE_INSTANCE_PATH": str(folder),
        "TRIBUNE_SQLALCHEMY_DATABASE_URI": database_url,
    }
    done = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    garbage, libraries = done.stdout.splitlines()
    return garbage, set(libraries.split())


def test_large_libraries_wait_until_something_of_them_is_used(tmp_path: Path, database_url: str) -> None:
    _, libraries = started(tmp_path, database_url)
    assert "sqlalchemy" in libraries and libraries & LARGE == set()


@ON_SQLITE
def test_nothing_is_collected_while_the_site_starts_and_all_as_ever_afterwards(
    tmp_path: Path, database_url: str
) -> None:
    collections, *afterwards = started(tmp_path, database_url)[0].split()
    assert int(collections) < 10 and afterwards == ["True", "True"]  # hundreds, where nobody sees to it
