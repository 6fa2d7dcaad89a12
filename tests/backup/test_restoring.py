"""A site comes back whole from its backup, on either database, and what people had erased stays erased."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.backup.site import go_back, make_site
from tests.factories import (
    confirm_path,
    everything,
    make_batch,
    make_invited,
    make_letter,
    make_message,
    make_signature,
    owner_of,
    posted,
)  # fmt: skip
from tests.invitations.answers import accept, decline
from tests.migrations.filled import FILLED_ANEW, SITE_KEYS, fill, rows
from tests.migrations.test_keys import JEAN
from tests.shell import shell
from tribune.audit.actions import record
from tribune.audit.models import Event, Verb
from tribune.backup.actions import ENDED, back_up
from tribune.database import SiteKey, db, is_postgresql, now, write
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.mine import actions as mine
from tribune.mine import erasing
from tribune.moderation.models import BatchRow
from tribune.organisers.models import LogIn
from tribune.outbox.actions import suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Message
from tribune.people.queries import events_of
from tribune.signatures.actions import confirm
from tribune.signatures.models import Erasure, Flag, Signature

BYTES = [(c.table.name, c.name) for t in db.metadata.sorted_tables for c in t.c if isinstance(c.type, sa.LargeBinary)]


def erase(public_id: str) -> None:
    """As its owner would have it erased: only what the backup must know of it."""
    with write() as session:
        session.add(Erasure(public_id=public_id))


def leave(public_id: str) -> None:
    """As its owner would withdraw it."""
    with write() as session:
        session.execute(sa.update(Signature).where(Signature.public_id == public_id).values(withdrawn_at=now()))


def test_a_site_comes_back_to_the_last_value(app: Flask, tmp_path: Path, wipe: Callable[[], None]) -> None:
    make_site()
    before = everything()
    code, said = shell(app, "backup", tmp_path / "site.zip")
    assert code == 0 and said.endswith(f"{tmp_path / 'site.zip'}\n") and "SECRET_KEY" in said
    wipe()
    code, said = shell(app, "restore", tmp_path / "site.zip")
    assert code == 0, said
    assert everything() == before
    assert shell(app, "signatures", "recount") == (0, "rues\tright\n")
    assert (tmp_path / "site.zip").stat().st_mode & 0o777 == 0o600


def test_it_goes_on_from_there(app: Flask, tmp_path: Path, wipe: Callable[[], None]) -> None:
    make_site()
    shell(app, "backup", tmp_path / "site.zip")
    wipe()
    shell(app, "restore", tmp_path / "site.zip")
    client = app.test_client()
    client.sign("rues")
    signature = db.session.scalars(sa.select(Signature).order_by(Signature.id.desc())).first()
    assert signature is not None
    assert client.post(confirm_path(signature)).status_code == 303
    assert db.session.scalars(sa.select(Letter)).one().confirmed_count == 4


def test_nobody_who_signs_afterwards_has_the_history_of_one_who_is_gone(app: Flask, tmp_path: Path) -> None:
    letter = make_site()
    number = make_signature(letter).id
    with write() as session:
        record(Verb.SIGNATURE_CORRECTED, team_id=letter.team_id, by=None, letter_id=letter.id, signature_id=number)
        session.execute(sa.delete(Signature).where(Signature.id == number))
    shell(app, "backup", tmp_path / "site.zip")
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    came = make_signature(db.session.scalars(sa.select(Letter)).one())
    assert came.id > number and events_of(came) == []


def test_mails_that_have_left_are_empty_and_what_json_says_of_nothing_stays(app: Flask, tmp_path: Path) -> None:
    make_message()
    with write() as session:
        session.execute(sa.update(Message).values(links=sa.JSON.NULL))
    kinds = sa.text("SELECT CAST(links AS TEXT) FROM messages")
    assert db.session.execute(kinds).all() == [("null",)]
    shell(app, "backup", tmp_path / "site.zip")
    shell(app, "restore", tmp_path / "site.zip", "--replace")
    assert db.session.execute(kinds).all() == [("null",)]


def test_what_is_there_is_replaced_only_when_asked(app: Flask, tmp_path: Path) -> None:
    make_site()
    shell(app, "backup", tmp_path / "site.zip")
    make_letter(slug="later")
    now_there = everything()
    code, said = shell(app, "restore", tmp_path / "site.zip")
    assert code == 1 and "--replace" in said and said.count("\n") == 1
    assert everything() == now_there
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    assert db.session.scalars(sa.select(Letter.slug)).all() == ["rues"]


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
    shell(app, "backup", tmp_path / "site.zip")
    mine.choose(hides.id, hides.link_nonce, "published", False)
    mine.choose(unsubscribes.id, unsubscribes.link_nonce, "news", False)
    for shown in (False, True):
        mine.choose(back.id, back.link_nonce, "published", shown)
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    if lost:
        wipe()
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace", "--erasures", tmp_path / "small.zip")
    assert code == 0, said
    columns = Signature.public_id, Signature.published, Signature.news
    found = {row[0]: (row[1], row[2]) for row in db.session.execute(sa.select(*columns))}
    assert [found[name] for name in names] == [(False, True), (True, False), (True, True), (True, True)]


def test_who_accepted_then_declined_is_named_by_no_restore(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    letter = make_letter(published=False)
    says_no, says_yes = make_invited(letter), make_invited(letter)
    for invitation in (says_no, says_yes):
        accept(invitation)
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
    assert refused.declined_at and refused.accepted_at is None and refused.signature is None
    assert db.session.scalars(sa.select(Letter)).one().confirmed_count == 1
    assert db.session.scalars(sa.select(Signature)).one().family_name != refused.family_name


def test_whoever_said_it_was_not_them_is_written_to_no_more(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    make_signature(letter, confirmed=False, email="zoe@example.org")
    answered_for = make_signature(letter, confirmed=False, email="zoe@example.org", attested_at=now()).id
    make_message("zoe@example.org")
    shell(app, "backup", tmp_path / "site.zip")
    suppress(mailbox_key("zoe@example.org"))
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace")
    assert code == 0 and "with 1 signatures" in said  # not the pending one
    assert posted() == [] and db.session.scalars(sa.select(Signature.id)).all() == [answered_for]
    make_letter()
    client = app.test_client()
    client.sign(letter_slug := db.session.scalars(sa.select(Letter.slug)).all()[0], email="zoe@example.org")
    assert letter_slug and posted() == []


def test_a_log_in_that_was_revoked_does_not_come_back(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    with write() as session:
        session.add(LogIn(id="a", organiser_id=owner_of(letter).id))
    shell(app, "backup", tmp_path / "site.zip")
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    assert db.session.scalars(sa.select(LogIn)).all() == []


def fill_as_the_site(revision: str, more: str = "") -> None:
    """Put rows into a database of that revision; bytes are bytes, as the site writes them."""
    are_bytes = [f"UPDATE {table} SET {name} = CAST({name} AS BLOB)" for table, name in BYTES]
    fill(revision, more if is_postgresql() or revision == "0001" else ";".join([more, *are_bytes]))


@pytest.mark.parametrize("revision", FILLED_ANEW[::4])  # of the others tests/migrations/test_rows.py
def test_a_backup_of_an_older_revision_is_brought_up_to_date_with_all_its_rows(
    app: Flask, tmp_path: Path, revision: str, wipe: Callable[[], None]
) -> None:
    go_back(revision)
    fill_as_the_site(revision)
    before, key = rows(), db.session.execute(SITE_KEYS).all()
    assert all(before.values())
    back_up(tmp_path / "old.zip", total=lambda _: None, told=lambda _: None)
    wipe()
    code, said = shell(app, "restore", tmp_path / "old.zip")
    assert code == 0, said
    after = rows()
    assert {name: after[name] for name in before} == {name: before[name] * (name not in ENDED) for name in before}
    assert db.session.execute(SITE_KEYS).all() == key  # people are still recognised
    assert app.test_client().get("/readyz").status_code == 200
    assert app.test_client().get("/letters/rues/signatories").status_code in {200, 404}
    assert db.session.scalars(sa.select(Signature.family_name)).all() == ["Évrard"]


def test_people_of_an_older_backup_are_found_as_those_of_today(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    go_back("0019")
    fill_as_the_site("0019", JEAN)
    back_up(tmp_path / "old.zip", total=lambda _: None, told=lambda _: None)
    wipe()
    assert shell(app, "restore", tmp_path / "old.zip")[0] == 0
    keys = db.session.scalars(sa.select(Signature.search_key).order_by(Signature.id)).all()
    assert keys == ["zoe evrard", "jean oeuvrard acmetm"]
