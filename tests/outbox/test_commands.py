"""The outbox from the shell, with an SMTP server and without."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_message
from tests.outbox.returned import ZOE, bounces, left, report
from tests.servers.site import free_port
from tests.servers.smtp import MailServer
from tests.shell import shell
from tribune.database import now
from tribune.outbox import commands
from tribune.outbox.claiming import claim, record
from tribune.outbox.delivery import deliver_due
from tribune.outbox.mime import as_mail
from tribune.outbox.transport import Folder, mailbox_folder

MakeApp = Callable[..., Flask]


@ON_SQLITE
def test_deliver_once_sends_what_is_due_and_says_how_many(make_app: MakeApp, mail_server: MailServer) -> None:
    app = make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=mail_server.port, MAIL_DEFAULT_SENDER="t@example.org")
    with app.app_context():
        make_message("zoe@example.org")
        make_message("ana@example.org")
    done = app.test_cli_runner().invoke(args=["outbox", "deliver", "--once"])
    assert (done.exit_code, done.stdout) == (0, "2\n")
    assert [mail.recipients for mail in mail_server.accepted] == [["zoe@example.org"], ["ana@example.org"]]


@ON_SQLITE
def test_deliver_once_says_why_when_no_server_answers(make_app: MakeApp) -> None:
    app = make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=free_port(), MAIL_DEFAULT_SENDER="t@example.org")
    with app.app_context():
        make_message()
    done = app.test_cli_runner().invoke(args=["outbox", "deliver", "--once"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "MAIL_SERVER (" in done.stderr and "the mails wait" in done.stderr
    assert "`flask doctor`" in done.stderr  # a server that answers, but refuses the account, has other remedies


def test_the_status_is_the_queue_in_numbers(app: Flask) -> None:
    make_message()
    deliver_due()
    with time_machine.travel(now(), tick=False) as clock:
        make_message()
        clock.shift(90)
        done = app.test_cli_runner().invoke(args=["outbox", "status"])
    assert done.exit_code == 0
    assert re.findall(r"^(.+)\t(\d+)$", done.stdout, re.MULTILINE) == [
        ("waiting", "1"), ("sent", "1"), ("gave up", "0"), ("mailboxes that send mails back", "0"),
            ("oldest waiting, seconds", "90"),
    ]  # fmt: skip


def test_an_empty_queue_has_no_age(app: Flask) -> None:
    assert "oldest waiting, seconds\t0" in app.test_cli_runner().invoke(args=["outbox", "status"]).stdout


@ON_SQLITE
def test_without_a_server_mails_are_kept_as_files_that_mail_programs_open(app: Flask) -> None:
    make_message("zoe@example.org", "Été")
    assert deliver_due() == 1
    [file] = mailbox_folder().iterdir()
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert file.suffix == ".eml" and (mail["To"], mail["Subject"]) == ("zoe@example.org", "Été")


@ON_SQLITE
def test_the_same_mail_kept_twice_is_one_file(app: Flask) -> None:
    folder = Folder(mailbox_folder())
    for _ in range(2):
        folder.send(as_mail("Été", "zoe@example.org", "Un texte.\n", "<p>Un texte.</p>", "<one@localhost>"))
    assert len(list(mailbox_folder().iterdir())) == 1


@contextmanager
def nobody() -> Iterator[None]:
    """As another account while the block lasts, where the tests are run by root, to whom nothing is closed."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


@ON_SQLITE
def test_a_folder_that_may_not_be_read_is_not_taken_for_an_empty_one(app: Flask) -> None:
    with TemporaryDirectory() as made:  # `tmp_path` stands in a folder that nobody else reads
        maildir = Path(made)
        maildir.chmod(0o755)
        (maildir / "new").mkdir()
        (maildir / "new" / "1").write_bytes(b"From: zoe@example.org")
        for closed in (maildir / "new", maildir / "new" / "1"):
            closed.chmod(0)
            with nobody():
                code, said = shell(app, "outbox", "bounces", maildir)
            closed.chmod(0o755)
            assert (code, said) == (1, f"Error: {closed} cannot be read: Permission denied.\n")


@ON_SQLITE
def test_a_standard_input_that_is_closed_is_not_taken_for_a_mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "sys", SimpleNamespace(stdin=None))  # as after `<&-`
    said = "Error: There is no standard input to read from: it is closed.\n"
    assert shell(app, "outbox", "bounces", "-") == (1, said)


def test_one_that_comes_back_before_its_sending_is_written_down_is_read_again(app: Flask, tmp_path: Path) -> None:
    file, other = tmp_path / "first", tmp_path / "second"
    number = make_message(ZOE).message_id
    file.write_bytes(report(number))
    other.write_bytes(report(left("ada@example.org").message_id))
    being_sent = claim()
    assert being_sent and being_sent.message_id == number
    status, said = shell(app, "outbox", "bounces", file, other)
    assert status == 1 and "read\t2\ncame back\t1\n" in said and bounces() == 0
    record(being_sent, None)
    assert shell(app, "outbox", "bounces", file, other) == (0, "read\t2\ncame back\t1\n") and bounces() == 1
