"""The thread of the web process: it delivers as soon as something is posted, and nothing stops it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import let_go, new_app
from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_message
from tests.outbox.sites import MakeApp, site
from tests.page import Reader
from tests.servers import postgresql
from tests.servers.site import free_port
from tests.servers.smtp import CLOSE, OK, Mail, MailServer
from tribune.abuse.switches import READ_ONLY, turn_on
from tribune.database import db, now, write
from tribune.metrics import together
from tribune.outbox import connecting, delivery
from tribune.outbox.chores import Chore, failing
from tribune.outbox.models import Message
from tribune.outbox.queries import queue


class Looks(threading.Event):
    """Tells the worker to stop; `many`: the worker has looked whether to go on far more often than it had a reason."""

    def __init__(self) -> None:
        super().__init__()
        self.number, self.many = 0, threading.Event()

    def is_set(self) -> bool:
        self.number += 1
        if self.number > 20:
            self.many.set()
        return super().is_set()


@contextmanager
def working(app: Flask) -> Iterator[Looks]:
    """A worker thread while the block lasts."""
    stop = Looks()
    thread = threading.Thread(target=delivery.work, args=(app, stop))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        delivery.wake()
        thread.join()


@pytest.fixture(autouse=True)
def only_when_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that looked at the clock instead of listening would come too late for every test here."""
    for seconds in ("POLL", "LINGER"):
        monkeypatch.setattr(delivery, seconds, 3600)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """However late a busy machine makes the mails, no further connection is opened."""
    monkeypatch.setattr(connecting, "MOST", 0)


def test_a_mail_leaves_as_soon_as_it_is_committed_and_the_next_over_the_same_connection(
    make_app: MakeApp, mail_server: MailServer
) -> None:
    def sent() -> int:
        db.session.rollback()
        return queue().sent

    app = site(make_app, mail_server.port)
    with app.app_context(), working(app):
        for number in range(1, 4):
            make_message()
            mail_server.wait_until(lambda number=number: sent() == number)
    assert mail_server.connections == 1


class Leaves(MailServer):
    """Knows that whoever connected took leave."""

    left = False

    async def handle_QUIT(self, *_session: object) -> str:
        with self._news:
            self.left = True
            self._news.notify_all()
        return "221 Bye"


@ON_SQLITE
def test_a_connection_over_which_no_other_mail_leaves_is_closed_soon(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "LINGER", 0.05)
    with Leaves() as server:
        app = site(make_app, server.port)
        with app.app_context(), working(app):
            make_message()
            server.wait_until(lambda: server.left)


def test_a_mail_that_is_rolled_back_never_leaves(make_app: MakeApp, mail_server: MailServer) -> None:
    app = site(make_app, mail_server.port)
    with app.app_context(), working(app):
        with pytest.raises(ZeroDivisionError), write():
            make_message(subject="Jamais")
            raise ZeroDivisionError
        make_message(subject="Maintenant")
        assert [mail.subject for mail in mail_server.wait_for(1)] == ["Maintenant"]


def test_it_goes_on_after_a_server_that_hung_up(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery, "REST", (0.01, 0.01))
    with MailServer(answers=[CLOSE, CLOSE]) as server:
        app = site(make_app, server.port)
        with app.app_context(), working(app):
            for number in range(4):
                make_message(subject=str(number))
            assert {mail.subject for mail in server.wait_for(2)} <= {"0", "1", "2", "3"}
    assert "mail cannot leave now (SMTPServerDisconnected)" in caplog.text


def test_it_goes_on_after_a_mail_that_cannot_be_made(
    make_app: MakeApp, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery, "REST", (0.01, 0.01))
    app = site(make_app, mail_server.port)
    with app.app_context():
        broken = make_message("broken@example.org")
        with write() as session:
            session.execute(
                sa.update(Message).where(Message.id == broken.id).values(links={"confirm": {"no": "such link"}})
            )
        with working(app):
            make_message(subject="Le suivant")
            assert [mail.subject for mail in mail_server.wait_for(1)] == ["Le suivant"]
        db.session.rollback()
        db.session.refresh(broken)
        assert broken.last_error == "cannot be made" and broken.next_at > now() and not broken.gave_up_at
        assert "cannot be made" in caplog.text and "broken@example.org" not in caplog.text


