"""Mail servers that put off strangers, take their time, or make no sense: the mail waits, and leaves once."""

import asyncio
import select
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
import time_machine
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.databases import ON_SQLITE
from tests.factories import make_message, posted
from tests.outbox.sites import MakeApp, site
from tests.servers.smtp import CLOSE, OK, MailServer
from tests.threads import LONG
from tribune.database import db, now
from tribune.outbox import connecting, smtp
from tribune.outbox.claiming import LEASE
from tribune.outbox.delivery import deliver_due
from tribune.outbox.mime import as_mail
from tribune.outbox.queries import queue
from tribune.outbox.transport import HadEnough, Smtp, TryLater, open_transport

pytestmark = ON_SQLITE

GREYLISTED = "450 4.2.0 Greylisted, come back in five minutes"
# What a server says to each command in turn, from the greeting on: to EHLO, MAIL, RCPT, DATA, and to the mail itself.
GOOD = [b"220 mail.example.org\r\n", *[b"250 fine\r\n"] * 3, b"354 go on\r\n"]
NONSENSE = {
    "another protocol": [b"HTTP/1.1 200 OK\r\n\r\n"],
    "bytes": [b"\xff\x00\xfe" * 100 + b"\r\n"],
    "a line without end": [b"220-" + b"x" * 10_000],
    "no to the name of our machine": [GOOD[0], *[b"550 5.7.0 Who are you?\r\n"] * 2],
    "nonsense to the sender": [*GOOD[:2], b"yes, why not\r\n"],
    "nonsense to the mail": [*GOOD, b"thank you\r\n"],
    "gone after a promise": GOOD,
}


class Impatient(MailServer):
    """Takes two mails over a connection, then says no more than this, or hangs up without a word."""

    def __init__(self, *, says: str, one_by_one: bool) -> None:
        super().__init__(one_by_one=one_by_one)
        self.says, self.begun = says, Counter[object]()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.begun[session.peer] += 1
        if self.begun[session.peer] <= 2:
            envelope.mail_from = address
            return "250 fine"
        if not self.says and server.transport:
            server.transport.close()
            await asyncio.Event().wait()
        return self.says


