"""What is acknowledged is on the disk first."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import SETTINGS, migrate, new_app
from tests.factories import make_letter
from tests.servers import cannot_run, postgresql
from tests.servers.crowd import Crowd, read_form
from tests.servers.site import SERVE, serve
from tribune.database import db

SIGNED = 40
A_PAGE = re.compile(r"pwrite64\(\d+<[^>]*-wal>, .*, 4096, ")  # of a commit: the head of a journal is shorter
SYNCED = re.compile(r"f(?:data)?sync(?:\(| resumed>).* = 0$")
ACKNOWLEDGED = re.compile(r'"HTTP/1\.1 303')


@pytest.fixture(scope="module")
def durable() -> Iterator[postgresql.Server]:
    """A PostgreSQL that writes as in production."""
    with postgresql.own() as server:
        yield server


@pytest.fixture
def durable_url(durable: postgresql.Server, tmp_path: Path) -> Iterator[str]:
    """A site with one letter, on that server."""
    with postgresql.fresh_database(durable.url) as url:
        migrate(url, tmp_path)
        publish(url, tmp_path)
        yield url


def publish(url: str, folder: Path) -> None:
    app = new_app(url, folder)
    with app.app_context():
        make_letter(slug="rues")
        db.session.remove()
        db.engine.dispose()


def settings(url: str) -> dict[str, str]:
    ours = {"SECRET_KEY": SETTINGS["SECRET_KEY"], "SQLALCHEMY_DATABASE_URI": url, "MAIL_WORKER": "off"}
    return {f"TRIBUNE_{name}": str(value) for name, value in ours.items()}


def sign(crowd: Crowd, number: int) -> None:
    """One person after the other signs."""
    fields = read_form(crowd.site)
    for place in range(number):
        assert crowd.sign({**fields, "given_name": "Zoé", "family_name": "Évrard", "email": f"p{place}@example.org"})


def test_sqlite_has_synced_before_each_answer(migrated_sqlite: Path, tmp_path: Path) -> None:
    """Also while others write: each has waited for the disk themselves, after the last page that they wrote."""
    strace = shutil.which("strace")
    if strace is None:
        cannot_run("System calls: no strace on this machine (`apt install strace`).")
    file = Path(shutil.copy(migrated_sqlite, tmp_path / "tribune.sqlite"))
    publish(f"sqlite:///{file}", tmp_path)
    calls = tmp_path / "calls"
    traced = "trace=pwrite64,fsync,fdatasync,sendto,sendmsg"
    watched = [strace, "-f", "-y", "-e", traced, "-s", "20", "-o", str(calls), *SERVE]
    with serve(settings(f"sqlite:///{file}"), command=watched) as site:
        crowd = Crowd(site)
        with crowd.signing(4):
            crowd.wait_for(SIGNED)
        site.stop()
    writing, synced, answered = set(), 0, 0
    for line in calls.read_text(errors="replace").splitlines():
        thread = line.split()[0]
        if A_PAGE.search(line):
            writing.add(thread)
        elif SYNCED.search(line) and thread in writing:
            writing.remove(thread)
            synced += 1
        elif ACKNOWLEDGED.search(line):
            answered += 1
            assert answered <= synced
    assert SIGNED <= answered == synced


def fsyncs(url: str) -> int:
    with psycopg.connect(url) as connection:
        query = "SELECT coalesce(sum(fsyncs), 0)::int FROM pg_stat_io WHERE object = 'wal'"
        return int(connection.execute(query).fetchall()[0][0])


def test_postgresql_has_synced_for_each_answer(durable_url: str, durable: postgresql.Server) -> None:
    with serve(settings(durable_url)) as site:
        before = fsyncs(durable.url)
        sign(Crowd(site), SIGNED)
        site.stop()
    with psycopg.connect(durable.url, autocommit=True) as connection:  # each process tells what it did as it ends
        for _ in range(100):
            if fsyncs(durable.url) - before >= SIGNED:
                break
            connection.execute("SELECT pg_sleep(0.1)")
    assert fsyncs(durable.url) - before >= SIGNED
