"""A process is frozen (SIGSTOP, a machine that sleeps) while it has locked something: the others go on, or say so."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests.abuse.kills import DELIVER
from tests.conftest import SETTINGS
from tests.factories import make_letter, make_message, posted
from tests.page import Reader
from tests.servers.site import Program
from tests.servers.smtp import NEVER, MailServer
from tribune import database
from tribune.database import db, now
from tribune.outbox.claiming import LEASE
from tribune.outbox.delivery import deliver_due

MakeApp = Callable[..., Flask]
WRITER = """
import signal, wsgi
from tribune.database import write
from tribune.letters.queries import all_letters, lock
with wsgi.app.app_context(), write():
    lock(all_letters()[0])
    print("locked", flush=True)
    signal.pause()
"""


def program(url: str, folder: Path, command: list[str], **settings: object) -> Program:
    """A process of the same site."""
    ours = {**SETTINGS, "SQLALCHEMY_DATABASE_URI": url, "INSTANCE_PATH": folder, **settings}
    return Program(folder / "frozen", {f"TRIBUNE_{name}": str(value) for name, value in ours.items()}, command)


def test_a_worker_that_is_frozen_beyond_its_lease_costs_one_extra_copy(
    make_app: MakeApp, database_url: str, tmp_path: Path
) -> None:
    ours = {"MAIL_SERVER": "127.0.0.1", "MAIL_DEFAULT_SENDER": "t@example.org"}
    with MailServer() as awake, make_app(MAIL_PORT=awake.port, **ours).app_context():
        make_message()
        db.session.remove()
        with MailServer(answers=lambda _: NEVER) as silent:
            worker = program(database_url, tmp_path, DELIVER, MAIL_PORT=silent.port, **ours)
            worker.start()
            try:
                silent.wait_until(lambda: silent.taken)
                worker.freeze()
                assert deliver_due() == 0  # it is claimed
                with time_machine.travel(now() + LEASE):
                    assert deliver_due() == 1
                [message] = posted()
                as_sent = (message.sent_at, message.next_at, message.last_error)
            except BaseException:
                worker.kill()
                raise
        try:  # its server is gone when it wakes up
            worker.thaw()
            worker.wait_for_output("mail cannot leave now")
        finally:
            worker.kill()
        db.session.rollback()
        [message] = posted()
        assert (message.sent_at, message.next_at, message.last_error) == as_sent
        assert message.sent_at and message.recipient is None
        assert len(silent.taken) == len(awake.taken) == 1


def test_a_writer_that_is_frozen_stops_who_writes_until_it_is_ended(
    make_app: MakeApp, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT", 1)
    app = make_app()
    with app.app_context():
        make_letter(slug="rues")
        db.session.remove()
        client = app.test_client()
        assert isinstance(client, Reader)
        writer = program(database_url, tmp_path, [sys.executable, "-c", WRITER])
        writer.start()
        try:
            writer.wait_for_output("locked")
            writer.freeze()
            refused = client.sign("rues")
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
            assert client.get("/letters/rues").status_code == 200
        finally:
            writer.kill()
        assert client.sign("rues").status_code == 303
