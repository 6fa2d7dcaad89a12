"""What a restore does again, and what not: told in the log, for the next restore and for who comes back."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import make_invited, make_letter, owner_of, posted
from tests.invitations.answers import decline
from tests.shell import shell
from tribune.database import db
from tribune.invitations import sending
from tribune.invitations.models import Invitation
from tribune.outbox.actions import suppress
from tribune.outbox.mailboxes import mailbox_key


def restored(app: Flask, file: Path, *more: object) -> str:
    code, said = shell(app, "restore", file, "--replace", *more)
    assert code == 0, said
    return said


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
