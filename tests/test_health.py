"""What the machines that watch over the site can ask."""

from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
import time_machine
from flask import Flask

from tests.conftest import new_app
from tests.databases import ON_SQLITE
from tests.factories import make_message, make_organiser, posted
from tests.page import Reader
from tests.servers import postgresql
from tribune.database import db, now
from tribune.mine.answering import answer_due
from tribune.organisers.actions import ask_to_prove
from tribune.outbox.delivery import deliver_due
from tribune.outbox.models import OF_ACCOUNTS
from tribune.outbox.queries import age_of_the_oldest, queue, to_leave
from tribune.outbox.requests import request_mail


@ON_SQLITE
def test_the_process_answers(client: Reader) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_is_ready_with_a_database_of_today_and_tells_how_long_mail_waits(client: Reader) -> None:
    assert client.get("/readyz").json["oldest_mail_seconds"] == 0
    with time_machine.travel(now(), tick=False) as clock:
        make_message()
        clock.shift(timedelta(minutes=3))
        answer = client.get("/readyz")
        assert answer.status_code == 200  # late mail is no reason to turn readers away
        assert answer.json["oldest_mail_seconds"] == 180
    deliver_due()
    answer = client.get("/readyz")
    assert answer.json["oldest_mail_seconds"] == 0
    assert answer.json["schema"] == answer.json["schema_of_the_code"] != ""


def test_a_mail_that_was_asked_for_and_not_written_yet_waits_too(client: Reader) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        request_mail("find", "zoe@example.org", "fr")
        clock.shift(timedelta(minutes=3))
        make_message()
        assert client.get("/readyz").json["oldest_mail_seconds"] == 180
        assert to_leave() == queue().waiting == 2
        answer_due()
        assert client.get("/readyz").json["oldest_mail_seconds"] == 0


@ON_SQLITE
def test_it_does_not_tell_whether_an_address_has_an_account(app: Flask, client: Reader) -> None:
    app.config["REGISTRATION"] = "open"
    alice = make_organiser()
    for form, email in (("log-in", alice.email), ("log-in-known", alice.email), ("log-in", "zoe@example.org")):
        request_mail(form, email, "fr")
    answer_due()
    ask_to_prove(alice, "fr")
    assert {mail.budget for mail in posted()} == OF_ACCOUNTS
    with time_machine.travel(now() + timedelta(minutes=3), tick=False):
        assert to_leave() == 4 and age_of_the_oldest() >= 179
        assert client.get("/readyz").json["oldest_mail_seconds"] == 0


def test_it_is_not_ready_before_its_tables_are_there(app: Flask, client: Reader) -> None:
    flask_migrate.downgrade(revision="base")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["schema"]) == (503, None)
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_it_is_not_ready_without_a_database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path}/missing/tribune.sqlite"
    else:
        with postgresql.fresh_database(request.getfixturevalue("postgresql_server")) as url:
            pass  # dropped again
    app = new_app(url, tmp_path)
    with app.app_context():
        answer = app.test_client().get("/readyz")
        db.engine.dispose()
    assert (answer.status_code, answer.json["database"]) == (503, "unreachable")
