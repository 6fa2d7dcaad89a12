"""The doctor finds what is really wrong, says how to mend it, and finds nothing where nothing is."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.factories import make_letter, make_message, make_signature
from tests.servers import postgresql
from tests.servers.site import free_port
from tests.servers.smtp import MailServer
from tests.shell import shell
from tribune.abuse.switches import READ_ONLY, turn_on
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.outbox.actions import Budget, pause, post, resume
from tribune.outbox.composing import Draft
from tribune.outbox.models import Message
from tribune.outbox.requests import request_mail

MakeApp = Callable[..., Flask]
GOOD = {
    "SECRET_KEY": "k" * 64, "PUBLIC_URL": "https://tribune.example.org", "TRUSTED_PROXIES": 1,
    "MAIL_DEFAULT_SENDER": "t@example.org", "OPERATOR": "Les Amis", "OPERATOR_ADDRESS": "1 rue du Port, Lille",
    "OPERATOR_CONTACT": "contact@example.org", "HOSTING": "Hébergeur, Lille",
}  # fmt: skip
SERVER_OF_TESTS = {"PostgreSQL fsync", "PostgreSQL full_page_writes", "PostgreSQL synchronous_commit"}  # made weak


def doctor(app: Flask) -> dict[str, str]:
    """What the doctor does not find fine: level by what; the exit code agrees."""
    done = app.test_cli_runner().invoke(args=["doctor", "--json"])
    findings = json.loads(done.stdout)
    assert done.exit_code == any(finding["level"] == "wrong" for finding in findings)
    assert all(bool(finding["mend"]) == (finding["level"] != "ok") for finding in findings)
    return {f["what"]: f["level"] for f in findings if f["level"] != "ok" and f["what"] not in SERVER_OF_TESTS}


@pytest.fixture
def well(make_app: MakeApp, mail_server: MailServer) -> Iterator[Flask]:
    """A site where nothing is wrong, with one letter and its signature."""
    app = make_app(**GOOD, MAIL_SERVER="127.0.0.1", MAIL_PORT=mail_server.port)
    with app.app_context():
        make_signature(make_letter(slug="rues", contact="rgpd@example.org"))
        yield app


def test_a_site_that_is_well_is_found_well(well: Flask, mail_server: MailServer) -> None:
    assert doctor(well) == {"SPF, DKIM, DMARC": "hand"}
    assert mail_server.taken == []


def test_it_says_one_line_each_and_how_to_mend_it(well: Flask) -> None:
    assert "ok    PUBLIC_URL: https://tribune.example.org\n" in shell(well, "doctor")[1]
    well.config["SECRET_KEY"] = "short"
    code, said = shell(well, "doctor")
    assert code == 1 and "wrong SECRET_KEY: 5 characters\n      → Take 32" in said
    assert "short" not in said


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("DEVELOPMENT", True, "wrong"), ("TRUSTED_PROXIES", 0, "warn"),
        ("PUBLIC_URL", "http://tribune.example.org", "wrong"), ("PUBLIC_URL", "http://127.0.0.1:5000", "warn"),
    ],
)  # fmt: skip
def test_settings_that_let_it_start_and_are_wrong(well: Flask, name: str, value: object, level: str) -> None:
    well.config[name] = value
    assert doctor(well)[name] == level


@pytest.mark.parametrize("name", ["OPERATOR", "OPERATOR_ADDRESS", "OPERATOR_CONTACT", "HOSTING"])
def test_notices_that_do_not_say_who_runs_the_site(well: Flask, name: str) -> None:
    well.config[name] = ""
    assert doctor(well)["Notices"] == "warn" and f"Notices: without {name}\n" in shell(well, "doctor")[1]


def test_settings_that_others_can_read(well: Flask) -> None:
    file = Path(well.instance_path) / "config.py"
    file.touch(mode=0o600)
    assert str(file) not in doctor(well)
    file.chmod(0o644)
    assert doctor(well)[str(file)] == "wrong"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("pragma", ["synchronous=OFF", "synchronous=NORMAL", "secure_delete=OFF", "foreign_keys=OFF"])
def test_a_weaker_sqlite(well: Flask, pragma: str) -> None:
    db.engine.dispose()
    sa.event.listen(db.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))
    assert doctor(well)[f"SQLite {pragma.partition('=')[0]}"] == "wrong"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_others_can_read(well: Flask) -> None:
    file = Path(db.engine.url.database or "")
    file.chmod(0o640)
    assert doctor(well)[str(file)] == "wrong"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_weaker_postgresql(well: Flask) -> None:
    name, found = db.engine.url.database, []
    for value in ("on", "off"):
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f'ALTER DATABASE "{name}" SET synchronous_commit = {value}'))
        db.engine.dispose()
        found.append("wrong PostgreSQL synchronous_commit: off" in shell(well, "doctor")[1])
    assert found == [False, True]
    assert "wrong PostgreSQL fsync: off" in shell(well, "doctor")[1]  # the server of the tests is quick, and says so


def test_a_database_that_does_not_answer(request: pytest.FixtureRequest, make_app: MakeApp, well: Flask) -> None:
    with postgresql.fresh_database(request.getfixturevalue("postgresql_server")) as gone:
        pass
    app = make_app(**GOOD, SQLALCHEMY_DATABASE_URI=gone)
    with app.app_context():
        assert doctor(app)["Database"] == "wrong"


def test_a_schema_that_is_behind(well: Flask) -> None:
    flask_migrate.downgrade(revision="0002")
    assert doctor(well)["Schema"] == "wrong"


def test_a_database_without_a_schema(well: Flask) -> None:
    flask_migrate.downgrade(revision="base")
    assert "Schema: none, the code has 0" in shell(well, "doctor")[1]


def test_a_mail_server_that_is_away_or_not_the_one_that_was_meant(make_app: MakeApp) -> None:
    away = make_app(**GOOD, MAIL_SERVER="127.0.0.1", MAIL_PORT=free_port())
    with away.app_context():
        assert doctor(away)["Mail server"] == "wrong"
    with MailServer(certificate_for="127.0.0.1") as server:  # nobody vouches for it
        app = make_app(**GOOD, MAIL_SERVER="127.0.0.1", MAIL_PORT=server.port, MAIL_USE_TLS=True)
        with app.app_context():
            assert doctor(app)["Mail server"] == "wrong"
    none = make_app(**GOOD)
    with none.app_context():
        assert doctor(none)["Mail server"] == "wrong"


def test_of_a_sender_with_a_name_it_tells_the_domain(well: Flask) -> None:
    well.config["MAIL_DEFAULT_SENDER"] = "Les Amis <t@example.org>"
    assert "SPF, DKIM, DMARC: of example.org: not seen from here" in shell(well, "doctor")[1]


def test_mails_that_leave_again_after_a_pause_are_not_late(well: Flask) -> None:
    with write():
        post("invitation", "zoe@example.org", Draft("Un sujet", "", "", "fr"), {}, Budget("example", ()), about=1)
    pause("invitation", 1)
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        resume("invitation", 1)
        assert "Mail worker" not in doctor(well)
    with time_machine.travel(now() + timedelta(hours=4), tick=False):
        assert doctor(well)["Mail worker"] == "wrong"


def test_a_mail_that_was_asked_for_and_that_nobody_writes(well: Flask) -> None:
    request_mail("find", "zoe@example.org", "fr")
    assert "Mail worker" not in doctor(well)
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        assert doctor(well)["Mail worker"] == "warn"


def test_mails_that_nobody_delivers_and_that_were_given_up(well: Flask) -> None:
    make_message()
    assert "Mail worker" not in doctor(well)
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        assert doctor(well)["Mail worker"] == "warn"
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        assert doctor(well)["Mail worker"] == "wrong"
    with write() as session:
        session.execute(sa.update(Message).values(gave_up_at=now()))
    assert doctor(well) == {"SPF, DKIM, DMARC": "hand", "Emails given up": "warn"}


def test_mails_that_wait_because_the_site_is_only_read(well: Flask) -> None:
    make_message()
    turn_on(READ_ONLY)
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        said = shell(well, "doctor")[1]
    assert "flask site read-only off" in said and "Nobody delivers" not in said


def test_counters_contacts_and_a_clock_that_went_back(well: Flask) -> None:
    with write() as session:
        session.execute(sa.update(Letter).values(confirmed_count=7, contact=""))
    found = doctor(well)
    assert (found["Counters"], found["Contacts"]) == ("wrong", "warn")
    with time_machine.travel(now() - timedelta(days=1), tick=False):
        assert doctor(well)["Clock"] == "wrong"
