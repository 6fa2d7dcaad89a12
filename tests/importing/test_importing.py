"""Earlier signatures are added once, on the word that was given for them, and taken back without a trace."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, make_invited, make_letter, make_signature, mine_path, owner_of, posted
from tests.importing import files
from tests.importing.conftest import Import, one, opened
from tests.invitations.answers import accept
from tests.page import Reader
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.importing import actions
from tribune.importing.entries import ASK, ATTEST
from tribune.letters import life
from tribune.letters.models import Letter
from tribune.mine.answering import find
from tribune.moderation.actions import advance as go_back
from tribune.moderation.actions import start, undo
from tribune.moderation.models import BatchRow
from tribune.names import organisation_key
from tribune.organisations.actions import merge
from tribune.outbox.actions import suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.people.first import set_first, set_section
from tribune.retention import actions as retention
from tribune.signatures.actions import ask_again, confirm, not_me, sign
from tribune.signatures.counting import recount
from tribune.signatures.models import Flag, Signature, Tally
from tribune.signatures.reminding import remind_due
from tribune.signatures.table import STATUSES
from tribune.signatures.wordings import WORDINGS
from tribune.statements import there_is

S = Signature


def names(letter: Letter, status: str = "attested") -> list[str]:
    query = sa.select(S.given_name).where(S.letter_id == letter.id, STATUSES[status]).order_by(S.id)
    return list(db.session.scalars(query))


def signed(letter: Letter, email: str) -> Signature:
    words = {"given_name": "Zoé", "family_name": "Évrard", "role": "", "organisation": "", "capacity": "personal"}
    sign(letter, email=email, published=True, news=False, **words)
    return db.session.scalars(sa.select(S).order_by(S.id.desc()).limit(1)).one()


def test_who_is_answered_for_counts_at_once_from_when_they_signed(import_: Import) -> None:
    letter = make_letter()
    batch = import_(letter, files.GOOGLE)
    assert names(letter) == ["Zoé", "Ana", "Léo"] and batch.done == batch.total == 3
    assert (letter.confirmed_count, letter.attested_count) == (0, 3) and recount(letter) == (0, 0)
    zoe, leo = one("Zoé"), one("Léo")
    at = datetime(2023, 11, 24, 12, 12, 5, tzinfo=UTC)
    assert (zoe.origin, zoe.signed_at, zoe.counted_at, zoe.wording) == ("import", at, at, "import")
    assert (zoe.email, zoe.mailbox_key) == ("zoe@example.org", mailbox_key("zoe@example.org"))
    assert zoe.domain is None  # else those of a file without dates would be a burst of one domain
    assert zoe.published and not leo.published and not zoe.news and not leo.news
    assert posted() == []


@ON_SQLITE
def test_their_consent_is_the_file_s_or_attested_never_more(import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.PYTITION, published=True)
    assert [(s.published, s.news) for s in map(one, ("Zoé", "Ana"))] == [(True, True), (True, False)]
    event = db.session.scalars(sa.select(Event).where(Event.verb == Verb.SIGNATURES_IMPORTED)).one()
    assert event.details["reason"] == "Ils ont signé ailleurs." and event.details["count"] == 2


def test_who_is_asked_counts_once_they_confirm(app: Flask, client: Reader, import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE, ASK)
    assert names(letter, "pending") == ["Zoé", "Ana", "Léo"] and letter.attested_count == letter.confirmed_count == 0
    assert [m.recipient for m in posted()] == ["zoe@example.org", "ana@example.org", "leo@example.org"]
    mail = posted()[0]
    assert (mail.kind, mail.budget, mail.priority) == ("ask_imported", "confirmation", 5)
    assert "24\u00a0novembre 2023" in (mail.text or "") and "Zoé Évrard" in (mail.text or "")
    assert "\n\nVotre signature n’est pas encore comptée ici." in (mail.text or "")  # apart from the line it is about
    assert client.post(confirm_path(one("Zoé"))).status_code == 303
    db.session.expire_all()
    assert letter.confirmed_count == 1 and recount(letter) == (0, 0)


def test_a_mailbox_that_has_had_enough_is_not_asked_and_leaves_no_row(import_: Import) -> None:
    letter = make_letter()
    suppress(mailbox_key("zoe@example.org"))
    for other in (make_letter(), make_letter(), make_letter()):
        signed(other, "ana@example.org")  # three mails: its budget of the day
    batch = import_(letter, files.GOOGLE, ASK)
    assert names(letter, "pending") == ["Léo"] and batch.done == 1
    assert batch.total == 2  # who asked for no more mail was refused before; a budget is known when it is spent


def test_one_mailbox_counts_once_in_the_file_and_under_the_letter(import_: Import) -> None:
    letter = make_letter()
    make_signature(letter, email="zoe@example.org")
    make_signature(letter, email="ana@example.org")
    text = files.GOOGLE + "26/11/2023 09:00:00,Leo,Roux,LEO+tribune@example.org,,\n"
    batch = import_(letter, text)
    assert names(letter) == ["Léo"] and batch.done == 1
    with pytest.raises(actions.NothingNew):
        import_(letter, text)


def test_without_an_address_the_same_line_of_the_same_moment_is_the_same_person(import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.CHANGE.encode("utf-16"))
    with pytest.raises(actions.NothingNew):
        import_(letter, files.CHANGE.encode("utf-16"))
    with pytest.raises(actions.NothingNew):  # nor is a line that tells no moment somebody else
        import_(letter, "Name,City\nZoé Évrard,Lille\n")
    another_day = files.CHANGE.replace("2023-11-24", "2023-11-28")
    assert import_(letter, another_day.encode("utf-16")).done == 1
    kinds = sa.select(Flag.kind).where(Flag.signature_id == one("Zoé").id)
    assert db.session.scalars(kinds).all() == ["same_person"]
    elsewhere = import_(make_letter(), files.CHANGE.encode("utf-16"))  # nobody learns there who stands here
    assert elsewhere.done == 3 and not there_is(Flag.letter_id == elsewhere.letter_id)
    make_signature(namesakes := make_letter(), given_name="Ana", family_name="Ba")  # with an address
    assert import_(namesakes, "Nom\nAna Ba\n").done == 1


def test_an_import_of_more_than_a_thousand_is_taken_back_whole(import_: Import, tmp_path: Path) -> None:
    letter = make_letter()
    make_signature(letter)
    batch = import_(letter, files.many(tmp_path, 1_100))
    assert letter.attested_count == 1_100 and recount(letter) == (0, 0)
    undo(batch, by=owner_of(letter))
    go_back(batch, inf)
    assert (letter.attested_count, letter.confirmed_count, batch.done) == (0, 1, 0) and recount(letter) == (0, 0)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BatchRow)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(S)) == 1
    assert [e.verb for e in db.session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(2))] == [
        "batch_undone",
        "signatures_imported",
    ]


def test_taking_back_leaves_who_confirmed_or_left_and_drops_the_mails_of_the_others(import_: Import) -> None:
    letter = make_letter()
    batch = import_(letter, files.GOOGLE, ASK)
    zoe = one("Zoé")
    confirm(zoe.id, zoe.link_nonce)
    undo(batch, by=owner_of(letter))
    assert names(letter, "confirmed") == ["Zoé"] and names(letter, "pending") == [] and batch.done == 1
    assert [m.recipient for m in posted()] == ["zoe@example.org"]
    assert letter.confirmed_count == 1 and recount(letter) == (0, 0)


def test_who_signs_here_takes_the_place_of_the_organisers_word(import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE)
    mine = signed(letter, "zoe@example.org")
    confirm(mine.id, mine.link_nonce)
    assert (letter.confirmed_count, letter.attested_count) == (1, 2) and recount(letter) == (0, 0)
    assert names(letter, "confirmed") == ["Zoé"] and names(letter) == ["Ana", "Léo"]


def test_what_organisers_decided_about_a_line_holds_once_its_owner_signs(client: Reader, import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE, published=True)
    by, people = owner_of(letter), [one("Zoé"), one("Ana")]
    for person in people:
        set_section(letter, person, "Élus", by=by)
    set_first(letter, people[0], True, by=by)
    hide = start(letter, by=by, verb="hide", choice={"ids": [one.id for one in people]}, reason="Un doute.")
    go_back(hide, inf)
    mine = [signed(letter, person.email or "") for person in people]
    for signature in mine:
        path = confirm_path(signature)
        client.post(path)
        assert "have hidden your line" in client.get(f"{path}?lang=en").text
    db.session.expire_all()
    assert [(s.status, s.section, s.position) for s in mine] == [("hidden", "Élus", 1), ("hidden", "Élus", None)]
    undo(hide, by=by)
    db.session.expire_all()
    assert [s.status for s in mine] == ["confirmed", "confirmed"] and hide.done == 0
    assert there_is(Event.signature_id == mine[1].id, Event.verb == Verb.SECTION_CHANGED)
    assert recount(letter) == (0, 0)
    go_back(start(letter, by=by, verb="hold", choice={"ids": [one("Léo").id]}, reason="Un doute."), inf)
    client.post(confirm_path(signed(letter, "leo@example.org")))
    assert recount(letter) == (0, 0)  # one who counted no more is not taken off again


@ON_SQLITE
def test_who_agreed_to_initials_alone_is_named_in_no_place_that_organisers_gave(import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE, published=True)
    set_first(letter, one("Zoé"), True, by=owner_of(letter))
    signature = signed(letter, "zoe@example.org")
    with write():
        signature.wording = WORDINGS["initials"]
    confirm(signature.id, signature.link_nonce)
    assert signature.counted_at and signature.position is None


def test_who_accepts_an_invitation_takes_the_place_of_the_organisers_word(import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE)
    accept(make_invited(letter, given_name="Zoé", family_name="Évrard", email="zoe@example.org"))
    assert (letter.confirmed_count, letter.attested_count) == (1, 2) and recount(letter) == (0, 0)


@pytest.mark.parametrize("how", [ATTEST, ASK])
def test_a_merged_organisation_is_printed_as_the_others(import_: Import, how: str) -> None:
    letter = make_letter()
    make_signature(letter, organisation="Ville de Lille")
    merge(letter, [organisation_key("Ville de Lille")], "Mairie de Lille", owner_of(letter))
    import_(letter, files.GOOGLE, how)
    zoe = one("Zoé")
    assert (zoe.printed_organisation, zoe.organisation) == ("Mairie de Lille", "Ville de Lille")
    assert zoe.organisation_key == organisation_key("Mairie de Lille")


@ON_SQLITE
def test_asking_for_links_finds_an_attested_signature_and_confirms_none(import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE)
    ask_again("zoe@example.org")
    assert posted() == []
    not_me(mailbox_key("leo@example.org"))
    assert letter.attested_count == 3 and recount(letter) == (0, 0)
    find("zoe@example.org", "fr")
    [mail] = posted()
    assert mail.recipient == "zoe@example.org" and {link["purpose"] for link in mail.links.values()} == {
        "mine",
        "not-me",
    }


def test_its_owner_can_withdraw_an_attested_signature(client: Reader, import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE)
    path = mine_path(one("Zoé"))
    assert "Withdraw my signature" in client.get(f"{path}?lang=en").text
    assert client.post(path, data={"act": "withdraw"}).status_code == 303
    db.session.expire_all()
    assert letter.attested_count == 2 and recount(letter) == (0, 0)
    assert client.post(path, data={"act": "sign-again"}).status_code == 303
    db.session.expire_all()
    assert letter.attested_count == 3 and recount(letter) == (0, 0)


@pytest.mark.parametrize(("how", "signed"), [(ASK, 3), (ATTEST, None)])
def test_under_a_published_letter_its_text_counts_as_signed_and_who_is_asked_as_having_signed(
    import_: Import, how: str, signed: int | None
) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE, how)
    assert letter.version.signed_at and db.session.scalar(sa.select(sa.func.sum(Tally.signed))) == signed


def test_whoever_is_asked_has_two_weeks_however_long_ago_they_signed(import_: Import) -> None:
    letter = make_letter()
    import_(letter, files.GOOGLE, ASK)
    assert dict(retention.run())["unconfirmed"] == 0
    with time_machine.travel(now() + timedelta(days=15)):
        assert dict(retention.run())["unconfirmed"] == 3


@pytest.mark.parametrize("days_ago", [0, 4, 40])
def test_whoever_is_asked_receives_that_one_mail_and_no_reminder(import_: Import, days_ago: int) -> None:
    signed_at = f"{now() - timedelta(days=days_ago, minutes=1):%d/%m/%Y %H:%M:%S}"
    import_(make_letter(), files.GOOGLE.replace("24/11/2023 13:12:05", signed_at), ASK)
    for days in range(7):
        with time_machine.travel(now() + timedelta(days=days)):
            remind_due()
    assert {mail.kind for mail in posted()} == {"ask_imported"}


@ON_SQLITE
def test_nobody_is_imported_under_a_closed_letter_nor_asked_before_it_is_out(import_: Import) -> None:
    draft, closed = make_letter(published=False), make_letter()
    life.close(closed, by=owner_of(closed))
    for letter, how in ((draft, ASK), (closed, ASK), (closed, ATTEST)):
        with pytest.raises(actions.CannotImport):
            import_(letter, files.GOOGLE, how)
    import_(draft, files.GOOGLE, ATTEST)
    assert draft.attested_count == 3 and draft.version.signed_at is None  # its words may still be edited


def test_who_answers_for_others_says_how_they_know(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    file, terms = opened(files.written(tmp_path, files.GOOGLE), letter, ATTEST, False)
    for without in (replace(terms, reason=" "), replace(terms, how=ASK, published=True, reason="")):
        with pytest.raises(actions.ReasonMissing):
            actions.start(letter, without, by=None, digest=file.digest, new=3)
    assert actions.latest(letter) is None
