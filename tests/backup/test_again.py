"""What a restore does again, and what not: told in the log, for the next restore and for who comes back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.backup.test_since import ALL_ARE_BACK, how_they_stand, leave_and_come_back, letter_here
from tests.databases import ON_SQLITE
from tests.factories import all_leave, make_invited, make_letter, make_message, make_signature, owner_of, posted
from tests.invitations.answers import accept, decline
from tests.moderation.acting import do_to
from tests.outbox.returned import DRAFT
from tests.shell import shell
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.invitations import sending
from tribune.invitations.actions import attest
from tribune.invitations.models import Invitation
from tribune.letters import life
from tribune.letters.models import Letter
from tribune.mine import actions as mine
from tribune.notices.mails import REPORTS
from tribune.outbox.actions import post, suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.people.queries import events_of
from tribune.signatures.actions import confirm
from tribune.signatures.erased import names_of
from tribune.signatures.mails import ASK_TO_AGREE, PUBLISHED
from tribune.signatures.models import Erasure, Signature


def restored(app: Flask, file: Path, *more: object) -> str:
    code, said = shell(app, "restore", file, "--replace", *more)
    assert code == 0, said
    return said


def one(email: str) -> Signature:
    db.session.expire_all()
    return db.session.scalars(sa.select(Signature).where(Signature.email == email)).one()


def test_who_came_back_before_the_backup_is_there_though_it_replaces_an_older_site_where_they_had_left(
    app: Flask, tmp_path: Path
) -> None:
    leave_and_come_back(lambda: shell(app, "backup", tmp_path / "monday.zip"))
    with time_machine.travel(now() + timedelta(hours=1)):
        shell(app, "backup", tmp_path / "tuesday.zip")
    restored(app, tmp_path / "monday.zip")  # the wrong one
    assert "withdrawn again: 0" in restored(app, tmp_path / "tuesday.zip")
    assert how_they_stand() == ALL_ARE_BACK


def test_who_left_since_both_backups_is_brought_back_by_neither_though_the_older_is_restored_first(
    app: Flask, tmp_path: Path
) -> None:
    make_signature(make_letter(slug="rues"), email="ana@example.org")
    shell(app, "backup", tmp_path / "monday.zip")
    leaves, stays = (make_signature(letter_here(), email=f"{name}@example.org") for name in ("zoe", "eve"))
    theirs, names = (leaves.id, leaves.link_nonce), names_of([leaves])
    assert stays.counted_at
    shell(app, "backup", tmp_path / "tuesday.zip")
    mine.withdraw(*theirs)
    restored(app, tmp_path / "monday.zip")  # the wrong one, which does not know them
    assert set(db.session.scalars(sa.select(Erasure.public_id))) == {*names}  # no import puts them back either
    assert "Erased again: 1," in restored(app, tmp_path / "tuesday.zip")
    assert db.session.scalars(sa.select(Signature.email).order_by(Signature.id)).all() == [
        "ana@example.org", "eve@example.org",
    ]  # fmt: skip
    assert shell(app, "signatures", "recount") == (0, "rues\tright\n")


def test_who_hid_their_line_is_not_shown_by_a_second_restore_either(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    signature, other = (make_signature(letter, news=True, email=f"{name}@example.org") for name in ("zoe", "ana"))
    letter_id, theirs, others = letter.id, (signature.id, signature.link_nonce), (other.id, other.link_nonce)
    mine.choose(*theirs, "news", False)
    with write():
        for email in ("zoe@example.org", "ana@example.org"):
            assert post(PUBLISHED, email, DRAFT, {}, REPORTS, about=letter_id)  # with their line
    shell(app, "backup", tmp_path / "site.zip")
    mine.choose(*theirs, "published", False)
    mine.choose(*others, "news", False)
    done = now()
    for _ in range(2):
        restored(app, tmp_path / "site.zip")
        found = one("zoe@example.org")
        told = [mail.recipient for mail in posted()]
        assert (found.published, found.news, told) == (False, False, ["ana@example.org"])
        assert (one("ana@example.org").published, one("ana@example.org").news) == (True, False)
    for name, changed in ("zoe", ["news", "published"]), ("ana", ["news"]):
        events = sorted(events_of(one(f"{name}@example.org")), key=lambda event: str(event.details["what"]))
        assert [event.details for event in events] == [{"what": what, "to": False} for what in changed]
        same = ("consent_changed", letter_id, True)
        assert {(event.verb, event.letter_id, event.is_own) for event in events} == {same}
        assert max(event.at for event in events) < done


@ON_SQLITE
def test_whoever_left_since_is_neither_told_that_they_are_hidden_nor_asked_whether_they_agree(
    app: Flask, tmp_path: Path
) -> None:
    signature = make_signature(make_letter(slug="rues"), email="zoe@example.org")
    theirs = signature.id, signature.link_nonce
    do_to("hide", signature, tells=True)
    with write():
        assert post(ASK_TO_AGREE, "zoe@example.org", DRAFT, {}, REPORTS, about=signature.letter_id)
    shell(app, "backup", tmp_path / "site.zip")
    assert [mail.kind for mail in posted()] == ["hidden", "ask_to_agree"]
    mine.withdraw(*theirs)
    restored(app, tmp_path / "site.zip")
    assert posted() == []


@ON_SQLITE
def test_whoever_accepted_since_the_backup_and_left_is_not_reminded(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    numbers = [make_invited(letter, email=f"{name}@example.org").id for name in ("zoe", "ana", "bob")]
    sending.invite(letter, numbers, by=owner_of(letter))
    all_leave()
    shell(app, "backup", tmp_path / "site.zip")
    signature = accept(db.session.get_one(Invitation, numbers[0]))
    mine.withdraw(signature.id, signature.link_nonce)
    signature = make_signature(letter_here(), email="bob@example.org")
    mine.withdraw(signature.id, signature.link_nonce)
    decline(db.session.get_one(Invitation, numbers[2]))  # which says so by itself, and is an answer
    restored(app, tmp_path / "site.zip")
    with time_machine.travel(now() + timedelta(days=3)):
        assert list(sending.to_remind(letter_here())) == [numbers[1]]
    assert db.session.get_one(Invitation, numbers[2]).declined_at


@pytest.mark.parametrize("lost", [False, True])
def test_who_was_answered_for_then_signed_and_hid_their_line_is_not_shown_as_they_were(
    app: Flask, tmp_path: Path, lost: bool, wipe: Callable[[], None]
) -> None:
    letter = make_letter(slug="rues")
    since = {"confirmed": False, "attested_at": now(), "counted_at": now()}
    for email in ("zoe@example.org", "ana@example.org"):
        make_signature(letter, email=email, **since)
    shell(app, "backup", tmp_path / "site.zip")
    own = make_signature(letter_here(), confirmed=False, email="zoe@example.org")
    confirm(own.id, own.link_nonce)
    mine.choose(own.id, own.link_nonce, "published", False)
    shell(app, "backup", "--erasures-only", tmp_path / "small.zip")
    if lost:
        wipe()
    restored(app, tmp_path / "site.zip", "--erasures", tmp_path / "small.zip")
    assert (one("zoe@example.org").published, one("ana@example.org").published) == (False, True)


def test_who_withdrew_finds_their_place_again(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues", first="Ana Bo et Zoé Roux, maires\nLuc Da, maire")
    numbers = db.session.scalars(sa.select(Signature.id).order_by(Signature.id)).all()
    with write() as session:
        signature = session.get_one(Signature, numbers[0])
        signature.counted_at = now() - timedelta(days=400)  # as of somebody imported
    theirs, since = (signature.id, signature.link_nonce), signature.counted_at

    def places() -> list[int | None]:
        db.session.expire_all()
        return [db.session.get_one(Signature, number).position for number in numbers]

    before = places()
    assert letter.attested_count == 3
    shell(app, "backup", tmp_path / "site.zip")
    mine.withdraw(*theirs)
    assert "withdrawn again: 1" in restored(app, tmp_path / "site.zip")
    assert places()[0] is None and db.session.scalars(sa.select(Letter.attested_count)).one() == 2
    mine.come_back(*theirs)
    assert places() == before and db.session.get_one(Signature, numbers[0]).counted_at == since


@ON_SQLITE
@pytest.mark.parametrize("published", [False, True], ids=["draft", "published since"])
def test_who_declined_is_not_answered_for_again_by_the_file_that_named_them_either(
    app: Flask, tmp_path: Path, published: bool
) -> None:
    letter = make_letter(slug="rues", published=False)
    lea = {"given_name": "Léa", "family_name": "Martin", "email": "lea@example.org"}
    make_signature(letter, confirmed=False, attested_at=now(), counted_at=now(), origin="import", **lea)
    shell(app, "signatures", "recount", "--repair")
    number = make_invited(letter_here(), **lea).id
    if published:
        life.publish(letter_here(), at=now() + timedelta(hours=1))
    shell(app, "backup", tmp_path / "site.zip")
    decline(db.session.get_one(Invitation, number))
    assert db.session.scalars(sa.select(Signature)).all() == []
    with time_machine.travel(now() + timedelta(hours=2 * published)):
        restored(app, tmp_path / "site.zip")
        assert db.session.scalars(sa.select(Signature)).all() == [] and letter_here().attested_count == 0
        assert db.session.scalars(sa.select(Invitation.declined_at)).one()
        assert letter_here().is_published is published


@ON_SQLITE
def test_who_declined_while_the_line_of_a_file_was_hidden_is_not_shown_by_it(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    lea = {"given_name": "Léa", "family_name": "Martin", "email": "lea@example.org"}
    make_signature(letter, confirmed=False, attested_at=now(), counted_at=now(), origin="import", **lea)
    shell(app, "signatures", "recount", "--repair")
    number = make_invited(letter_here(), **lea).id
    shell(app, "backup", tmp_path / "site.zip")
    do_to("hide", one("lea@example.org"), tells=False)
    decline(db.session.get_one(Invitation, number))
    restored(app, tmp_path / "site.zip")
    assert db.session.scalars(sa.select(Signature)).all() == [] and letter_here().attested_count == 0


def test_who_had_yet_to_confirm_at_the_backup_and_has_left_since_is_asked_to_confirm_no_more(
    app: Flask, tmp_path: Path
) -> None:
    make_letter(slug="rues")
    for email in ("ana@example.org", "zoe@example.org"):
        app.test_client().sign("rues", email=email)
    make_message("zoe@example.org")
    theirs = one("zoe@example.org").id, one("zoe@example.org").link_nonce
    shell(app, "backup", tmp_path / "site.zip")
    others = [("ana@example.org", "ask_to_confirm"), ("zoe@example.org", "example")]
    confirm(*theirs)
    mine.withdraw(*theirs)
    for _ in range(2):
        assert "withdrawn again: 1" in restored(app, tmp_path / "site.zip")
        assert [(mail.recipient, mail.kind) for mail in posted()] == others
        confirm(*theirs)  # by the mail of then: else it would count, and be withdrawn
        assert (letter_here().confirmed_count, one("zoe@example.org").status) == (0, "withdrawn")
    assert letter_here().version.frozen_at
    mine.come_back(*theirs)
    assert (letter_here().confirmed_count, one("zoe@example.org").status) == (1, "confirmed")


def test_who_said_no_is_not_invited_by_the_mail_that_waited_and_what_was_restored_can_be_again(
    app: Flask, tmp_path: Path, wipe: Callable[[], None]
) -> None:
    letter = make_letter(slug="rues", published=False)
    declines, suppressed, stays = (
        make_invited(letter, email=f"{name}@example.org").id for name in ("lea", "zoe", "ana")
    )
    sending.invite(letter, [declines, suppressed, stays], by=owner_of(letter))
    shell(app, "backup", tmp_path / "site.zip")
    decline(db.session.get_one(Invitation, declines))
    suppress(mailbox_key("zoe@example.org"))
    restored(app, tmp_path / "site.zip")
    assert [mail.recipient for mail in posted()] == ["ana@example.org"]
    assert shell(app, "backup", tmp_path / "again.zip")[0] == 0
    wipe()
    code, said = shell(app, "restore", tmp_path / "again.zip")
    assert code == 0, said
    db.session.expire_all()
    written_to = db.session.scalars(sa.select(Invitation.id).where(Invitation.message_id.is_not(None)))
    assert written_to.all() == [stays]


def test_the_log_does_not_name_whom_organisers_had_answered_for_and_who_declined(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues", published=False)
    invitation = make_invited(letter, email="lea@example.org")
    number = invitation.id
    attest(invitation, "Par téléphone.", by=owner_of(letter))
    shell(app, "backup", tmp_path / "site.zip")
    decline(db.session.get_one(Invitation, number))
    restored(app, tmp_path / "site.zip")
    line = db.session.scalars(sa.select(Event).where(Event.verb == Verb.INVITATION_ATTESTED)).one()
    assert (line.subject, line.details, line.signature_id) == ("", {}, None)
