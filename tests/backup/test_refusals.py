"""What people had hidden, declined or refused stays so, whichever backup is restored."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.asking.again import agree, ask, disagree
from tests.backup.site import disconnect
from tests.databases import ON_SQLITE
from tests.factories import (
    all_leave,
    make_correction,
    make_invited,
    make_letter,
    make_message,
    make_signature,
    posted,
)
from tests.invitations.answers import accept, decline
from tests.moderation.acting import back
from tests.outbox.returned import DRAFT
from tests.shell import shell
from tribune.backup.wishes import Wishes
from tribune.database import db, now, write
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.mine import actions as mine
from tribune.moderation.models import Batch
from tribune.notices.mails import REPORTS
from tribune.outbox.actions import post, suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures.models import Signature


@ON_SQLITE
def test_consents_of_files_that_did_not_say_when_or_whose_are_taken_back_all_the_same(app: Flask) -> None:
    hides, stays = (make_signature(make_letter(), news=True).public_id for _ in range(2))
    asked = Wishes(now())
    asked.add("consents", ["public_id", "published", "news"], [[hides, False, True], [stays, True, True]])
    disconnect()  # as a restore is: the session gives way to that of the connection, and would stay open for ever
    with db.engine.begin() as connection:
        asked.grant(connection)
    shown = sa.select(Signature.public_id, Signature.published, Signature.news)
    assert set(db.session.execute(shown).all()) == {(hides, False, True), (stays, True, True)}


@pytest.mark.parametrize("lost", [False, True])
def test_who_hid_their_line_or_wants_no_news_is_not_shown_nor_written_to_again(
    app: Flask, tmp_path: Path, lost: bool, wipe: Callable[[], None]
) -> None:
    letter = make_letter(slug="rues")
    hides, unsubscribes, neither, back = (make_signature(letter, news=True) for _ in range(4))
    names = [signature.public_id for signature in (hides, unsubscribes, neither, back)]
    theirs, others, came_back = ((one.id, one.link_nonce) for one in (hides, unsubscribes, back))
    with time_machine.travel(now() - timedelta(hours=1)):
        for shown in (False, True):
            mine.choose(*theirs, "published", shown)
    shell(app, "backup", tmp_path / "site.zip")
    mine.choose(*theirs, "published", False)
    mine.choose(*others, "news", False)
    for shown in (False, True):
        mine.choose(*came_back, "published", shown)
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    if lost:
        wipe()
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace", "--erasures", tmp_path / "small.zip")
    assert code == 0, said
    columns = Signature.public_id, Signature.published, Signature.news
    found = {row[0]: (row[1], row[2]) for row in db.session.execute(sa.select(*columns))}
    assert [found[name] for name in names] == [(False, True), (True, False), (True, True), (True, True)]


@pytest.mark.parametrize("lost", [False, True])
def test_who_declined_a_changed_text_is_not_counted_once_it_is_called_a_correction(
    app: Flask, tmp_path: Path, lost: bool, wipe: Callable[[], None]
) -> None:
    letter = make_letter(slug="rues")
    declines, silent, agrees, gone = (make_signature(letter) for _ in range(4))
    names = [signature.public_id for signature in (declines, silent, agrees, gone)]
    make_correction(letter, substance=True)
    batch = ask(letter).id
    shell(app, "backup", tmp_path / "site.zip")
    declines, silent, agrees, gone = (
        db.session.scalars(sa.select(Signature).where(Signature.public_id == name)).one() for name in names
    )
    for signature in (declines, agrees, gone):
        disagree(signature)
    agree(agrees)
    mine.withdraw(gone.id, gone.link_nonce)
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    if lost:
        wipe()
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace", "--erasures", tmp_path / "small.zip")
    assert code == 0, said
    assert len(posted()) == 2  # the questions to those of whom no answer is known
    gone = db.session.scalars(sa.select(Signature).where(Signature.public_id == names[3])).one()
    assert gone.withdrawn_at
    mine.come_back(gone.id, gone.link_nonce)
    back(db.session.get_one(Batch, batch))
    counted = sa.select(Signature.public_id).where(Signature.counted_at.is_not(None)).order_by(Signature.id)
    assert db.session.scalars(counted).all() == [names[1], names[2]]
    assert shell(app, "signatures", "recount") == (0, "rues\tright\n")


def test_who_accepted_then_declined_is_named_by_no_restore(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    letter = make_letter(published=False)
    says_no, says_yes = make_invited(letter), make_invited(letter)
    for invitation in (says_no, says_yes):
        accept(invitation, tell=True)
    with write():
        says_no.asked_at = says_no.corrected_at = now()  # and asked something then
    nonce, numbers = says_no.link_nonce, (says_no.id, says_yes.id)
    shell(app, "backup", tmp_path / "site.zip")
    says_no, says_yes = (db.session.get_one(Invitation, number) for number in numbers)
    for answer in (decline, accept, decline):
        answer(says_no)
    decline(says_yes)
    accept(says_yes)
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    wipe()
    code, said = shell(app, "restore", tmp_path / "site.zip", "--erasures", tmp_path / "small.zip")
    assert code == 0, said
    refused = db.session.scalars(sa.select(Invitation).where(Invitation.link_nonce == nonce)).one()
    said_before = refused.accepted_at, refused.corrected_at, refused.asked_at, refused.signature
    assert refused.declined_at and not refused.tell and said_before == (None, None, None, None)
    assert db.session.scalars(sa.select(Letter)).one().confirmed_count == 1
    assert db.session.scalars(sa.select(Signature)).one().family_name != refused.family_name


def test_whoever_said_it_was_not_them_is_written_to_no_more(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    make_signature(letter, confirmed=False, email="zoe@example.org")
    answered_for = make_signature(letter, confirmed=False, email="zoe@example.org", attested_at=now()).id
    make_message("zoe@example.org")
    all_leave()
    make_message("zoe@example.org")  # waits
    with write():
        assert post("report", "zoe@example.org", DRAFT, {}, REPORTS)
    shell(app, "backup", tmp_path / "site.zip")
    suppress(mailbox_key("zoe@example.org"))
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace")
    assert code == 0 and "with 1 signatures" in said  # not the pending one
    assert [mail.kind for mail in posted()] == ["example", "report"]
    assert db.session.scalars(sa.select(Signature.id)).all() == [answered_for]
    make_letter()
    client = app.test_client()
    client.sign(letter_slug := db.session.scalars(sa.select(Letter.slug)).all()[0], email="zoe@example.org")
    assert letter_slug and [mail.kind for mail in posted()] == ["example", "report"]
