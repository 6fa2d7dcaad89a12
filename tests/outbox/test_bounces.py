"""Mails that come back: only ours, returned for ever, changes anything; three stop the mails, and no signature."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from time import process_time

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import everything, latest_signature, make_invited, make_letter, make_message, make_signature
from tests.outbox.returned import DRAFT, ZOE, bounces, left, report
from tests.servers.smtp import MailServer
from tests.shell import shell
from tests.statements import listening
from tests.turns import take_turns
from tribune.database import db, now, write
from tribune.desk.queries import hours
from tribune.invitations.queries import board
from tribune.letters.models import Letter
from tribune.outbox.actions import Budget, count_bounce, post, suppress, unsuppress
from tribune.outbox.bounces import MOST, read_bounce
from tribune.outbox.delivery import deliver_due
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import BOUNCES_COUNT_FOR, MOST_BOUNCES, Message
from tribune.outbox.queries import is_suppressed, silent

MakeApp = Callable[..., Flask]


def feed(app: Flask, folder: Path, *mails: bytes) -> str:
    """What the command says of these mails, each in a file."""
    files = []
    for mail in mails:
        files.append(folder / f"{len(list(folder.iterdir()))}.eml")
        files[-1].write_bytes(mail)
    status, said = shell(app, "outbox", "bounces", *files)
    assert status == 0
    return said.replace("\t", " ").replace("\n", " ").strip()


@pytest.mark.parametrize(("returned", "action"), [("message/rfc822", "failed"), ("text/rfc822-headers", "Failed")])
def test_a_mail_of_ours_that_comes_back_is_known_to_have(
    app: Flask, tmp_path: Path, returned: str, action: str
) -> None:
    letter = make_letter()
    number, letter_id = left(about=letter.id).message_id, letter.id
    assert feed(app, tmp_path, report(number, action=action, returned=returned)) == "read 1 came back 1"
    message = db.session.scalars(sa.select(Message)).one()
    assert message.gave_up_at and message.sent_at and message.last_error == "5.1.1" and bounces() == 1
    [counts] = hours(db.session.get_one(Letter, letter_id), now() - timedelta(hours=2)).values()
    assert counts.gave_up == 1
    assert feed(app, tmp_path, report(number)) == "read 1 came back 0" and bounces() == 1  # the same, once more
    assert feed(app, tmp_path, report(f"{left().message_id} {number}")) == "read 1 came back 0"  # which of the two?


@ON_SQLITE
@pytest.mark.parametrize(
    "change",
    [
        {"status": "2.0.0"},
        {"status": "5"},
        {"action": "delayed"},
        {"action": "delayed", "status": "4.4.1"},
        {"action": "delivered"},
        {"number": "<0123456789abcdef0123456789abcdef@localhost>"},
        {"number": "<%@localhost>"},
        {"number": ""},
        {"returned": "text/plain"},
    ],
)
def test_what_is_not_for_ever_or_names_no_mail_of_ours_changes_nothing(
    app: Flask, tmp_path: Path, change: dict[str, str]
) -> None:
    number = left().message_id
    before = everything()
    assert feed(app, tmp_path, report(**{"number": number, **change})) == "read 1 came back 0"
    assert everything() == before


@ON_SQLITE
def test_a_mail_that_has_not_left_cannot_come_back(app: Flask, tmp_path: Path) -> None:
    number = make_message(ZOE).message_id
    before = everything()
    assert feed(app, tmp_path, report(number)) == "read 1 came back 0" and everything() == before


def test_three_stop_what_others_can_cause_and_nothing_else(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    make_signature(letter, email=ZOE)
    for sent in range(MOST_BOUNCES):
        with write():
            assert post("example", ZOE, DRAFT, {}, Budget("example", ())), sent
        feed(app, tmp_path, report(left().message_id))
    with write():
        assert not post("example", ZOE, DRAFT, {}, Budget("example", ()))
        assert post("example", ZOE, DRAFT, {}, Budget("log-in", ()))  # asked for by its owner
    assert silent() == 1 and not is_suppressed(mailbox_key(ZOE))
    assert latest_signature().counted_at and db.session.scalar(sa.select(Letter.confirmed_count)) == 1
    with time_machine.travel(now() + BOUNCES_COUNT_FOR + timedelta(seconds=1)), write():
        assert post("example", ZOE, DRAFT, {}, Budget("example", ())) and silent() == 0


def test_bounces_long_apart_do_not_add_up(app: Flask) -> None:
    for month in range(4):
        with time_machine.travel(now() + month * (BOUNCES_COUNT_FOR + timedelta(days=1))), write():
            count_bounce(mailbox_key(ZOE), ZOE)
    assert bounces() == 1


@ON_POSTGRESQL
def test_two_that_come_back_at_once_are_counted_both(app: Flask) -> None:
    def come_back() -> None:
        with write():
            count_bounce(mailbox_key(ZOE), ZOE)

    come_back()
    take_turns(app, come_back, come_back, pause=1)
    assert bounces() == 3


def test_who_says_that_they_read_their_mail_is_written_to_again(app: Flask) -> None:
    for _ in range(MOST_BOUNCES):
        with write():
            count_bounce(mailbox_key(ZOE), ZOE)
    suppress(mailbox_key(ZOE))
    unsuppress(mailbox_key(ZOE))
    with write():
        assert post("example", ZOE, DRAFT, {}, Budget("example", ()))


def test_nobody_silences_a_mailbox_by_another_spelling_of_it(app: Flask, tmp_path: Path) -> None:
    for _ in range(MOST_BOUNCES):
        tagged = "zoe+x@example.org"
        assert feed(app, tmp_path, report(left(tagged).message_id, to=tagged)) == "read 1 came back 1"
        feed(app, tmp_path, report(left().message_id, to="eve@example.org"))  # where it was forwarded to
    assert bounces() == 0


@ON_SQLITE
@pytest.mark.parametrize("to", ["zoe.evrard@gmail.com", "Z.oe@GoogleMail.com"])
def test_with_dots_an_address_of_gmail_is_the_same_mailbox_and_counts(app: Flask, tmp_path: Path, to: str) -> None:
    assert feed(app, tmp_path, report(left(to).message_id, to=to)) == "read 1 came back 1" and bounces(to) == 1


@ON_SQLITE
def test_a_server_that_refuses_us_says_nothing_about_the_mailbox(app: Flask, tmp_path: Path) -> None:
    # a rule of theirs; what our mails come from; one that never answered, until the relay gave up after days
    for status in ("5.7.26", "5.1.7", "5.1.8", "4.4.1", "4.2.2"):
        assert feed(app, tmp_path, report(left().message_id, status=status)) == "read 1 came back 1"
    assert bounces() == 0


@ON_SQLITE
@pytest.mark.parametrize(
    ("said", "status", "counted"),
    [
        ("550 5.1.1 <zoe@example.org>: User unknown", "5.1.1", 1),
        ("550-5.1.1 The email account that you tried to reach does not\n  exist", "5.1.1", 1),
        ("550\n  5.2.1 Mailbox disabled", "5.2.1", 1),
        ("550 5.7.1 Service unavailable; client blocked", "5.7.1", 0),
        ("550 User unknown", "5.0.0", 0),
        ("451 4.7.1 Later, not 550 5.1.1", "5.0.0", 0),
    ],
)
def test_of_a_report_by_exim_what_the_last_server_said_counts(
    app: Flask, tmp_path: Path, said: str, status: str, counted: int
) -> None:
    by_exim = report(left().message_id).replace(b"Status: 5.1.1", b"Status: 5.0.0")
    mail = by_exim.replace(b"550 5.1.1 No such user", said.encode())
    assert feed(app, tmp_path, mail) == "read 1 came back 1"
    assert db.session.scalar(sa.select(Message.last_error)) == status and bounces() == counted


@ON_SQLITE
@pytest.mark.parametrize(
    "named",
    [
        b"Final-Recipient: rfc822; <zoe@example.org>",
        b"Original-Recipient: rfc822; zoe@example.org\nFinal-Recipient: rfc822; zoe@elsewhere.example",
    ],
)
def test_in_brackets_or_forwarded_the_recipient_is_whom_we_wrote_to(app: Flask, tmp_path: Path, named: bytes) -> None:
    mail = report(left().message_id).replace(b"Final-Recipient: rfc822; zoe@example.org", named)
    assert feed(app, tmp_path, mail) == "read 1 came back 1" and bounces() == 1


def test_a_recipient_refused_while_sending_counts_as_one_that_came_back(make_app: MakeApp) -> None:
    gone = {ZOE: "550 5.1.1 No such mailbox", "ada@example.org": "550 5.1.10 Recipient not found"}
    with MailServer(refused=gone) as server:
        app = make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=server.port, MAIL_DEFAULT_SENDER="t@example.org")
        with app.app_context():
            for to in gone:
                make_message(to)
            deliver_due()
            assert [bounces(to) for to in gone] == [1, 1]
            assert all(message.gave_up_at for message in db.session.scalars(sa.select(Message)))


def test_the_board_of_invitations_says_that_a_mail_came_back(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(published=False)
    invited = make_invited(letter, email=ZOE)
    with write():
        sent, letter_id = left(), letter.id
        invited.invited_at, invited.message_id = now(), sent.id
    feed(app, tmp_path, report(sent.message_id))
    assert [row.state for row in board(db.session.get_one(Letter, letter_id))] == ["bounced"]


@ON_SQLITE
def test_a_folder_and_a_pipe_are_read_too(app: Flask, tmp_path: Path) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1").write_bytes(report(left().message_id))
    assert shell(app, "outbox", "bounces", tmp_path)[1] == "read\t2\ncame back\t2\n"
    db.session.remove()
    piped = app.test_cli_runner().invoke(args=["outbox", "bounces", "-"], input=report(left().message_id))
    assert piped.output == "read\t1\ncame back\t1\n"


@ON_SQLITE
def test_anything_may_come_in(app: Flask, tmp_path: Path) -> None:
    good = report(left().message_id)
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000))
    mail = EmailMessage()
    mail.set_content("Bonjour")
    rubbish = [b"", b"\x00" * 100, b"\xff" * 100, deep, mail.as_bytes(), b"A" * (MOST + 10), good[: len(good) // 2]]
    before = everything()
    assert feed(app, tmp_path, *rubbish) == f"read {len(rubbish)} came back 0"
    assert everything() == before
    assert feed(app, tmp_path, good + b"\n" * MOST) == "read 1 came back 1"


def test_a_mail_made_to_take_minutes_takes_a_second() -> None:
    inside = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(300))
    began = process_time()
    for bomb in (
        inside + b"\n" * (MOST - len(inside)),  # the parser asks of each line whether it ends one of the parts
        b'Content-Type: multipart/report; a="' + b";" * (MOST // 2),  # and of each semicolon, what is quoted before it
        b'Content-Type: multipart/report; a="' + b";\n " * (MOST // 6),
    ):
        assert read_bounce(bomb) is None
    assert process_time() - began < 5  # on a slow machine


def test_a_report_with_long_headers_and_a_long_text_is_read() -> None:
    number = "<0123456789abcdef0123456789abcdef@localhost>"
    long = b"Received: " + b"by mx.example.org;\n " * 500 + b"\n"
    mail = (
        report(number)
        .replace(b"Message-ID: <", long + b"Message-ID: <")
        .replace(b"This is the", b"This is the\n" * 1000)
    )
    assert read_bounce(mail) == (number, "5.1.1", ZOE)


PIECES = st.sampled_from([*report("<0123456789abcdef0123456789abcdef@localhost>").splitlines(True), b"\n", b"\xe9\n"])


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=40).map(b"".join) | st.binary(max_size=200))
def test_no_mail_makes_reading_fail(raw: bytes) -> None:
    found = read_bounce(raw)
    assert found is None or found.status.startswith("5.")


def test_a_mail_that_its_reader_moves_meanwhile_is_passed_over(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    for name in "ab":
        (tmp_path / "new" / name).write_bytes(report(left(about=make_letter().id).message_id))

    def move(_connection: object) -> None:
        (tmp_path / "new" / "b").unlink(missing_ok=True)

    with listening("commit", move):
        assert shell(app, "outbox", "bounces", tmp_path) == (0, "read\t1\ncame back\t1\n")
