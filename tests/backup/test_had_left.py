"""What had left is not sent once more after a restore, as far as the replaced database or the erasures file knows."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.backup.test_since import letter_here
from tests.databases import ON_SQLITE
from tests.factories import make_invited, make_letter, make_message, owner_of
from tests.invitations.answers import accept
from tests.outbox.sites import MakeApp, site
from tests.servers.smtp import MailServer
from tests.shell import shell
from tribune.backup.file import Reader
from tribune.database import db, hour_of, now, write
from tribune.invitations import sending
from tribune.invitations.announcing import announce_due, launch
from tribune.invitations.models import Invitation
from tribune.outbox.delivery import deliver_due
from tribune.outbox.models import MailTally, Message

NAMES = ("ana", "bob", "eve", "zoe", "lea", "tom")


def one(name: str) -> Invitation:
    return db.session.scalars(sa.select(Invitation).where(Invitation.email == f"{name}@example.org")).one()


def put_off(email: str) -> None:
    """Let a mail that waits be due in an hour: an earlier try was answered with "later"."""
    theirs = sa.update(Message).where(Message.recipient == email, Message.sent_at.is_(None))
    with write() as session:
        session.execute(theirs.values(next_at=now() + timedelta(hours=1)))


def all_are_due() -> None:
    with write() as session:
        session.execute(sa.update(Message).values(next_at=now()))


def tallied() -> list[tuple[datetime, int]]:
    return [(hour, sent) for hour, sent in db.session.execute(sa.select(MailTally.hour, MailTally.sent))]


@pytest.mark.parametrize("lost", [False, True])
def test_nobody_is_mailed_again_what_had_left_since_the_backup(
    make_app: MakeApp, mail_server: MailServer, tmp_path: Path, wipe: Callable[[], None], lost: bool
) -> None:
    app = site(make_app, mail_server.port)
    with app.app_context():
        letter = make_letter(published=False, contact="alice@example.org")
        numbers = {name: make_invited(letter, email=f"{name}@example.org").id for name in NAMES}
        accept(one("lea"), tell=True)
        sending.invite(letter, [numbers["ana"], numbers["bob"], numbers["eve"]], by=owner_of(letter))
        assert shell(app, "backup", tmp_path / "site.zip")[0] == 0  # they wait in it
        put_off("eve@example.org")
        sending.invite(letter_here(), [numbers["zoe"], numbers["tom"]], by=owner_of(letter_here()))
        put_off("tom@example.org")
        launch(letter_here())
        assert deliver_due() == 4  # Ana and Bob, and Zoé and Léa, of whom the backup does not know
        with write():
            one("zoe").reminders, one("zoe").reminded_at = 1, now()
        if lost:
            assert shell(app, "backup", "--erasures-only", tmp_path / "small.zip")[0] == 0
            wipe()
        how = ("--erasures", tmp_path / "small.zip") if lost else ("--replace",)
        with time_machine.travel(now() + timedelta(hours=1)):
            code, said = shell(app, "restore", tmp_path / "site.zip", *how)
        assert code == 0, said
        assert "since, and are not sent again: 2. Mails that leave once the site starts: 1." in said
        left = db.session.scalars(sa.select(Message).where(Message.sent_at.is_not(None), Message.text.is_(None))).all()
        assert sum(number for _hour, number in tallied()) == 2
        assert dict(tallied()) == Counter(hour_of(mail.sent_at) for mail in left if mail.sent_at)
        letter = letter_here()
        assert list(sending.to_invite(letter)) == [numbers["tom"]]  # Zoé is known as invited, and as reminded
        assert one("zoe").reminders == 1 and one("zoe").reminded_at
        sending.invite(letter, [numbers["tom"]], by=owner_of(letter))
        launch(letter)
        announce_due()
        all_are_due()
        assert deliver_due() == 2
    mailed = Counter(to for mail in mail_server.accepted for to in mail.recipients)
    assert mailed == dict.fromkeys((f"{name}@example.org" for name in NAMES), 1)


@ON_SQLITE
def test_the_file_of_erasures_tells_of_three_days_and_not_of_what_people_ask_for_themselves(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    asked_for, late, left, waits = (make_message(priority=priority) for priority in (0, 2, 2, 2))
    numbers, name = [message.id for message in (asked_for, late, left)], left.message_id
    assert waits and shell(app, "backup", tmp_path / "site.zip")[0] == 0
    with write() as session:
        session.execute(sa.update(Message).where(Message.id.in_(numbers)).values(sent_at=now(), text=None))
        session.execute(sa.update(Message).where(Message.id == numbers[1]).values(sent_at=now() - timedelta(days=4)))
    assert shell(app, "backup", "--erasures-only", tmp_path / "small.zip")[0] == 0
    with Reader(tmp_path / "small.zip") as small:
        assert [row[0] for row in small.rows("messages")] == [name]
    assert shell(app, "backup", tmp_path / "whole.zip")[0] == 0
    wipe()
    _code, said = shell(app, "restore", tmp_path / "site.zip", "--erasures", tmp_path / "whole.zip")
    assert "not sent again: 3. Mails that leave once the site starts: 1." in said  # a whole backup tells of all
