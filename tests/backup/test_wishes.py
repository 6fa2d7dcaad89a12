"""What people had erased or withdrawn stays so, whichever backup is restored."""

import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.backup.site import make_site
from tests.backup.test_since import letter_here
from tests.databases import ON_SQLITE
from tests.factories import (
    everything,
    make_batch,
    make_invited,
    make_letter,
    make_message,
    make_signature,
)
from tests.shell import shell
from tribune.audit.actions import record
from tribune.audit.models import Event, Verb
from tribune.backup.wishes import Wishes
from tribune.database import db, now, write
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.mine import actions as mine
from tribune.mine import erasing
from tribune.moderation.models import BatchRow
from tribune.outbox.models import Message
from tribune.signatures.actions import confirm
from tribune.signatures.erased import owner_name
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
def test_of_who_has_left_more_than_once_the_last_moment_is_kept(app: Flask) -> None:
    first, second, third = (f"2026-12-0{day}T12:00:00+00:00" for day in (1, 2, 3))
    wished = Wishes(None)
    left = [["a", first, 1, "zoe"], ["b", third, 1, "zoe"], ["c", second, 1, "zoe"], ["d", first, 1, "ana"]]
    wished.add("signatures", ["public_id", "withdrawn_at", "letter_id", "mailbox_key"], left)
    wished.add("erasures", ["public_id", "erased_at"], [["d", second]])
    with write() as session:
        wished.grant(session.connection())
    kept = {one.public_id: one.erased_at.isoformat() for one in db.session.scalars(sa.select(Erasure))}
    owners = {owner_name(1, "zoe"): third, owner_name(1, "ana"): first}
    assert kept == {"a": first, "b": third, "c": second, "d": second, **owners}


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
def test_who_was_answered_for_or_invited_once_they_had_erased_stays_until_they_erase_again(
    app: Flask, tmp_path: Path
) -> None:
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
    own = make_signature(letter_here(), confirmed=False, email="zoe@example.org")
    confirm(own.id, own.link_nonce)
    erasing.erase(own.id, own.link_nonce)  # again, so that what came in between goes too
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    assert (db.session.scalars(sa.select(Signature)).all(), db.session.scalars(sa.select(Invitation)).all()) == ([], [])


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
