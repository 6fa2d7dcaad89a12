"""The doctor finds mails that do not leave, and why."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.doctor.examined import GOOD, MakeApp, doctor
from tests.factories import make_message
from tests.servers.site import free_port
from tests.servers.smtp import MailServer
from tests.shell import shell
from tribune.abuse.switches import READ_ONLY, turn_on
from tribune.database import now, write
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import Composed
from tribune.outbox.models import Message
from tribune.outbox.requests import request_mail
from tribune.outbox.unsent import pause, resume


@ON_SQLITE
def test_a_mail_server_that_is_away_or_not_the_one_that_was_meant(make_app: MakeApp) -> None:
    def mend(**settings: object) -> str:
        app = make_app(**GOOD, **{"MAIL_SERVER": "127.0.0.1", **settings})
        with app.app_context():
            assert doctor(app)["Mail server"] == "wrong"
            return shell(app, "doctor")[1].partition("wrong Mail server: ")[2].partition("→ ")[2]

    assert mend(MAIL_PORT=free_port()).startswith("Nothing answers there: check MAIL_SERVER")
    assert mend(MAIL_SERVER="").startswith("Emails stay in instance/mailbox/")
    assert mend(MAIL_SERVER="fe80::1%nowhere").startswith("No machine of that name")
    account = {"MAIL_USERNAME": "tribune", "MAIL_PASSWORD": "hunter2"}
    with MailServer(certificate_for="127.0.0.1") as server:  # nobody vouches for it
        assert mend(MAIL_PORT=server.port, MAIL_USE_TLS=True).startswith("If its certificate is for another name, set")
        assert mend(MAIL_PORT=server.port, MAIL_USE_SSL=True).startswith("It does not speak as the settings expect")
        assert mend(MAIL_PORT=server.port, **account).startswith("It does not speak as the settings expect")
    with MailServer(refuses_accounts=True) as server:
        assert mend(MAIL_PORT=server.port, **account).startswith("It refuses the account: check MAIL_USERNAME and")


@ON_SQLITE
def test_why_the_certificate_of_the_mail_server_is_refused(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer(certificate_for="elsewhere.example.org") as server:
        app = make_app(**GOOD, MAIL_SERVER="127.0.0.1", MAIL_PORT=server.port, MAIL_USE_TLS=True)
        with app.app_context():
            assert "Mail server: 127.0.0.1: unable to get local issuer certificate" in shell(app, "doctor")[1]
            server.authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
            assert "Mail server: 127.0.0.1: IP address mismatch" in shell(app, "doctor")[1]


@ON_SQLITE
def test_a_mail_server_whose_name_or_password_cannot_even_be_said(well: Flask) -> None:
    mail = well.extensions["mail"]
    mail.server = "smtp..example.org"
    assert doctor(well)["Mail server"] == "wrong"


@ON_SQLITE
def test_an_account_of_the_mail_server_without_its_password(well: Flask) -> None:
    for username, password, level in (("t", "", "warn"), ("", "hunter2", "warn"), ("", "", None)):
        well.config |= {"MAIL_USERNAME": username, "MAIL_PASSWORD": password}
        assert doctor(well).get("MAIL_USERNAME, MAIL_PASSWORD") == level
        assert "hunter2" not in shell(well, "doctor")[1]


@ON_SQLITE
def test_mails_that_travel_in_clear(well: Flask) -> None:
    well.config["MAIL_SERVER"] = "smtp.example.org"  # what is checked, not where it connects
    for encrypted in ("MAIL_USE_TLS", "MAIL_USE_SSL"):
        well.config[encrypted] = False
        assert doctor(well)["Email encryption"] == "warn"
        well.config[encrypted] = True
        assert "Email encryption" not in doctor(well)
        well.config[encrypted] = False


@ON_SQLITE
def test_of_a_sender_with_a_name_it_tells_the_domain(well: Flask) -> None:
    well.config["MAIL_DEFAULT_SENDER"] = "Les Amis <t@example.org>"
    assert "SPF, DKIM, DMARC: of example.org: cannot be seen from here" in shell(well, "doctor")[1]


def test_mails_that_leave_again_after_a_pause_are_not_late(well: Flask) -> None:
    with write():
        post("invitation", "zoe@example.org", Composed("Un sujet", "", "", "fr"), {}, Budget("example", ()), about=1)
    pause("invitation", 1)
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        resume("invitation", 1, reply_to=None)
        assert "Mail worker" not in doctor(well)
    with time_machine.travel(now() + timedelta(hours=4), tick=False):
        assert doctor(well)["Mail worker"] == "wrong"


def test_a_mail_that_was_asked_for_and_that_nobody_writes(well: Flask) -> None:
    request_mail("find", "zoe@example.org", "fr")
    assert "Mail worker" not in doctor(well)
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        assert doctor(well)["Mail worker"] == "warn"


PUT_OFF = {"next_at": now() + timedelta(days=1), "attempts": 3, "last_error": "cannot be made"}


def test_mails_that_are_put_off_again_and_again_while_none_leaves(well: Flask) -> None:
    make_message()
    with write() as session:
        session.execute(sa.update(Message).values(PUT_OFF))
    with time_machine.travel(now() + timedelta(minutes=5), tick=False):
        assert "Emails put off" not in doctor(well)  # as by a server that puts off strangers
    with time_machine.travel(now() + timedelta(minutes=20), tick=False):
        assert "warn  Emails put off: 1, none sent for 20 minutes (cannot be made)\n" in shell(well, "doctor")[1]
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        assert doctor(well)["Emails put off"] == "warn"  # one mailbox whose server is away
        make_message("ana@example.org")
        with write() as session:
            session.execute(sa.update(Message).values(PUT_OFF))
        assert doctor(well)["Emails put off"] == "wrong"
        with time_machine.travel(now() - timedelta(minutes=70), tick=False):
            assert doctor(well)["Emails put off"] == "warn"  # two, for less than an hour
        make_message("eve@example.org")
        with write() as session:
            session.execute(sa.update(Message).where(Message.last_error.is_(None)).values(sent_at=now()))
        assert "Emails put off" not in doctor(well)
    for hours, name, level in (4, "ana", None), (6, "eve", "warn"), (6, "lea", "wrong"):
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            assert doctor(well).get("Emails put off") == level
            make_message(f"{name}@example.org")
            with write() as session:
                said = {**PUT_OFF, "last_error": "450"}
                session.execute(sa.update(Message).where(Message.last_error.is_(None)).values(said))
    with time_machine.travel(now() + timedelta(hours=6), tick=False):
        assert "wrong Emails put off: 5, none sent for 120 minutes (450)\n" in shell(well, "doctor")[1]


def test_mails_that_nobody_delivers_and_that_were_given_up(well: Flask) -> None:
    make_message()
    assert "Mail worker" not in doctor(well)
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        assert doctor(well)["Mail worker"] == "warn"
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        assert doctor(well)["Mail worker"] == "wrong"
        assert "→ If the mail server answers, nothing delivers to it" in shell(well, "doctor")[1]
    with write() as session:
        session.execute(sa.update(Message).values(gave_up_at=now(), last_error="550"))
    assert doctor(well) == {"SPF, DKIM, DMARC": "hand", "Emails given up": "warn"}
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        assert "Emails given up" not in doctor(well)


def test_of_mails_given_up_or_returned_it_tells_the_code_of_most(well: Flask) -> None:
    for code in ("5.1.1", "5.7.26", "550", "5.7.26"):
        number = make_message().id
        with write() as session:
            given_up = {"gave_up_at": now(), "last_error": code}
            session.execute(sa.update(Message).where(Message.id == number).values(**given_up))
    assert "Emails given up: 4 in the last day, most often with code 5.7.26" in shell(well, "doctor")[1]


@ON_SQLITE
def test_mails_that_wait_because_the_site_is_only_read(well: Flask) -> None:
    make_message()
    turn_on(READ_ONLY)
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        said = shell(well, "doctor")[1]
    assert "flask site read-only off" in said and "nothing delivers" not in said
