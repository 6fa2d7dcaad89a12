"""A server that offers PIPELINING (RFC 2920) is told at once from whom and for whom a mail is, and that it follows."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.databases import ON_SQLITE
from tests.factories import make_message, posted
from tests.outbox.sites import MakeApp, site
from tribune.outbox.delivery import deliver_due
from tribune.outbox.mime import as_mail
from tribune.outbox.transport import open_transport

pytestmark = ON_SQLITE

FINE = "250 fine\r\n250 fine\r\n354 go on\r\n"
TAKEN = "250 taken\r\n"


@contextmanager
def answering(*answers: str) -> Iterator[tuple[int, list[bytes]]]:
    """A server that says each of these after as many lines as it has, or after a mail once it said 354; then hangs up.

    Yields its port, and what it hears.
    """
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 mail.example.org\r\n")
                lines.readline()
                connection.sendall(b"250-mail.example.org\r\n250-SIZE 1000\r\n250 PIPELINING\r\n")
                said = ""
                for answer in answers:
                    if said == FINE:
                        heard.extend(iter(lines.readline, b".\r\n"))
                    else:
                        heard.extend(lines.readline() for _ in answer.splitlines())
                    connection.sendall(answer.encode())
                    said = answer
                connection.shutdown(socket.SHUT_WR)
                heard.extend(lines)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1], heard
        thread.join()


def test_what_precedes_a_mail_leaves_at_once_and_a_period_ends_no_mail(make_app: MakeApp) -> None:
    with answering(FINE, TAKEN) as (port, heard), site(make_app, port).app_context():
        mail = as_mail("Sujet", "zoe@example.org", "Un.\n.\n..deux\n", "", "<1@example.org>")
        with open_transport() as there:
            there.send(mail)
    assert [line[:4] for line in heard[:3]] == [b"MAIL", b"RCPT", b"DATA"]
    assert heard[0].endswith(b" SIZE=%d\r\n" % len(mail.content))
    assert b"Un.\r\n..\r\n...deux\r\n" in b"".join(heard)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        (["550 5.1.8 Who are you?\r\n503 no\r\n503 no\r\n", "250 ok\r\n"], "550 5.1.8"),
        (["250 fine\r\n550 5.1.1 Nobody\r\n554 5.5.1 no\r\n", "250 ok\r\n"], "550 5.1.1"),
        (["250 fine\r\n250 fine\r\n451 4.3.0 not now\r\n", "250 ok\r\n"], "451"),
        ([FINE, "552 5.3.4 Too big\r\n", "250 ok\r\n"], "552 5.3.4"),
    ],
    ids=["sender", "recipient", "DATA", "mail"],
)
def test_after_a_refusal_the_next_mail_leaves_over_the_same_connection(
    make_app: MakeApp, answers: list[str], error: str
) -> None:
    with answering(*answers, FINE, TAKEN) as (port, heard), site(make_app, port).app_context():
        make_message("nobody@example.org")
        make_message("zoe@example.org")
        assert deliver_due() == 1
        assert [message.last_error for message in posted()] == [error, None]
    assert b"RSET\r\n" in [line.upper() for line in heard]


@pytest.mark.parametrize("then", ["354 go on\r\n", ""], ids=["says to go on", "hangs up"])
def test_a_server_that_refuses_and_goes_on_gets_no_empty_mail_and_one_that_hangs_up_is_understood(
    make_app: MakeApp, then: str
) -> None:
    refuses = "250 fine\r\n550 5.1.1 Nobody\r\n"
    with answering(refuses + then) as (port, heard), site(make_app, port).app_context():
        make_message("nobody@example.org")
        assert deliver_due() == 0
        [message] = posted()
        assert message.gave_up_at and message.last_error == "550 5.1.1"
    if then:
        assert not heard[3:]
