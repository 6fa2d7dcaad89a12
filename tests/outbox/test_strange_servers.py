"""Mail servers that put off strangers, or whose words make no sense: the mail waits, and leaves once."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_message, posted
from tests.servers.smtp import MailServer
from tribune.database import db, now
from tribune.outbox.claiming import LEASE
from tribune.outbox.delivery import deliver_due
from tribune.outbox.queries import queue
from tribune.outbox.transport import TryLater

MakeApp = Callable[..., Flask]
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


def site(make_app: MakeApp, port: int) -> Flask:
    return make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_DEFAULT_SENDER="t@example.org")


@contextmanager
def parrot(lines: list[bytes]) -> Iterator[int]:
    """A server that says these lines, one whenever it is spoken to, then hangs up; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as heard:
                for number, line in enumerate(lines):
                    connection.sendall(line)
                    last = b"."
                    while number < len(lines) - 1 and (last := heard.readline()) and number >= len(GOOD) - 1:
                        if last == b".\r\n":
                            break

        thread = threading.Thread(target=speak)
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


@ON_SQLITE
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
