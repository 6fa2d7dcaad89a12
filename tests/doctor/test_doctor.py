"""The doctor finds what is really wrong, says how to mend it, and finds nothing where nothing is."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask_babel import force_locale

from tests.databases import ON_SQLITE
from tests.doctor.examined import GOOD, MakeApp, doctor
from tests.factories import make_letter, make_organiser
from tests.servers import redis
from tests.servers.smtp import MailServer
from tests.shell import shell
from tribune.abuse.counters import InRedis, store
from tribune.abuse.switches import PAUSED, READ_ONLY, turn_on
from tribune.database import DatabaseBusy, is_postgresql, now, write
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
        ("privacy", b"{% if letter %}{{ letter.no_such }}{% endif %}"),  # of a letter's page alone
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
    with force_locale("en"):
        assert _some(list("abcdefg")) == "a, b, c, d, e and 2 more"
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
