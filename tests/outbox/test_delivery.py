"""Mails leave over real SMTP once each, most urgent first; a server that fails delays them and loses none."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_message
from tests.outbox.sites import MakeApp, site
from tests.servers.site import free_port
from tests.servers.smtp import CLOSE, NEVER, OK, Mail, MailServer
from tribune import database
from tribune.database import db, now
from tribune.outbox import connecting, smtp
from tribune.outbox.bounces import OUR_ID
from tribune.outbox.claiming import DELAYS, LEASE, claim
from tribune.outbox.delivery import deliver_due
from tribune.outbox.models import Message
from tribune.outbox.queries import queue
from tribune.outbox.transport import TryLater

LATER = "451 4.3.0 Try again later"
GONE = "550 5.1.1 No such mailbox"


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """However late a busy machine makes the mails, no further connection is opened."""
    monkeypatch.setattr(connecting, "MOST", 0)


def messages() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def test_the_most_urgent_leave_first_over_one_connection(make_app: MakeApp, mail_server: MailServer) -> None:
    with site(make_app, mail_server.port).app_context():
        for subject, priority in [("Nouvelles 1", 5), ("Nouvelles 2", 5), ("Confirmation", 0), ("Nouvelles 3", 5)]:
            make_message(subject=subject, priority=priority)
        assert deliver_due() == 4
        assert deliver_due() == 0
    assert [mail.subject for mail in mail_server.accepted] == [
        "Confirmation", "Nouvelles 1", "Nouvelles 2", "Nouvelles 3",
    ]  # fmt: skip
    assert mail_server.connections == 1


@ON_SQLITE
def test_a_site_with_accents_in_its_address_mails_as_any_other(make_app: MakeApp, mail_server: MailServer) -> None:
    sender = "Été <t@pétition.example>"
    mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": mail_server.port, "MAIL_DEFAULT_SENDER": sender}
    with make_app(PUBLIC_URL="https://pétition.example", **mail).app_context():
        make_message()
        assert deliver_due() == 1
    [taken] = mail_server.accepted
    assert taken.sender == "t@xn--ptition-bya.example"
    assert OUR_ID.fullmatch(str(taken.message["Message-ID"]))


def test_each_mail_costs_one_commit(make_app: MakeApp, mail_server: MailServer) -> None:
    with site(make_app, mail_server.port).app_context():
        for number in range(5):
            make_message(f"person{number}@example.org")
        commits = []

        @sa.event.listens_for(db.engine, "commit")
        def note(connection: sa.Connection) -> None:
            commits.append(connection)

        assert deliver_due() == 5
        assert len(commits) == 1 + 5  # the first claim; then each is marked as the next is claimed


@ON_SQLITE
def test_a_mail_that_left_while_the_database_fails_is_written_down_later(
    make_app: MakeApp, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT", 0)
    held: list[sa.Connection] = []

    def hold(_mail: Mail) -> str:
        held.append(sa.create_engine(database_url, poolclass=sa.NullPool).connect())
        held[0].exec_driver_sql("BEGIN IMMEDIATE")
        return OK

    with MailServer(answers=hold) as server, site(make_app, server.port).app_context():
        make_message()

        @sa.event.listens_for(db.engine, "handle_error")
        def let_go(_context: sa.ExceptionContext) -> None:
            held[0].close()

        assert deliver_due() == 1
        assert messages()[0].sent_at
        with time_machine.travel(now() + LEASE):
            assert deliver_due() == 0
    assert len(server.taken) == len(held) == 1


def test_address_and_words_are_erased_once_it_has_left(make_app: MakeApp, mail_server: MailServer) -> None:
    with site(make_app, mail_server.port).app_context():
        make_message()
        deliver_due()
        [message] = messages()
        assert message.sent_at and message.attempts == 1
        assert [message.recipient, message.subject, message.text, message.html, message.links] == [None] * 5


def test_later_is_tried_again_after_growing_delays_as_the_same_mail(make_app: MakeApp) -> None:
    delays = []
    with MailServer(answers=[LATER] * 4) as server, site(make_app, server.port).app_context():
        make_message()
        for _ in range(4):
            with time_machine.travel(messages()[0].next_at, tick=False):
                assert deliver_due() == 0
                delays.append(messages()[0].next_at - now())
                assert messages()[0].last_error == "451"
        with time_machine.travel(messages()[0].next_at - timedelta(seconds=1), tick=False):
            assert deliver_due() == 0  # not before it is due
            assert len(server.taken) == 4
        with time_machine.travel(messages()[0].next_at, tick=False):
            assert deliver_due() == 1
        assert len({mail.message["Message-ID"] for mail in server.taken}) == 1
    assert delays == sorted(delays) and timedelta(seconds=45) < delays[0] and delays[3] > timedelta(minutes=40)


def test_one_mail_told_to_wait_does_not_hold_the_others(make_app: MakeApp) -> None:
    with MailServer(answers=[LATER]) as server, site(make_app, server.port).app_context():
        make_message(subject="1")
        make_message(subject="2")
        assert deliver_due() == 1
        assert [mail.subject for mail in server.accepted] == ["2"]
        assert server.connections == 1


def test_after_three_days_of_later_it_is_given_up(make_app: MakeApp) -> None:
    with MailServer(answers=lambda mail: LATER) as server, site(make_app, server.port).app_context():
        make_message()
        for _ in range(20):
            with time_machine.travel(messages()[0].next_at, tick=False):
                deliver_due()
        [message] = messages()
        assert message.gave_up_at and message.recipient is None
        assert timedelta(days=2) < message.gave_up_at - message.created_at < timedelta(days=3)


def test_what_waited_for_days_untried_is_tried_more_than_once(make_app: MakeApp) -> None:
    with MailServer(answers=[LATER]) as server, site(make_app, server.port).app_context():
        make_message()
        with time_machine.travel(now() + timedelta(days=4)):  # the site was stopped, or its server away
            assert deliver_due() == 0
            with time_machine.travel(messages()[0].next_at):
                assert deliver_due() == 1


@ON_SQLITE
def test_what_waited_for_days_untried_is_given_up_once_each_delay_was_tried(make_app: MakeApp) -> None:
    with MailServer(answers=lambda mail: LATER) as server, site(make_app, server.port).app_context():
        make_message()
        moment = now() + timedelta(days=4)
        for _ in range(20):
            with time_machine.travel(moment, tick=False):
                deliver_due()
            moment = messages()[0].next_at
        assert messages()[0].gave_up_at and len(server.taken) == len(DELAYS)


@ON_SQLITE
def test_a_refused_recipient_is_given_up_alone(make_app: MakeApp) -> None:
    with MailServer(refused={"gone@example.org": GONE}) as server, site(make_app, server.port).app_context():
        for to in ("gone@example.org", "zoe@example.org"):
            make_message(to)
        assert deliver_due() == 1
        gone, sent = messages()
        assert (gone.gave_up_at is not None, gone.last_error, gone.recipient) == (True, "550 5.1.1", None)
        assert sent.sent_at and [mail.recipients for mail in server.accepted] == [["zoe@example.org"]]
        assert queue() == (0, 1, 1)


def test_a_mailbox_that_is_full_is_tried_again(make_app: MakeApp) -> None:
    full = {"zoe@example.org": "452 4.2.2 Mailbox full", "lea@example.org": "452 5.2.2 Mailbox full"}
    with MailServer(["452 5.3.4 Too big"], full) as server, site(make_app, server.port).app_context():
        for to in (*full, "ada@example.org"):  # the code says whether it is for ever, whatever the status
            make_message(to)
        assert deliver_due() == 0
        assert not any(message.gave_up_at for message in messages())
        server.refused.clear()
        with time_machine.travel(max(message.next_at for message in messages())):
            assert deliver_due() == 3


@ON_SQLITE
def test_content_that_is_refused_is_given_up(make_app: MakeApp) -> None:
    with MailServer(answers=["554 5.6.0 No"]) as server, site(make_app, server.port).app_context():
        make_message()
        deliver_due()
        assert messages()[0].gave_up_at and messages()[0].last_error == "554 5.6.0"


def test_a_server_that_hangs_up_after_the_mail_gets_it_again_under_the_same_id(make_app: MakeApp) -> None:
    with MailServer(answers=[CLOSE]) as server, site(make_app, server.port).app_context():
        make_message()
        with pytest.raises(TryLater):
            deliver_due()
        assert messages()[0].last_error == "SMTPServerDisconnected"
        with time_machine.travel(messages()[0].next_at):
            assert deliver_due() == 1
        assert [mail.message["Message-ID"] for mail in server.taken] == [messages()[0].message_id] * 2


@ON_SQLITE
def test_a_server_that_never_answers_is_left(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "JUDGES", 0.3)
    with MailServer(answers=[NEVER]) as server, site(make_app, server.port).app_context():
        make_message()
        with pytest.raises(TryLater):
            deliver_due()
        assert messages()[0].sent_at is None and messages()[0].next_at > now() + timedelta(seconds=40)


@ON_SQLITE
def test_a_server_that_looks_at_a_mail_for_long_gets_it_once(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(mail: Mail) -> str:
        if mail.recipients == ["ada@example.org"]:
            time.sleep(1 + smtp.TIME_OUT)
        return OK

    monkeypatch.setattr(smtp, "TIME_OUT", 5)  # a busy machine may need a moment for the steps before
    with MailServer(answers=look) as server, site(make_app, server.port).app_context():
        make_message("ada@example.org")
        make_message("bob@example.org")
        assert deliver_due() == 2
        assert server.connections == 1 and len(server.taken) == 2


def test_while_the_server_is_down_nothing_is_tried_and_nothing_lost(make_app: MakeApp) -> None:
    with site(make_app, free_port()).app_context():
        make_message()
        with pytest.raises(ConnectionRefusedError):
            deliver_due()
        [message] = messages()
        assert (message.attempts, message.sent_at, message.next_at <= now()) == (0, None, True)


def test_workers_at_once_send_each_mail_once(make_app: MakeApp, mail_server: MailServer) -> None:
    apps = [site(make_app, mail_server.port) for _ in range(3)]
    with apps[0].app_context():
        for number in range(30):
            make_message(f"person{number}@example.org")

    def work(app: Flask) -> int:
        with app.app_context():
            return deliver_due()

    with ThreadPoolExecutor(3) as threads:
        assert sum(threads.map(work, apps)) == 30
    assert len({mail.recipients[0] for mail in mail_server.taken}) == len(mail_server.taken) == 30


def test_the_lease_of_a_dead_worker_ends(make_app: MakeApp, mail_server: MailServer) -> None:
    with site(make_app, mail_server.port).app_context():
        make_message()
        assert claim() is not None  # and then the machine goes down
        assert deliver_due() == 0
        with time_machine.travel(now() + LEASE):
            assert deliver_due() == 1
