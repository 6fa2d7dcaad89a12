"""What people had erased, withdrawn, hidden or refused stays so, whichever backup is restored."""

import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.asking.again import agree, ask, disagree
from tests.backup.site import disconnect, make_site
from tests.backup.test_since import letter_here
from tests.databases import ON_SQLITE
from tests.factories import (
    all_leave,
    everything,
    make_batch,
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
from tribune.audit.actions import record
from tribune.audit.models import Event, Verb
from tribune.backup.wishes import Wishes
from tribune.database import db, now, write
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.mine import actions as mine
from tribune.mine import erasing
from tribune.moderation.models import Batch, BatchRow
from tribune.notices.mails import REPORTS
from tribune.outbox.actions import post, suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Message
from tribune.signatures.actions import confirm
from tribune.signatures.models import Erasure, Flag, Signature
from tribune.site_keys import SiteKey


def erase(public_id: str) -> None:
    """As its owner would have it erased: only what the backup must know of it."""
    with write() as session:
        session.add(Erasure(public_id=public_id))


def leave(public_id: str) -> None:
    """As its owner would withdraw it."""
    with write() as session:
        session.execute(sa.update(Signature).where(Signature.public_id == public_id).values(withdrawn_at=now()))


def test_who_had_a_signature_erased_stays_erased(app: Flask, tmp_path: Path) -> None:
    letter = make_site()
    gone = make_signature(letter, given_name="Secret", email="secret@example.org")
    public_id, kept = gone.public_id, make_signature(letter)
    batch = make_batch(letter)
    with write() as session:
        session.add(Flag(letter_id=letter.id, signature_id=gone.id, kind="joke"))
        session.add(BatchRow(batch_id=batch.id, signature_id=gone.id))
        record(
            Verb.SIGNATURE_CORRECTED, team_id=letter.team_id, by=None, signature_id=gone.id, subject="Secret Évrard",
            before="Secret", after="Secrète",
        )  # fmt: skip
    make_message("secret@example.org", "Secret")
    with write() as session:
        asked = Invitation(
            letter_id=letter.id, rank=1, given_name="Secret", family_name="Évrard", link_nonce="n", signature_id=gone.id
        )
        session.add(asked)
        session.flush()
        session.add(
            Invitation(
                letter_id=letter.id, rank=2, given_name="Ana", family_name="Li", link_nonce="m",
                forwarded_from_id=asked.id,
            )
        )  # fmt: skip
    with write() as session:
        session.execute(sa.update(Message).where(Message.recipient == "secret@example.org").values(about=letter.id))
    make_message("alice@example.org", "Secret asks")
    with write() as session:
        its = {"kind": "question", "budget": f"question {asked.id}"}
        session.execute(sa.update(Message).where(Message.recipient == "alice@example.org").values(its))
    kept_id = kept.public_id
    shell(app, "backup", tmp_path / "site.zip")
    erase(public_id)
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace")
    assert code == 0 and "Erased again: 1" in said
    left = set(db.session.scalars(sa.select(Signature.public_id)))
    assert public_id not in left and kept_id in left
    assert "Secret" not in str(everything()) and "secret@" not in str(everything())
    assert db.session.scalars(sa.select(Erasure.public_id)).all() == [public_id]
    assert db.session.scalars(sa.select(Event.subject).where(Event.verb == Verb.SIGNATURE_CORRECTED)).all() == [""]
    assert shell(app, "signatures", "recount") == (0, "rues\tright\n")
    assert db.session.scalars(sa.select(Letter)).one().confirmed_count == 4


def test_erasures_outlive_the_database_in_a_small_file_of_their_own(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    letter = make_letter(slug="rues")
    gone, left_it = make_signature(letter).public_id, make_signature(letter).public_id
    shell(app, "backup", tmp_path / "site.zip")
    erase(gone)
    leave(left_it)
    assert shell(app, "backup", "--erasures-only", tmp_path / "small.zip")[0] == 0
    with zipfile.ZipFile(tmp_path / "small.zip") as small:
        assert left_it in small.read("signatures.jsonl").decode() and b"vrard" not in small.read("signatures.jsonl")
    wipe()
    code, said = shell(app, "restore", tmp_path / "small.zip")
    assert code == 1 and "--erasures" in said
    again = ("backup", "--erasures-only", "--force", tmp_path / "small.zip")
    code, said = shell(app, *again)  # as the timer of a new machine does, before anybody has restored
    assert code == 1 and f"--erasures {tmp_path / 'small.zip'}" in said
    assert shell(app, "restore", tmp_path / "site.zip", "--erasures", tmp_path / "small.zip")[0] == 0
    assert shell(app, *again)[0] == 0
    with write() as session:
        session.execute(sa.update(SiteKey).values(value="ab" * 32))  # whether somebody had erased or not
    assert shell(app, *again)[0] == 1
    left = db.session.scalars(sa.select(Signature)).one()
    assert left.withdrawn_at and left.counted_at is None and left.letter.confirmed_count == 0
    assert shell(app, "signatures", "recount")[0] == 0


@ON_SQLITE
def test_erasures_know_who_withdrew_what_organisers_had_written_and_then_signed(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    named = make_signature(letter, confirmed=False, attested_at=now(), counted_at=now(), email="zoe@example.org")
    mine.withdraw(named.id, named.link_nonce)
    again = ("backup", "--erasures-only", "--force", tmp_path / "small.zip")
    assert shell(app, *again)[0] == 0
    own = make_signature(letter_here(), confirmed=False, email="zoe@example.org")  # which replaces that row
    confirm(own.id, own.link_nonce)
    assert shell(app, *again)[0] == 0


@ON_SQLITE
def test_what_was_erased_before_a_backup_that_does_not_know_it_is_erased_again(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    letter = make_letter(slug="rues")
    for each, note in (letter, "Elle-même"), (make_letter(slug="autre"), "Une amie"):
        make_invited(each, email="zoe@example.org", note=note)
    gone = make_signature(letter, email="zoe@example.org").public_id
    shell(app, "backup", tmp_path / "monday.zip")
    erase(gone)
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    wipe()
    shell(app, "restore", tmp_path / "monday.zip")  # without them
    with time_machine.travel(now() + timedelta(hours=1)):
        shell(app, "backup", tmp_path / "tuesday.zip")
    code, said = shell(app, "restore", tmp_path / "tuesday.zip", "--replace", "--erasures", tmp_path / "small.zip")
    assert code == 0 and "Erased again: 1" in said, said
    assert db.session.scalars(sa.select(Invitation.note)).all() == ["Une amie"]


@ON_SQLITE
def test_who_was_answered_for_or_invited_once_they_had_erased_stays(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    own = make_signature(letter, email="zoe@example.org")
    erasing.erase(own.id, own.link_nonce)
    letter = db.session.scalars(sa.select(Letter)).one()
    since = {"confirmed": False, "attested_at": now(), "counted_at": now()}
    stays = make_signature(letter, email="zoe@example.org", **since).public_id
    make_invited(letter, email="zoe@example.org")
    shell(app, "backup", tmp_path / "site.zip")
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    assert db.session.scalars(sa.select(Signature.public_id)).all() == [stays]
    assert db.session.scalars(sa.select(Invitation.email)).all() == ["zoe@example.org"]


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


@ON_SQLITE
@pytest.mark.parametrize("leaves", [erasing.erase, mine.withdraw])
def test_who_was_answered_for_then_signed_and_left_does_not_come_back_as_they_were(
    app: Flask, tmp_path: Path, leaves: Callable[[int, str], None], wipe: Callable[[], None]
) -> None:
    letter = make_letter(slug="rues")
    since = {"confirmed": False, "attested_at": now(), "counted_at": now()}
    make_signature(letter, email="zoe@example.org", **since)
    other = make_signature(letter, email="ana@example.org", **since).public_id
    shell(app, "signatures", "recount", "--repair")
    shell(app, "backup", tmp_path / "site.zip")
    letter = db.session.scalars(sa.select(Letter)).one()
    own = make_signature(letter, confirmed=False, email="zoe@example.org")
    confirm(own.id, own.link_nonce)
    leaves(own.id, own.link_nonce)
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    wipe()
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace", "--erasures", tmp_path / "small.zip")
    assert code == 0, said
    stands = sa.select(Signature.public_id).where(Signature.withdrawn_at.is_(None))
    assert db.session.scalars(stands).all() == [other]
    assert db.session.scalars(sa.select(Letter)).one().attested_count == 1
    assert shell(app, "signatures", "recount") == (0, "rues\tright\n")


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
        accept(invitation)
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
    assert refused.declined_at and said_before == (None, None, None, None)
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
