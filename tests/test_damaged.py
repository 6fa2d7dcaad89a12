"""A SQLite file that is damaged: the site says so, as of any fault of the database, and loses nothing by it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import new_app
from tests.databases import ON_SQLITE
from tests.factories import make_letter
from tests.shell import shell
from tribune.connections import scrub_journal
from tribune.database import db


def test_a_file_that_is_damaged_is_told_as_a_fault_of_the_database(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "tribune.sqlite").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)
    app = new_app(f"sqlite:///{tmp_path}/tribune.sqlite", tmp_path)
    with app.app_context():
        answer = app.test_client().get("/letters/rues")
        code, said = shell(app, "letters", "list")
        assert scrub_journal() is False  # an erasure that was committed is told as done
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "the database failed: file is not a database" in caplog.messages
    assert not any(record.exc_info for record in caplog.records)
    assert code == 1 and said.startswith("Error: The database fails: file is not a database. `flask doctor` says")


@ON_SQLITE
def test_a_file_that_is_damaged_while_the_site_runs_costs_it_no_connection(app: Flask) -> None:
    make_letter(slug="rues")
    db.session.remove()
    client, pool = app.test_client(), db.engine.pool
    assert isinstance(pool, sa.QueuePool)
    with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as other:
        (before,) = other.execute("PRAGMA schema_version").fetchone()
        other.execute("PRAGMA writable_schema=ON")
        other.execute("UPDATE sqlite_schema SET sql = 'CREATE' || sql WHERE name = 'letters'")
        other.execute(f"PRAGMA schema_version={before + 1}")  # or whoever has read the schema reads it no more
        assert client.get("/letters/rues").status_code == 503 and pool.checkedout() == 0
        other.execute("UPDATE sqlite_schema SET sql = substr(sql, 7) WHERE name = 'letters'")
        other.execute(f"PRAGMA schema_version={before + 2}")
    assert client.get("/letters/rues").status_code == 200
