"""Asked to stop (SIGTERM), the site ends what it has begun: the answers, and the mail in its hands."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from tests.conftest import SETTINGS, new_app
from tests.factories import make_letter, make_message
from tests.servers import postgresql
from tests.servers.crowd import FORM, Crowd, read_form
from tests.servers.site import FLASK, HOST, SERVE, Program, Site, serve
from tests.servers.small import small_site
from tests.servers.smtp import OK, Mail, MailServer
from tests.turns import until_it_waits
from tribune.database import db, write
from tribune.outbox.models import Message
from tribune.outbox.worker import FINISH
from tribune.waiting import LAST_ANSWERS

PATIENCE = 60  # seconds, on a busy machine
WAIT = 4  # people who sign at once
LATER = 2  # a priority for which no further connection is opened
# A site with time to spare: whether five and four seconds are enough depends on this machine, which may be busy.
PATIENT = (
    "from flask.cli import main; from tribune import database, serving, waiting; from tribune.outbox import worker;"
    "database.WAIT *= 12; serving.IDLE *= 12; waiting.LAST_ANSWERS *= {0}; worker.FINISH *= {0}; main()"
)


def patient(command: list[str], times: int = 12) -> list[str]:
    """Return a command of `flask` by which it waits so many times longer for whoever is there when it ends."""
    return [sys.executable, "-c", PATIENT.format(times), *command[3:]]


class Thinks(MailServer):
    """Takes a mail, and accepts it only when it is told to."""

    def __init__(self) -> None:
        super().__init__(self._think)
        self.in_hand, self.accept = threading.Event(), threading.Event()

    def _think(self, _mail: Mail) -> str:
        self.in_hand.set()
        self.accept.wait(PATIENCE)
        return OK


def until_nobody_is_let_in(site: Site, idle: HTTPConnection) -> None:
    """Return once the port of the site refuses connections; it then closes `idle`, which asks for nothing more."""
    assert idle.sock.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, site.port)).close()


@contextmanager
def idle_at(site: Site) -> Iterator[HTTPConnection]:
    """A connection that has been answered, and stays."""
    with closing(HTTPConnection(HOST, site.port, timeout=PATIENCE)) as idle:
        idle.request("GET", "/healthz")
        assert idle.getresponse().read()
        yield idle


@contextmanager
def worker_of(site: Site, mails: MailServer, apart: bool) -> Iterator[Program]:
    """What sends the mails: the process of the pages, or one of its own."""
    if not apart:
        yield site
        return
    ours = {"MAIL_WORKER": "off", "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(mails.port)}
    folder = Path(site.env["TRIBUNE_INSTANCE_PATH"])
    settings = {name: value for name, value in site.env.items() if name.startswith("TRIBUNE_")}
    worker = Program(
        folder / "worker",
        settings | {f"TRIBUNE_{k}": v for k, v in ours.items()},
        patient([*FLASK, "outbox", "deliver"]),
    )
    worker.start()
    try:
        yield worker
    finally:
        worker.kill()


@pytest.mark.parametrize("apart", [False, True], ids=["serve", "outbox deliver"])
def test_the_mail_in_hand_is_written_down_and_no_other_leaves(migrated_sqlite: Path, apart: bool) -> None:
    with (
        Thinks() as mails,
        small_site(migrated_sqlite, None if apart else mails, command=patient(SERVE)) as (site, app),
        worker_of(site, mails, apart) as worker,
        app.app_context(),
    ):
        make_message(priority=LATER)
        assert mails.in_hand.wait(PATIENCE)
        make_message(priority=LATER)
        os.kill(worker.pid, signal.SIGTERM)
        worker.wait_for_output("the mail worker ends")
        mails.accept.set()
        ended = worker.wait()
        db.session.rollback()
        sent = [at is not None for at in db.session.scalars(sa.select(Message.sent_at).order_by(Message.id))]
        assert (ended, sent, len(mails.accepted)) == (0, [True, False], 1)


def test_who_has_sent_a_signature_is_answered(postgresql_server: str, migrated_postgresql: str, tmp_path: Path) -> None:
    """On PostgreSQL, where it can be seen that they wait; the site ends alike on both."""
    with (
        postgresql.fresh_database(postgresql_server, migrated_postgresql) as url,
        serve(
            {
                "TRIBUNE_SECRET_KEY": str(SETTINGS["SECRET_KEY"]),
                "TRIBUNE_SQLALCHEMY_DATABASE_URI": url,
                "TRIBUNE_MAIL_WORKER": "off",
            },
            patient(SERVE),
        ) as site,
        new_app(url, tmp_path).app_context(),
        ThreadPoolExecutor(1) as other,
        idle_at(site) as idle,
    ):
        make_letter(slug="rues")
        fields = read_form(site)
        with db.engine.connect() as locks:
            locks.execute(sa.text("SELECT 1 FROM letters FOR UPDATE"))
            signs = other.submit(
                Crowd(site).sign, {**fields, "given_name": "Zoé", "family_name": "Évrard", "email": "z@example.org"}
            )
            until_it_waits(threading.Event())
            os.kill(site.pid, signal.SIGTERM)
            until_nobody_is_let_in(site, idle)
            locks.rollback()
        assert signs.result(PATIENCE)
        assert site.wait() == 0
        db.session.remove()
        db.engine.dispose()


def sign(site: Site, fields: dict[str, str], email: str, sent: Barrier) -> tuple[int, str | None]:
    """Send the form, wait until the others have too; the status, and what becomes of the connection."""
    typed = {**fields, "given_name": "Zoé", "family_name": "Évrard", "email": email}
    with closing(HTTPConnection(HOST, site.port, timeout=PATIENCE)) as connection:
        connection.request("POST", "/letters/rues/sign", urlencode(typed), FORM)
        sent.wait(PATIENCE)
        answer = connection.getresponse()
        return answer.status, answer.headers["Connection"]


def test_who_waits_for_a_turn_is_answered_and_nobody_else_is_let_in(migrated_sqlite: Path) -> None:
    """On SQLite, where two sign at a time: a proxy would not send their forms to another process."""
    with (
        small_site(migrated_sqlite, command=patient(SERVE)) as (site, app),
        app.app_context(),
        ThreadPoolExecutor(WAIT) as others,
        idle_at(site) as idle,
    ):
        make_letter(slug="rues")
        fields = read_form(site)
        sent = Barrier(WAIT + 1)
        with write():
            answered = [others.submit(sign, site, fields, f"z{number}@example.org", sent) for number in range(WAIT)]
            sent.wait(PATIENCE)
            os.kill(site.pid, signal.SIGTERM)
            until_nobody_is_let_in(site, idle)
        assert [each.result(PATIENCE) for each in answered] == [(303, "close")] * WAIT
        assert site.wait() == 0
        assert "cut off" not in site.output


def test_who_cannot_be_answered_does_not_keep_it(migrated_sqlite: Path) -> None:
    with (
        small_site(migrated_sqlite, command=patient(SERVE, times=1)) as (site, app),
        app.app_context(),
        ThreadPoolExecutor(1) as other,
    ):
        make_letter(slug="rues")
        fields, sent = read_form(site), Barrier(2)
        with write():
            signs = other.submit(sign, site, fields, "z@example.org", sent)
            sent.wait(PATIENCE)
            os.kill(site.pid, signal.SIGTERM)
            assert site.wait() == 0
        assert "1 connections are cut off" in site.output
        with pytest.raises((HTTPException, OSError)):
            signs.result(PATIENCE)
    assert LAST_ANSWERS + FINISH < 10  # seconds, in which a container has to stop