def test_a_chore_that_fails_or_takes_long_holds_up_no_mail(
    make_app: MakeApp, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    app = site(make_app, mail_server.port)
    never = threading.Event()

    def wait_in_vain() -> None:
        never.wait(0.2)
        raise ZeroDivisionError

    app.extensions["chores"] = (Chore(0.1, wait_in_vain),)
    with app.app_context(), working(app):
        make_message(subject="Quand même")
        assert [mail.subject for mail in mail_server.wait_for(1)] == ["Quand même"]
        db.session.rollback()
        assert failing() == ["wait_in_vain"]
    assert "the chore wait_in_vain met an error" in caplog.text


def test_a_chore_is_done_between_two_mails_and_what_it_posts_leaves_first_over_the_same_connection(
    make_app: MakeApp, mail_server: MailServer
) -> None:
    app = site(make_app, mail_server.port)
    looks = count()

    def answer() -> None:
        if next(looks) == 1:
            make_message(subject="Votre lien")

    app.extensions["chores"] = (Chore(0, answer),)
    with app.app_context():
        for number in range(3):
            make_message(subject=f"Nouvelles {number}", priority=2)
        with working(app):
            mails = mail_server.wait_for(4)
    assert [mail.subject for mail in mails] == ["Nouvelles 0", "Votre lien", "Nouvelles 1", "Nouvelles 2"]
    assert mail_server.connections == 1


def test_told_to_stop_with_a_mail_in_its_hands_it_begins_no_chore(make_app: MakeApp) -> None:
    stop, looks = threading.Event(), count()

    def tell(_mail: Mail) -> str:
        stop.set()
        return OK

    with MailServer(answers=tell) as server:
        app = site(make_app, server.port)
        app.extensions["chores"] = (Chore(0, lambda: next(looks)),)
        with app.app_context():
            make_message()
            delivery.work(app, stop)
            db.session.rollback()
            assert queue() == (0, 1, 0)
    assert next(looks) == 1  # the one at its start


def test_while_the_database_is_away_or_has_no_schema_it_says_so_in_a_line_and_rests_longer_each_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path, postgresql_server: str
) -> None:
    monkeypatch.setattr(delivery, "REST", (0.01, 0.04))
    with postgresql.fresh_database(postgresql_server) as empty:
        for url, says in (
            (f"sqlite:///{tmp_path}/empty.sqlite", "no such table: messages"),
            (empty, 'relation "messages" does not exist'),
            (f"postgresql://127.0.0.1:{free_port()}/nowhere", "Connection refused"),
        ):
            caplog.clear()
            app = new_app(url, tmp_path)
            with working(app) as looks:
                assert looks.many.wait(30)
            let_go(app)
            lines = [line for line in caplog.messages if "next try" in line]
            assert all("the database fails" in line and says in line for line in lines)
            rests = [re.search("next try in (.+) s:", line) for line in lines[:4]]
            assert [found and found[1] for found in rests] == ["0.01", "0.02", "0.04", "0.04"]
            assert "Traceback" not in caplog.text and "SELECT" not in caplog.text


def test_an_error_of_ours_is_told_whole_and_it_rests_longer_each_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def wrong() -> bool:
        raise ZeroDivisionError

    rests: list[float] = []
    monkeypatch.setattr(delivery, "REST", (0.01, 0.04))
    monkeypatch.setattr(delivery, "something_is_due", wrong)
    monkeypatch.setattr(Looks, "wait", lambda _looks, seconds: rests.append(seconds))
    with working(app) as looks:
        assert looks.many.wait(30)
    assert rests[:4] == [0.01, 0.02, 0.04, 0.04] and "ZeroDivisionError" in caplog.text


def test_while_the_site_is_only_read_it_rests(app: Flask) -> None:
    turn_on(READ_ONLY)
    with working(app) as looks:
        assert not looks.many.wait(0.3)


def test_the_first_request_starts_one_worker(make_app: MakeApp, mail_server: MailServer) -> None:
    app = site(make_app, mail_server.port, MAIL_WORKER=True)
    with app.app_context():
        make_letter(slug="rues")
        reader = app.test_client()
        assert isinstance(reader, Reader)
        reader.sign("rues")
        assert [mail.recipients for mail in mail_server.wait_for(1)] == [["zoe@example.org"]]
        reader.get("/")
        [worker] = [thread for thread in threading.enumerate() if thread.name == "mail worker"]
        app.extensions["mail_worker"].finish()
        worker.join()


@ON_SQLITE
def test_where_no_thread_can_be_started_pages_are_shown_and_a_later_request_starts_the_worker(
    make_app: MakeApp, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    app = site(make_app, mail_server.port, MAIL_WORKER=True, METRICS_TOKEN="m" * 32)
    with app.app_context():
        reader, before = app.test_client(), threading.stack_size(2**62)  # more than a machine has
        try:
            assert reader.get("/").status_code == 200
        finally:
            threading.stack_size(before)
        assert {record.message.partition(" (")[0] for record in caplog.records if "thread" in record.message} == {
            "the mail worker does not run",
            "what is counted is not shared",
        }
        assert reader.get("/").status_code == 200
        assert {"mail worker", "metrics"} <= {thread.name for thread in threading.enumerate()}
        app.extensions["mail_worker"].finish()
        together(app).stop()


def test_where_other_processes_deliver_no_thread_is_started(app: Flask, client: Reader) -> None:
    client.get("/")
    assert "mail_worker" not in app.extensions
    make_message()
    assert db.session.scalars(sa.select(Message.sent_at).where(Message.next_at <= now())).all() == [None]
