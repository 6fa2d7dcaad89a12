"""A server that offers PIPELINING (RFC 2920) is told at once from whom and for whom a mail is, and that it follows."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile

import pytest

from tests.databases import ON_SQLITE
from tests.factories import make_message, posted
from tests.outbox.sites import MakeApp, site
from tribune.outbox.delivery import deliver_due
from tribune.outbox.mime import as_mail
from tribune.outbox.transport import open_transport

pytestmark = ON_SQLITE

OK, GO_ON = "250 fine\r\n", "354 go on\r\n"
FINE = f"{OK}{OK}{GO_ON}"
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
                    if said.endswith(GO_ON):
                        heard.extend(takewhile(b".\r\n".__ne__, lines))
                    else:
                        heard.extend(lines.readline() for _ in answer.splitlines())
                    connection.sendall(answer.encode())
                    said = answer
                connection.shutdown(socket.SHUT_WR)
                heard.extend(lines)

        thread = threading.Thread(target=serve, daemon=True)  # if nobody comes, it waits for ever
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
        (["550 5.1.8 Who are you?\r\n503 no\r\n503 no\r\n"], "550 5.1.8"),
        ([f"{OK}550 5.1.1 Nobody\r\n554 5.5.1 no\r\n"], "550 5.1.1"),
        ([f"{OK}{OK}451 4.3.0 not now\r\n"], "451"),
        ([FINE, "552 5.3.4 Too big\r\n"], "552 5.3.4"),
    ],
    ids=["sender", "recipient", "DATA", "mail"],
)
def test_after_a_refusal_the_next_mails_leave_over_the_same_connection_step_by_step_until_one_is_taken(
    make_app: MakeApp, answers: list[str], error: str
) -> None:
    nobody = [OK, "550 5.1.1 Nobody\r\n", OK]  # DATA for nobody would be one fault more, of which servers count
    said = [*answers, OK, *nobody, OK, OK, GO_ON, TAKEN, FINE, TAKEN]
    with answering(*said) as (port, heard), site(make_app, port).app_context():
        for name in ("refused", "nobody", "ana", "zoe"):
            make_message(f"{name}@example.org")
        assert deliver_due() == 2
        assert [message.last_error for message in posted()] == [error, "550 5.1.1", None, None]
    said_to_it = [line[:4].upper() for line in heard if re.match(rb"(MAIL|RCPT|DATA|RSET)\b", line, re.IGNORECASE)]
    step_by_step = [b"MAIL", b"RCPT", b"RSET", b"MAIL", b"RCPT", b"DATA"]
    assert said_to_it == [b"MAIL", b"RCPT", b"DATA", b"RSET", *step_by_step, b"MAIL", b"RCPT", b"DATA"]


@pytest.mark.parametrize("then", [GO_ON, ""], ids=["says to go on", "hangs up"])
def test_a_server_that_refuses_and_goes_on_gets_no_empty_mail_and_one_that_hangs_up_is_understood(
    make_app: MakeApp, then: str
) -> None:
    refuses = f"{OK}550 5.1.1 Nobody\r\n"
    with answering(refuses + then) as (port, heard), site(make_app, port).app_context():
        make_message("nobody@example.org")
        assert deliver_due() == 0
        [message] = posted()
        assert message.gave_up_at and message.last_error == "550 5.1.1"
    if then:
        assert not heard[3:]
