"""What a restore does again, and what not: told in the log, for the next restore and for who comes back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.backup.test_since import (
    decline_and_accept,
    hide_and_show,
    letter_here,
    suppress_and_free,
    withdraw_and_come_back,
)
from tests.factories import make_invited, make_letter, owner_of, posted
from tests.invitations.answers import decline
from tests.shell import shell
from tribune.database import db, now
from tribune.invitations import sending
from tribune.invitations.models import Invitation
from tribune.outbox.actions import suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Mailbox
from tribune.signatures.models import Signature


def restored(app: Flask, file: Path, *more: object) -> str:
    code, said = shell(app, "restore", file, "--replace", *more)
    assert code == 0, said
    return said


@pytest.mark.parametrize("happens", [withdraw_and_come_back, decline_and_accept, hide_and_show, suppress_and_free])
def test_who_came_back_before_the_backup_is_there_though_it_replaces_an_older_site_where_they_had_left(
    app: Flask, tmp_path: Path, happens: Callable[[Callable[[], object]], None]
) -> None:
    happens(lambda: shell(app, "backup", tmp_path / "monday.zip"))
    with time_machine.travel(now() + timedelta(hours=1)):
        shell(app, "backup", tmp_path / "tuesday.zip")
    restored(app, tmp_path / "monday.zip")  # the wrong one
    assert "withdrawn again: 0" in restored(app, tmp_path / "tuesday.zip")
    assert letter_here().confirmed_count == 1
    assert db.session.scalars(sa.select(Signature.published)).all() == [True]
    assert db.session.scalars(sa.select(Mailbox.suppressed_at).where(Mailbox.suppressed_at.is_not(None))).all() == []


def says_no(invitation: Invitation) -> None:
    decline(invitation)


def wants_no_mail(_invitation: Invitation) -> None:
    suppress(mailbox_key("zoe@example.org"))


@pytest.mark.parametrize("answers", [says_no, wants_no_mail])
def test_who_said_no_is_not_invited_by_the_mail_that_waited_and_what_was_restored_can_be_again(
    app: Flask, tmp_path: Path, answers: Callable[[Invitation], None], wipe: Callable[[], None]
) -> None:
    letter = make_letter(slug="rues", published=False)
    number = make_invited(letter, email="zoe@example.org").id
    stays = make_invited(letter, email="ana@example.org").id
    sending.invite(letter, [number, stays], by=owner_of(letter))
    shell(app, "backup", tmp_path / "site.zip")
    answers(db.session.get_one(Invitation, number))
    restored(app, tmp_path / "site.zip")
    assert [mail.recipient for mail in posted()] == ["ana@example.org"]
    assert shell(app, "backup", tmp_path / "again.zip")[0] == 0
    wipe()
    code, said = shell(app, "restore", tmp_path / "again.zip")
    assert code == 0, said
    db.session.expire_all()
    assert [one.message_id is None for one in db.session.scalars(sa.select(Invitation).order_by(Invitation.id))] == [
        True,
        False,
    ]
