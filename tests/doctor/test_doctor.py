"""The doctor finds what is really wrong, says how to mend it, and finds nothing where nothing is."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import flask_migrate
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.conftest import new_app
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.doctor.examined import GOOD, MakeApp, doctor
from tests.factories import make_letter, make_organiser
from tests.servers import postgresql, redis
from tests.servers.disk import fill, small_disk
from tests.servers.postgresql import NOBODY
from tests.servers.smtp import MailServer
from tests.shell import shell
from tribune import database
from tribune.abuse.counters import InRedis, store
from tribune.abuse.switches import PAUSED, READ_ONLY, turn_on
from tribune.database import DatabaseBusy, db, is_postgresql, now, write
from tribune.doctor import database as doctor_of_databases
from tribune.doctor.state import _some
from tribune.letters.models import Letter
from tribune.outbox.chores import Chore


def test_a_site_that_is_well_is_found_well(well: Flask, mail_server: MailServer) -> None:
    make_letter(published=False)  # nobody can ask its team about their data yet
    assert doctor(well) == {"SPF, DKIM, DMARC": "hand"}
    assert mail_server.taken == []


@ON_SQLITE
def test_it_says_one_line_each_and_how_to_mend_it(well: Flask) -> None:
    assert "ok    PUBLIC_URL: https://tribune.example.org\n" in shell(well, "doctor")[1]
    well.config["SECRET_KEY"] = "short"
    code, said = shell(well, "doctor")
    assert code == 1 and "wrong SECRET_KEY: 5 characters\n      → Use at least 32" in said
    assert (
        "short" not in said and "must not go into SECRET_KEY_FALLBACKS" in said
    )  # where it would be found wrong again


@ON_SQLITE
@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("DEVELOPMENT", True, "wrong"), ("TRUSTED_PROXIES", 0, "warn"),
        ("PUBLIC_URL", "http://tribune.example.org", "wrong"), ("PUBLIC_URL", "http://127.0.0.1:5000", "warn"),
        ("SECRET_KEY_FALLBACKS", ["k" * 64, "short"], "wrong"), ("RATELIMITS", False, "warn"),
        ("MAIL_DEFAULT_SENDER", "Les Amis <root@localhost>", "warn"), ("MAIL_DEFAULT_SENDER", "t@192.0.2.1", "warn"),
    ],
)  # fmt: skip
def test_settings_that_let_it_start_and_are_wrong(well: Flask, name: str, value: object, level: str) -> None:
    well.config[name] = value
    assert doctor(well)[name] == level


@ON_SQLITE
def test_on_the_machine_of_a_developer_nothing_is_wrong(well: Flask) -> None:
    well.config |= {"DEVELOPMENT": True, "PUBLIC_URL": "http://127.0.0.1:5000", "TRUSTED_PROXIES": 0, "MAIL_SERVER": ""}
    well.config["MAIL_DEFAULT_SENDER"] = "tribune@127.0.0.1"
    assert doctor(well) == {"DEVELOPMENT": "warn", "PUBLIC_URL": "warn", "Mail server": "warn"}


@ON_SQLITE
def test_limits_that_an_empty_variable_turned_off(well: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIBUNE_RATELIMITS", "")
    well.config["RATELIMITS"] = False
    assert "warn  RATELIMITS: off, because TRIBUNE_RATELIMITS is empty\n" in shell(well, "doctor")[1]


@ON_SQLITE
def test_a_text_of_a_notice_that_cannot_be_shown(well: Flask) -> None:
    make_letter(contact="contact@example.org")
    french = Path(well.instance_path) / "notices" / "fr"
    french.mkdir(parents=True)
    broken = [
        ("legal", b"{% if operator %}"), ("privacy", b"{{ letter.no_such }}"), ("records", "Données".encode("latin-1")),
        ("legal", b"a" * 65_537),
    ]  # fmt: skip
    for name, text in broken:
        (french / f"{name}.md").write_text("## Chez nous")
        assert "Texts of the notices" not in doctor(well)
        (french / f"{name}.md").write_bytes(text)
        assert doctor(well)["Texts of the notices"] == "wrong"
        assert f"{french / name}.md: " in shell(well, "doctor")[1]
        (french / f"{name}.md").unlink()


@ON_SQLITE
def test_names_that_nothing_reads(well: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    well.config |= {"OPERATOR_ADRESS": "1 rue du Port", "MAIL_SERVR": "smtp.example.org", "BASE": "/srv"}
    monkeypatch.setenv("TRIBUNE_METRICS_TOKN", "hunter2")
    monkeypatch.setenv("TRIBUNE_COLOUR", "blue")
    said = shell(well, "doctor")[1]
    assert (
        "warn  Unknown settings: MAIL_SERVR (MAIL_SERVER?), OPERATOR_ADRESS (OPERATOR_ADDRESS?), TRIBUNE_COLOUR,"
        " TRIBUNE_METRICS_TOKN (METRICS_TOKEN?)\n" in said
    )
    assert "hunter2" not in said


@ON_SQLITE
def test_notices_that_do_not_say_who_runs_the_site(well: Flask) -> None:
    well.config["OPERATOR"] = ""
    assert doctor(well)["Notices"] == "warn" and "Notices: without OPERATOR\n" in shell(well, "doctor")[1]
    well.config |= {"OPERATOR_ADDRESS": "", "OPERATOR_CONTACT": "", "HOSTING": ""}
    missing = "OPERATOR, OPERATOR_ADDRESS, OPERATOR_CONTACT, HOSTING"
    assert f"warn  Notices: without {missing}\n" in shell(well, "doctor")[1]


@ON_SQLITE
def test_settings_that_others_can_read(well: Flask) -> None:
    file = Path(well.instance_path) / "config.py"
    file.touch(mode=0o600)
    assert str(file) not in doctor(well)
    for by_others in (0o640, 0o620, 0o604, 0o602):
        file.chmod(by_others)
        assert doctor(well)[str(file)] == "wrong", oct(by_others)


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


@ON_SQLITE
def test_limits_that_are_counted_in_redis(make_app: MakeApp, well: Flask) -> None:
    with redis.start() as url:
        app = make_app(**GOOD, RATELIMIT_STORAGE_URI=url)
        with app.app_context():
            assert "RATELIMIT_STORAGE_URI" not in doctor(app)
            counters = store()
            assert isinstance(counters, InRedis)
            counters.client.config_set("maxmemory", 1)  # it answers, and counts nothing
            assert doctor(app)["RATELIMIT_STORAGE_URI"] == "wrong"
    with app.app_context():
        assert doctor(app)["RATELIMIT_STORAGE_URI"] == "wrong"


@ON_SQLITE
def test_an_administrator_without_an_account(well: Flask) -> None:
    make_organiser(email="admin@example.org")
    well.config["ADMINISTRATORS"] = ["Admin@Example.ORG"]
    assert "ADMINISTRATORS" not in doctor(well)
    well.config["ADMINISTRATORS"] = ["Admin@Example.ORG", "amdin@example.org"]
    assert "warn  ADMINISTRATORS: no account of amdin@example.org\n" in shell(well, "doctor")[1]


def test_a_chore_that_met_an_error_until_it_has_met_none_for_three_hours(well: Flask) -> None:
    def forget_due() -> None:
        raise ZeroDivisionError

    def wait_in_vain() -> None:
        raise DatabaseBusy

    Chore(60, wait_in_vain).carry_out()
    assert "Regular tasks" not in doctor(well)  # an outage is told of as such
    for _ in range(2):
        Chore(3600, forget_due).carry_out()
    assert "wrong Regular tasks: met errors in the last three hours: forget_due\n" in shell(well, "doctor")[1]
    with time_machine.travel(now() + timedelta(hours=3), tick=False):
        assert "Regular tasks" not in doctor(well)


def test_counters_contacts_switches_and_a_clock_that_went_back(well: Flask) -> None:
    with write() as session:
        session.execute(sa.update(Letter).values(confirmed_count=7, contact=""))
    found = doctor(well)
    assert (found["Counters"], found["Contacts"]) == ("wrong", "warn")
    assert _some(["a", "b", "c", "d", "e"]) == "a, b, c, d, e"  # and no more
    with time_machine.travel(now() - timedelta(seconds=4), tick=False):
        assert "Clock" not in doctor(well)  # the machine that took the latest signature is a little ahead
    with time_machine.travel(now() - timedelta(days=1), tick=False):
        found = doctor(well)
        assert found["Clock"] == "wrong"
        assert found.get("Clock of the database") == ("wrong" if is_postgresql() else None)
    turn_on(PAUSED)
    assert "Nobody can sign by the form: `flask site resume-signing`" in shell(well, "doctor")[1]
    turn_on(READ_ONLY)
    assert "flask site read-only off" in shell(well, "doctor")[1]
