"""Mails that come late leave over further connections, as far as the server lets them in."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import time_machine
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask, current_app

from tests.databases import ON_SQLITE
from tests.factories import make_message
from tests.servers.smtp import CLOSE, OK, Mail, MailServer
from tests.threads import LONG
from tribune.database import now, write
from tribune.outbox import connecting
from tribune.outbox.claiming import claim
from tribune.outbox.connecting import LATE, MOST, FurtherConnections
from tribune.outbox.delivery import deliver_due
from tribune.outbox.transport import TryLater

MakeApp = Callable[..., Flask]
LATER = 2  # a priority that is not the first


class Far(MailServer):
    """Answers nobody before so many mails are in its hands."""

    def __init__(self, at_once: int, answers: Callable[[Mail], str] = lambda _: OK) -> None:
        super().__init__(answers)
        self.at_once, self.all_here = at_once, asyncio.Event()
        self.most = 0  # threads with a further connection at any time

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.most = max(self.most, sum(thread.name == "further mail worker" for thread in threading.enumerate()))
        self.at_once -= 1
        if self.at_once == 0:
            self.all_here.set()
        await self.all_here.wait()
        return await super().handle_DATA(server, session, envelope)


class Strict(MailServer):
    """Lets in one connection, and answers over it once nobody tries another."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        while any(thread.name == "further mail worker" for thread in threading.enumerate()):
            await asyncio.sleep(0.003)
        return await super().handle_DATA(server, session, envelope)

    def _greet(self) -> asyncio.Protocol:  # type: ignore[override]
        return super()._greet() if self.connections == 0 else TooMany()


class TooMany(asyncio.Protocol):
    """As Postfix says it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.7.0 Error: too many connections\r\n")
        transport.close()


@contextmanager
def late_mails(make_app: MakeApp, server: MailServer, many: int, **more: int) -> Iterator[None]:
    """So many mails that were posted some seconds ago. `more`: values of other columns."""
    settings = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": server.port, "MAIL_DEFAULT_SENDER": "t@example.org"}
    with make_app(**settings).app_context():
        for number in range(many):
            message = make_message(f"person{number}@example.org")
            with write():
                for name, value in more.items():
                    setattr(message, name, value)
        with time_machine.travel(now() + LATE):
            yield


def test_late_mails_are_on_their_way_at_once(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connecting, "BETWEEN", 0)
    with Far(at_once=1 + MOST) as server, late_mails(make_app, server, 30), caplog.at_level(logging.WARNING):
        assert deliver_due() == 30
        assert server.connections >= 1 + MOST  # one that finds nothing left to take ends, and makes room for another
        assert server.most == MOST
    assert len({mail.recipients[0] for mail in server.taken}) == len(server.taken) == 30
    assert not caplog.records


def test_where_no_further_connection_is_let_in_they_leave_over_the_first(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connecting, "BETWEEN", 0)
    monkeypatch.setattr(connecting, "REST", 3600)
    with Strict() as server, late_mails(make_app, server, 30):
        assert deliver_due() == 30
    assert len(server.taken) == 30
    assert [record.message for record in caplog.records if "further connection" in record.message] == [
        "a further connection for mails ended (SMTPConnectError): they leave over the others"
    ]


@ON_SQLITE
def test_where_no_further_thread_can_be_started_they_leave_over_the_first(
    make_app: MakeApp, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    with late_mails(make_app, mail_server, 5):
        before = threading.stack_size(2**62)  # more than a machine has: as where it allows no thread more
        try:
            assert deliver_due() == 5
        finally:
            threading.stack_size(before)
    assert mail_server.connections == 1
    assert [record.message for record in caplog.records if "further connection" in record.message] == [
        "no further connection for mails (can't start new thread): they leave over the others"
    ]


@pytest.mark.parametrize("more", [{"priority": LATER}, {"attempts": 1}])
def test_mails_that_can_wait_or_are_tried_again_leave_over_one_connection(
    make_app: MakeApp, mail_server: MailServer, more: dict[str, int]
) -> None:
    with late_mails(make_app, mail_server, 5, **more):
        assert deliver_due() == 5
    assert mail_server.connections == 1


def test_a_worker_whose_server_hangs_up_leaves_no_further_connection_behind(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "BETWEEN", 3600)
    with Far(at_once=2, answers=lambda _: CLOSE) as server, late_mails(make_app, server, 5):
        with pytest.raises(TryLater):
            deliver_due()
        assert not [thread for thread in threading.enumerate() if "mail worker" in thread.name]
        assert len(server.taken) == server.connections == 2


def test_a_further_connection_that_goes_on_after_the_first_opens_none(
    make_app: MakeApp, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "BETWEEN", 0)
    opened = []
    with late_mails(make_app, mail_server, 1):
        message = claim()
        assert message

        def deliver(further: FurtherConnections) -> int:
            opened.append(threading.current_thread())
            if len(opened) == 1:
                assert further.over.wait(LONG)
                further.each(message)
            return 1

        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        with FurtherConnections(app, deliver, threading.Event()) as further:
            further.each(message)
    assert (len(opened), further.sent) == (1, 1)
