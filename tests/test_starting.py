"""What a start does not pay for: what the first page does not need, and looking for garbage in what stays."""

import os
import subprocess
import sys
from pathlib import Path

from tribune import ROOT

LARGE = {"PIL", "cryptography", "email_validator", "markdown_it", "redis", "typst", "webauthn", "xlsxwriter"}
START = """
import gc, sys
made = []
sys.addaudithook(lambda event, given: made.append(given[0].co_filename) if event == "exec" else None)
def links(): return made.count("<werkzeug routing>")
def collected(): return sum(generation["collections"] for generation in gc.get_stats())
before = collected()
import wsgi
print(collected() - before, links(), gc.isenabled(), gc.get_freeze_count() > 0)
assert wsgi.app.test_client().get("/").status_code == 200
print(*sorted({name.partition(".")[0] for name in sys.modules}))
print(links())
"""


def test_nothing_is_collected_and_no_link_compiled_or_large_library_imported_until_something_needs_it(
    tmp_path: Path, database_url: str
) -> None:
    settings = {
        "TRIBUNE_DEVELOPMENT": "1",
        "TRIBUNE_SECRET_KEY": "a key",
        "TRIBUNE_MAIL_WORKER": "off",
        "TRIBUNE_INSTANCE_PATH": str(tmp_path),
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
    (collections, links, *afterwards), libraries, [after] = (line.split() for line in done.stdout.splitlines())
    assert int(collections) < 10 and afterwards == ["True", "True"]  # hundreds, where nobody sees to it
    assert int(links) <= 2 < int(after) < 50  # Flask's own, of static files, and then those of the page; or hundreds
    assert "sqlalchemy" in libraries and LARGE.isdisjoint(libraries)
