"""What the doctor finds wrong with a database, its disk or its schema."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.conftest import let_go, migrate, new_app
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.doctor.examined import GOOD, MakeApp, doctor
from tests.factories import make_letter
from tests.servers import postgresql
from tests.servers.disk import fill, small_disk
from tests.servers.postgresql import NOBODY
from tests.shell import shell
from tribune import database
from tribune.database import db, is_postgresql, now, write
from tribune.doctor import database as doctor_of_databases
from tribune.doctor.postgresql import CLOCKS


@ON_SQLITE
@pytest.mark.parametrize(
    "pragma", ["synchronous=OFF", "synchronous=NORMAL", "secure_delete=OFF", "foreign_keys=OFF", "journal_mode=DELETE"]
)
def test_a_weaker_sqlite(well: Flask, pragma: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT", 0)  # the journal is another one only while nobody else has the file open
    db.engine.dispose()
    sa.event.listen(db.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))
    assert doctor(well)[f"SQLite {pragma.partition('=')[0]}"] == "wrong"


@ON_SQLITE
def test_a_database_that_others_can_read_or_that_its_disk_has_no_room_for_twice(well: Flask) -> None:
    file = Path(db.engine.url.database or "")
    file.chmod(0o640)
    assert doctor(well)[str(file)] == "wrong"
    os.truncate(file, 2**42)  # with nothing in it
    assert doctor(well)["Free disk"] == "warn"


@ON_POSTGRESQL
def test_a_weaker_postgresql(well: Flask) -> None:
    name, found = db.engine.url.database, []
    for value in ("on", "off"):
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f'ALTER DATABASE "{name}" SET synchronous_commit = {value}'))
        db.engine.dispose()
        found.append("wrong PostgreSQL synchronous_commit: off" in shell(well, "doctor")[1])
    assert found == [False, True]
    said = shell(well, "doctor")[1]
    for name in "fsync", "full_page_writes":  # the server of the tests is quick, and says so
        assert f"wrong PostgreSQL {name}: off" in said


@pytest.mark.parametrize("name", ["autovacuum", "track_counts"])
def test_a_postgresql_that_counts_no_rows_by_itself(name: str, tmp_path: Path) -> None:
    with postgresql.own(f"{postgresql.FAST} -c {name}=off") as server:
        migrate(server.url, tmp_path)
        app = new_app(server.url, tmp_path)
        with app.app_context():
            found = doctor(app)
        let_go(app)
    about_counting = {"PostgreSQL autovacuum", "PostgreSQL track_counts"}
    assert {(what, found[what]) for what in about_counting & set(found)} == {(f"PostgreSQL {name}", "warn")}


@ON_POSTGRESQL
def test_a_postgresql_whose_disk_is_full(well: Flask) -> None:
    name = db.engine.url.database
    administrator = sa.create_engine(db.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with TemporaryDirectory() as folder, small_disk(Path(folder)) as disk, administrator.connect() as server:
        Path(folder).chmod(0o755)
        os.chown(disk, NOBODY, -1)
        server.execute(sa.text(f"CREATE TABLESPACE small LOCATION '{disk}'"))
        server.execute(sa.text(f'ALTER DATABASE "{name}" SET temp_tablespaces = small'))  # where the doctor tries it
        db.engine.dispose()
        assert doctor(well) == {"SPF, DKIM, DMARC": "hand"}
        fill(disk)
        assert doctor(well) == {"SPF, DKIM, DMARC": "hand", "PostgreSQL": "wrong"}
        assert "PostgreSQL: its disk is full\n" in shell(well, "doctor")[1]
        server.execute(sa.text(f'ALTER DATABASE "{name}" RESET temp_tablespaces'))
        server.execute(sa.text("DROP TABLESPACE small"))
    assert not sa.inspect(db.engine).get_temp_table_names()


@ON_POSTGRESQL
def test_a_postgresql_that_was_told_to_speak_otherwise(well: Flask) -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for told in ("client_encoding = LATIN1", "datestyle = German", "timezone = 'Asia/Kolkata'"):
            connection.execute(sa.text(f'ALTER DATABASE "{db.engine.url.database}" SET {told}'))
    db.engine.dispose()
    make_letter(title="Łódź", contact="contact@example.org", closes_at=datetime.max.replace(tzinfo=UTC))
    assert doctor(well) == {"SPF, DKIM, DMARC": "hand"}


@ON_POSTGRESQL
def test_a_postgresql_whose_clock_is_asked_for_on_a_machine_that_stands_still_is_not_said_to_go_wrong(
    well: Flask,
) -> None:
    with time_machine.travel(now()) as clock:

        def stand_still(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if "clock_timestamp" in statement:
                clock.shift(2 * CLOCKS)

        sa.event.listen(db.engine, "after_cursor_execute", stand_still)
        assert "Clock of the database" not in doctor(well)
        assert doctor(well)["Clock of the database"] == "wrong"  # it is that much behind from now on


@ON_POSTGRESQL
def test_a_pooler_that_keeps_from_postgresql_how_long_to_wait(make_app: MakeApp, well: Flask) -> None:
    with db.engine.connect() as connection:  # one that ends in a blank PgBouncer refuses
        options = connection.connection.driver_connection.info.get_parameters()["options"]  # type: ignore[union-attr]
    assert options == options.strip()
    chosen = {"options": "-c lock_timeout=0", "keepalives_idle": "7"}
    url = db.engine.url.update_query_dict(chosen).render_as_string(hide_password=False)
    app = make_app(**GOOD, SQLALCHEMY_DATABASE_URI=url, MAIL_SERVER="127.0.0.1", MAIL_PORT=well.config["MAIL_PORT"])
    with app.app_context():
        assert doctor(app) == {"SPF, DKIM, DMARC": "hand", "PostgreSQL lock_timeout": "warn"}
        with db.engine.connect() as connection:
            asked = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
        assert asked["keepalives_idle"] == "7"


def test_a_database_that_does_not_answer(request: pytest.FixtureRequest, make_app: MakeApp, well: Flask) -> None:
    with postgresql.fresh_database(request.getfixturevalue("postgresql_server")) as gone:
        pass
    app = make_app(**GOOD, SQLALCHEMY_DATABASE_URI=gone)
    with app.app_context():
        assert doctor(app)["Database"] == "wrong"


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_postgresql_in_which_not_every_name_can_be_written(
    encoding: str, postgresql_server: str, tmp_path: Path
) -> None:
    with postgresql.fresh_database(postgresql_server, "template0", encoding=encoding) as url:
        app = new_app(url, tmp_path, **GOOD)
        with app.app_context():
            for command in (["doctor"], ["db", "upgrade"]):
                status, said = shell(app, *command)
                assert status == 1 and f"{encoding}, in which not every name can be written" in said, said


@ON_SQLITE
def test_a_database_that_is_damaged(well: Flask) -> None:
    file = Path(db.engine.url.database or "")
    db.session.remove()
    db.engine.dispose()
    content = file.read_bytes()
    file.write_bytes(content[:100] + b"\xa5" * (len(content) - 100))
    assert "Stop the site, move the file away with its -wal and -shm, keep all three" in shell(well, "doctor")[1]


def test_a_database_that_may_only_be_read(tmp_path: Path, migrated_sqlite: Path) -> None:
    with small_disk(tmp_path) as disk:
        file = disk / "tribune.sqlite"
        file.write_bytes(migrated_sqlite.read_bytes())
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        app = new_app(f"sqlite:///{file}", tmp_path, **GOOD)
        with app.app_context():
            assert doctor(app)["Database"] == "wrong"
            db.session.remove()
            db.engine.dispose()


def test_a_disk_so_full_that_the_file_cannot_even_be_opened(tmp_path: Path, migrated_sqlite: Path) -> None:
    """SQLite opens none without a place for its journal: so it is once the site was stopped, or the machine."""
    with small_disk(tmp_path) as disk:
        file = disk / "tribune.sqlite"
        file.write_bytes(migrated_sqlite.read_bytes())
        fill(disk)
        app = new_app(f"sqlite:///{file}", tmp_path, **GOOD)
        with app.app_context():
            assert "their disk must have room" in shell(app, "doctor")[1]
            db.session.remove()
            db.engine.dispose()


@ON_SQLITE
def test_a_database_whose_journal_is_there_and_that_may_only_be_read(
    well: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = SimpleNamespace(access=lambda *_anything: False, W_OK=os.W_OK)  # for root every file can be written
    monkeypatch.setattr(doctor_of_databases, "os", refusing)
    assert doctor(well) == {"SPF, DKIM, DMARC": "hand", "Database file": "wrong"}


def test_a_disk_that_is_nearly_full_or_of_another_machine(
    make_app: MakeApp, tmp_path: Path, migrated_sqlite: Path, well: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path) as disk:
        well.instance_path = str(disk)  # where mails and numbers are kept, beside PostgreSQL
        if db.engine.dialect.name == "sqlite":
            copyfile(migrated_sqlite, disk / "tribune.sqlite")
            well = make_app(**GOOD, SQLALCHEMY_DATABASE_URI=f"sqlite:///{disk}/tribune.sqlite")
        with well.app_context():
            assert doctor(well)["Free disk"] == "wrong"
            monkeypatch.setattr(doctor_of_databases, "TOO_LITTLE", 0)
            monkeypatch.setattr(doctor_of_databases, "OVER_A_NETWORK", ("tmpfs",))  # as this disk is
            found = doctor(well)
            assert found["Free disk"] == "warn"
            assert found.get("File system") == (None if is_postgresql() else "wrong")
            db.session.remove()
            db.engine.dispose()


def test_a_schema_that_is_behind(well: Flask) -> None:
    flask_migrate.downgrade(revision="0002")
    found = doctor(well)
    assert found["Schema"] == "wrong" and "Database" not in found  # whose rows are not looked at


def test_a_schema_of_newer_code(well: Flask) -> None:
    with write() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert "→ A newer version of Tribune has worked on this database" in shell(well, "doctor")[1]
    code, said = shell(well, "db", "upgrade")
    assert (code, said.count("\n")) == (1, 1) and "has the schema 9999" in said


def test_a_database_without_a_schema(well: Flask) -> None:
    flask_migrate.downgrade(revision="base")
    assert "Schema: none, the code has 0" in shell(well, "doctor")[1]
