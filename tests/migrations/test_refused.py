"""What cannot be migrated is told in a sentence: `flask db upgrade` is the first thing that anybody types."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from tests.conftest import new_app
from tests.servers.site import free_port
from tests.shell import shell
from tribune import database


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://tribune:hunter2@127.0.0.1:{port}/tribune", "Connection refused"),
        ("sqlite:////nowhere/tribune.sqlite", "unable to open database file"),
    ],
)
def test_one_that_cannot_be_reached(tmp_path: Path, url: str, says: str) -> None:
    app = new_app(url.format(port=free_port()), tmp_path)
    with app.app_context():
        code, said = shell(app, "db", "upgrade")
    assert code == 1 and said.startswith("Error: The database fails: ") and says in said
    assert "SQLALCHEMY_DATABASE_URI" in said and said.count("\n") == 1 and "hunter2" not in said


def test_one_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT", 0.1)
    file = tmp_path / "tribune.sqlite"
    app = new_app(f"sqlite:///{file}", tmp_path)
    with app.app_context():
        assert shell(app, "db", "upgrade")[0] == 0
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            code, said = shell(app, "db", "upgrade")
    assert code == 1 and said.startswith("Error: The database fails: database is locked. Nothing was changed.")
    assert "run the same command again" in said and said.count("\n") == 1


def test_a_fault_of_a_migration_itself_is_no_sentence_about_others(tmp_path: Path) -> None:
    file = tmp_path / "tribune.sqlite"
    app = new_app(f"sqlite:///{file}", tmp_path)
    with app.app_context():
        assert shell(app, "db", "upgrade", "0023")[0] == 0
        with closing(sqlite3.connect(file)) as other:
            other.execute("CREATE INDEX ix_signatures_disagreed ON signatures (id)")
        with pytest.raises(OperationalError, match="already exists"):
            shell(app, "db", "upgrade")
