"""Cold start: processor seconds from the command to the first page, and what imports take of them."""

import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measuring import Asked, Figures, Goal, Row, by_turns
from bench.sites import FLASK, Database, visiting, worked
from tests.servers.site import HOST, ROOT, serve

TITLE = "Cold start"
RUN = [*FLASK, "run", "--host", HOST, "--port", "{port}"]
WITHIN = Goal("1 s of processor at most", 1, least=False)
LARGEST = 8  # libraries to name


def rows(database: Database, asked: Asked) -> Iterator[Row]:
    """`flask run` until a page has been read, compared with only importing Flask and SQLAlchemy."""
    slug = database.letter(1)

    def start() -> Figures:
        with _as_installed() as hidden, serve(database.settings | hidden, RUN) as site, visiting(site) as visitor:
            visitor.get(f"/letters/{slug}")
            return (worked(site.pid),)

    (ours,), (bare,) = by_turns(min(asked.rounds, 3), start, _bare)
    yield WITHIN.row(
        ours, "start and first page", f"{ours:.2f} s", f"Flask and SQLAlchemy {bare:.2f} s", f"{ours / bare:.1f}"
    )
    if database.name == "PostgreSQL":
        for library, seconds in imports():
            yield Row(f"of the imports, {library}", f"{seconds * 1000:.0f} ms")


@contextmanager
def _as_installed() -> Iterator[dict[str, str]]:
    """Yield an environment without what only the tests bring, and structlog and Mako import where they find it."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("rich", "pygments"):
            Path(folder, f"{name}.py").write_text("raise ImportError\n")
        yield {"PYTHONPATH": folder}


def _bare() -> Figures:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import flask, sqlalchemy.orm"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,)


def imports() -> list[tuple[str, float]]:
    """Return the LARGEST libraries by the time their own modules take to import, in seconds."""
    command = [sys.executable, "-X", "importtime", "-c", "import wsgi"]
    settings = {"TRIBUNE_DEVELOPMENT": "1", "TRIBUNE_SECRET_KEY": "for the bench"}
    with _as_installed() as hidden:
        environment = os.environ | settings | hidden
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, int] = {}
    for own, name in re.findall(r"^import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)$", done.stderr, re.MULTILINE):
        library = name.partition(".")[0]
        found[library] = found.get(library, 0) + int(own)
    return [(name, own / 1e6) for name, own in sorted(found.items(), key=lambda each: -each[1])[:LARGEST]]