@contextmanager
def parrot(lines: list[bytes], *, drips: bool = False, resets: bool = False) -> Iterator[int]:
    """A server that says these lines, one whenever it is spoken to, then hangs up; its port.

    `drips`: then it goes on, byte after byte, for as long as somebody listens; `resets`: it hangs up like a firewall.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            connection, _ = listening.accept()
            with suppress(OSError), connection, connection.makefile("rb") as heard:  # who listens may leave first
                for number, line in enumerate(lines):
                    connection.sendall(line)
                    last = b"."
                    while number < len(lines) - 1 and (last := heard.readline()) and number >= len(GOOD) - 1:
                        if last == b".\r\n":
                            break
                while drips:
                    connection.sendall(b"x")
                    time.sleep(0.05)
                if resets:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        thread = threading.Thread(target=speak, daemon=True)  # if nobody comes, it waits for ever
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_a_server_that_puts_off_strangers_takes_the_mail_when_it_comes_back(make_app: MakeApp) -> None:
    with MailServer(refused={"zoe@example.org": GREYLISTED}) as server, site(make_app, server.port).app_context():
        make_message()
        assert deliver_due() == 0
        [message] = posted()
        assert message.last_error == "450" and not message.gave_up_at and message.next_at > now()
        server.refused.clear()
        with time_machine.travel(message.next_at):
            assert deliver_due() == 1
        assert len(server.taken) == 1


@pytest.mark.parametrize("said", NONSENSE)
def test_a_server_whose_words_make_no_sense_loses_no_mail(make_app: MakeApp, said: str) -> None:
    with parrot(NONSENSE[said]) as port, site(make_app, port).app_context():
        make_message()
        with pytest.raises((TryLater, OSError)):
            deliver_due()
        db.session.rollback()
        assert queue() == (1, 0, 0)
    with MailServer() as server, site(make_app, server.port).app_context(), time_machine.travel(now() + 2 * LEASE):
        assert deliver_due() == 1
        assert len(server.taken) == 1


@pytest.mark.parametrize("one_by_one", [True, False])
@pytest.mark.parametrize(
    "says",
    ["421 4.7.0 Enough over this connection", "452 4.5.3 Too many messages sent", ""],
    ids=["421", "452, as OpenSMTPD", "hangs up"],
)
def test_a_server_that_takes_a_few_over_each_connection_gets_the_others_over_the_next(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, says: str, one_by_one: bool
) -> None:
    monkeypatch.setattr(connecting, "MOST", 0)  # however late a busy machine makes the mails
    with Impatient(says=says, one_by_one=one_by_one) as server, site(make_app, server.port).app_context():
        for number in range(7):
            make_message(f"person{number}@example.org")
        assert deliver_due() == 7
        assert (server.connections, queue()) == (4, (0, 7, 0))  # the one that it hung up on is the last each time


def test_a_mail_at_which_a_server_always_hangs_up_waits_once_the_others_have_left(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "MOST", 0)
    enough = {"bob@example.org": "421 4.7.0 Enough over this connection"}
    with MailServer(refused=enough) as server, site(make_app, server.port).app_context():
        for name in ("ana", "bob", "zoe"):
            make_message(f"{name}@example.org")
        with pytest.raises(TryLater):
            deliver_due()
        _ana, bob, _zoe = posted()
        assert (server.connections, queue()) == (3, (1, 2, 0))
        assert bob.last_error == "421" and bob.next_at > now() + timedelta(seconds=40)


def test_a_mail_before_which_a_server_hung_up_on_account_of_others_that_it_refused_leaves_at_once(
    make_app: MakeApp,
) -> None:
    refused = {"gone@example.org": "550 5.1.1 No such mailbox", "zoe@example.org": "421 4.7.0 Too many errors"}
    with MailServer(refused=refused) as server, site(make_app, server.port).app_context():
        for name in ("gone", "zoe"):
            make_message(f"{name}@example.org")
        with pytest.raises(TryLater):  # for the worker to rest: it took none
            deliver_due()
        server.refused.clear()
        assert deliver_due() == 1


def test_a_mail_that_a_server_may_have_taken_when_it_hung_up_is_not_sent_again_at_once(make_app: MakeApp) -> None:
    with MailServer(answers=[OK, CLOSE]) as server, site(make_app, server.port).app_context():
        for name in ("ana", "bob"):
            make_message(f"{name}@example.org")
        assert deliver_due() == 1
        assert len(server.taken) == 2 and posted()[1].next_at > now() + timedelta(seconds=40)


def test_a_mail_before_which_the_connection_was_reset_may_leave_over_the_next_at_once(make_app: MakeApp) -> None:
    with parrot([*GOOD, b"250 fine\r\n"], resets=True) as port, site(make_app, port).app_context():
        mail = as_mail("Sujet", "zoe@example.org", "Texte", "", "<1@example.org>")
        with open_transport() as there:
            assert isinstance(there, Smtp) and there.connection.host.sock
            there.send(mail)
            lost = select.poll()
            lost.register(there.connection.host.sock, 0)
            assert lost.poll(LONG * 1000)
            with pytest.raises(HadEnough):
                there.send(mail)


@pytest.mark.parametrize("lines", [[b"220-"], [GOOD[0], b"250-"], [*GOOD, b"250-"]], ids=["greeting", "EHLO", "mail"])
def test_a_server_that_answers_byte_after_byte_holds_the_worker_no_longer_than_a_silent_one(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, lines: list[bytes]
) -> None:
    for step in ("TIME_OUT", "JUDGES"):
        monkeypatch.setattr(smtp, step, 0.4)
    with parrot(lines, drips=True) as port, site(make_app, port).app_context():
        make_message()
        with pytest.raises((TryLater, OSError)):
            deliver_due()  # else the test would run until its time is over
        db.session.rollback()
        assert queue() == (1, 0, 0)


def test_what_is_sent_after_an_answer_has_its_whole_time(make_app: MakeApp, mail_server: MailServer) -> None:
    with site(make_app, mail_server.port).app_context(), open_transport() as there:
        assert isinstance(there, Smtp) and there.connection.host.sock
        assert there.connection.host.sock.gettimeout() == smtp.TIME_OUT
