"""What people and organisers did before a backup and after it: what was taken back stays so, who came back stays."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    make_invited,
    make_letter,
    make_message,
    make_organiser,
    make_passkey,
    make_signature,
    owner_of,
)
from tests.invitations.answers import accept, decline
from tests.shell import shell
from tribune.accounts import passkeys
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.invitations.models import Invitation
from tribune.letters import life
from tribune.letters.links import preview_link
from tribune.letters.models import Letter
from tribune.mine import actions as mine
from tribune.mine.erasing import erase
from tribune.moderation import actions as moderation
from tribune.moderation.models import Batch
from tribune.organisers.models import Passkey
from tribune.outbox.actions import suppress, unsuppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Mailbox
from tribune.people.actions import correct, shown_as, words_of
from tribune.retention import forgetting
from tribune.review.queries import open_counts
from tribune.signatures.actions import not_me
from tribune.signatures.models import Flag, Signature


def letter_here() -> Letter:
    db.session.expire_all()
    return db.session.scalars(sa.select(Letter)).one()


def leave_and_come_back(between: Callable[[], object]) -> None:
    """One withdraws, one hides their line, one is written to no more, one declines; after `between`, all are back."""
    letter = make_letter(slug="rues", published=False)
    left, hidden, _ = (make_signature(letter, email=f"{name}@example.org") for name in ("lea", "ana", "zoe"))
    left, hidden = (left.id, left.link_nonce), (hidden.id, hidden.link_nonce)
    number = make_invited(letter).id
    for answer in (accept, decline):
        answer(db.session.get_one(Invitation, number))
    mine.withdraw(*left)
    mine.choose(*hidden, "published", False)
    suppress(mailbox_key("zoe@example.org"))
    between()
    mine.come_back(*left)
    mine.choose(*hidden, "published", True)
    unsuppress(mailbox_key("zoe@example.org"))
    accept(db.session.get_one(Invitation, number))


def how_they_stand() -> tuple[int, list[bool], list[str]]:
    """How many count, whether each is shown, and who is written to no more."""
    shown = db.session.scalars(sa.select(Signature.published)).all()
    suppressed = db.session.scalars(sa.select(Mailbox.key).where(Mailbox.suppressed_at.is_not(None))).all()
    return letter_here().confirmed_count, list(shown), list(suppressed)


ALL_ARE_BACK = (4, [True] * 4, [])


def test_who_came_back_before_the_backup_is_there_though_older_erasures_say_they_left(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    leave_and_come_back(lambda: shell(app, "backup", "--erasures-only", tmp_path / "small.zip"))
    make_passkey(owner_of(letter_here()))
    make_message()
    assert shell(app, "backup", tmp_path / "site.zip")[0] == 0
    wipe()
    code, said = shell(app, "restore", tmp_path / "site.zip", "--erasures", tmp_path / "small.zip")
    assert code == 0, said
    assert "before the backup: only what was erased" in said and "so that they work again: 1." in said
    assert "Some of these may have left" in said  # nor does that file know of their mails
    assert how_they_stand() == ALL_ARE_BACK


@ON_SQLITE
def test_a_restore_says_how_far_it_knows_and_how_many_left_again(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    letter = make_letter(slug="rues")
    leaves, left, _stays = (make_signature(letter) for _ in range(3))
    theirs = leaves.id, leaves.link_nonce
    mine.withdraw(left.id, left.link_nonce)
    shell(app, "backup", tmp_path / "site.zip")
    with time_machine.travel(now() - timedelta(minutes=5)):  # on a machine whose clock is as slow as it may be
        mine.withdraw(*theirs)
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    wipe()
    code, said = shell(app, "restore", tmp_path / "site.zip", "--erasures", tmp_path / "small.zip")
    assert code == 0 and "Erased again: 0, withdrawn again: 1." in said and "work again" not in said
    assert f"{tmp_path / 'small.zip'} was written at 20" in said and "has come back" not in said
    wipe()
    assert "erased or withdrew after that moment has come back" in shell(app, "restore", tmp_path / "site.zip")[1]


def test_who_withdrew_is_not_to_be_looked_at_until_they_come_back(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    signature = make_signature(letter)
    theirs = signature.id, signature.link_nonce
    with write() as session:
        session.add(Flag(letter_id=letter.id, signature_id=signature.id, kind="joke"))
        session.add(Flag(letter_id=letter.id, signature_id=signature.id, kind="mixed_scripts", cleared_at=now()))
    shell(app, "backup", tmp_path / "site.zip")
    mine.withdraw(*theirs)
    shell(app, "restore", tmp_path / "site.zip", "--replace")
    assert open_counts(letter_here()) == {}
    mine.come_back(*theirs)
    assert open_counts(letter_here()) == {"joke": 1}


@pytest.mark.parametrize("lost", [False, True])
def test_a_key_that_was_taken_back_opens_nothing_after_a_restore(
    app: Flask, tmp_path: Path, lost: bool, wipe: Callable[[], None]
) -> None:
    letter = make_letter(slug="rues", published=False)
    owner, client = owner_of(letter), app.test_client()
    life.make_preview_link(letter, owner)
    make_passkey(owner)
    make_passkey(owner)
    removed, kept = passkeys.passkeys_of(owner)
    only = make_passkey(make_organiser())
    kept_id = kept.credential_id
    path = preview_link(letter_here()).url().removeprefix("http://localhost")
    assert client.get(path).status_code == 200
    shell(app, "backup", tmp_path / "site.zip")
    if not lost:  # else the file alone knows of it
        shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    life.revoke_preview_link(letter_here(), owner_of(letter_here()), letter_here().preview_nonce)
    for each in removed, only:
        passkeys.remove(db.session.merge(each))
    if lost:
        shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
        wipe()
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace", "--erasures", tmp_path / "small.zip")
    assert code == 0 and "work again" not in said and "passkeys 2, private links 1." in said
    assert client.get(path).status_code == 404
    assert db.session.scalars(sa.select(Passkey.credential_id)).all() == [kept_id]


def test_keys_that_still_opened_come_back(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues", published=False)
    life.make_preview_link(letter, owner_of(letter))
    make_passkey(owner_of(letter))
    shell(app, "backup", tmp_path / "site.zip")
    nonce = letter_here().preview_nonce
    for more in ("--replace",), ("--replace", "--erasures", tmp_path / "small.zip"):
        shell(app, "backup", "--erasures-only", "--force", tmp_path / "small.zip")
        assert shell(app, "restore", tmp_path / "site.zip", *more)[0] == 0
        assert letter_here().preview_nonce == nonce
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Passkey)) == 1


@ON_SQLITE
def test_keys_come_back_over_a_site_that_is_another(app: Flask, tmp_path: Path, wipe: Callable[[], None]) -> None:
    letter = make_letter(slug="rues", published=False)
    life.make_preview_link(letter, owner_of(letter))
    make_passkey(owner_of(letter))
    shell(app, "backup", tmp_path / "site.zip")
    wipe()
    app.extensions.pop("tribune_site_key")
    make_letter(slug="essai", published=False)  # a new machine, on which somebody has tried what this is
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace")
    assert code == 0 and "Revoked again: passkeys 0, private links 0." in said and "so that they work again: 2." in said
    assert letter_here().preview_nonce
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Passkey)) == 1


def test_what_was_written_of_whoever_erased_is_erased_again(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    me, ana = owner_of(letter), make_signature(letter, given_name="Ana")
    zoe = make_signature(letter, given_name="Zoé", family_name="Roux", email="zoe@example.org")
    namesake = make_signature(letter, given_name="Zoe", family_name="Roux", email="other@example.org")
    words = {**words_of(ana), "role": "maire"}
    correct(ana, by=me, words=words, reason="Zoé Roux le demande", seen_as=shown_as(ana))
    batch = moderation.start(letter, by=me, verb="hide", choice={"q": "Zoé Roux"}, reason="Zoé Roux est un faux")
    moderation.advance(batch, 5)
    theirs, stays = (zoe.id, zoe.link_nonce), namesake.public_id
    shell(app, "backup", tmp_path / "site.zip")
    erase(*theirs)

    def written() -> tuple[set[str], list[tuple[str, str]]]:
        db.session.expire_all()
        lines, batches = db.session.scalars(sa.select(Event)), db.session.scalars(sa.select(Batch))
        told = {f"{line.verb} {line.subject} {line.details}" for line in lines if line.verb != Verb.SIGNATURE_ERASED}
        return told, [(batch.reason, str(batch.choice)) for batch in batches]

    left = written()
    assert "Zoé Roux" not in str(left)
    code, said = shell(app, "restore", tmp_path / "site.zip", "--replace")
    assert code == 0 and "Erased again: 1" in said, said
    assert written() == left
    assert stays in db.session.scalars(sa.select(Signature.public_id)).all()
    assert shell(app, "signatures", "recount") == (0, "rues\tright\n")


def test_who_left_and_accepted_an_invitation_since_keeps_it_once_the_signature_they_left_is_erased(
    app: Flask, tmp_path: Path
) -> None:
    letter = make_letter(slug="rues")
    left = make_signature(letter, email="lea@example.org")
    number = left.id
    mine.withdraw(number, left.link_nonce)
    accept(make_invited(letter, email="lea@example.org"))
    shell(app, "backup", tmp_path / "site.zip")
    with write():
        forgetting.withdrawn([number])
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    db.session.expire_all()
    assert db.session.scalars(sa.select(Invitation)).one().signature == db.session.scalars(sa.select(Signature)).one()


@ON_SQLITE
def test_who_was_invited_and_had_not_signed_themselves_stays_on_the_board(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    make_invited(letter, email="zoe@example.org", note="Une amie")
    make_signature(letter, confirmed=False, email="zoe@example.org")  # by whoever it was
    shell(app, "backup", tmp_path / "site.zip")
    not_me(mailbox_key("zoe@example.org"))

    def left() -> tuple[list[str], list[int]]:
        db.session.expire_all()
        return list(db.session.scalars(sa.select(Invitation.note))), list(db.session.scalars(sa.select(Signature.id)))

    assert left() == (["Une amie"], [])
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    assert left() == (["Une amie"], [])


@ON_SQLITE
def test_who_signed_and_erased_it_all_after_the_backup_is_invited_no_more(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    make_invited(letter, email="zoe@example.org")
    make_invited(letter, email="ana@example.org")
    shell(app, "backup", tmp_path / "site.zip")
    signature = make_signature(db.session.scalars(sa.select(Letter)).one(), email="zoe@example.org")
    erase(signature.id, signature.link_nonce)
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    assert db.session.scalars(sa.select(Invitation.email)).all() == ["ana@example.org"]
