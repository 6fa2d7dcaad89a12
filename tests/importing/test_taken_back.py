"""Taking back an import leaves what people decided themselves, and the log says what happened and what was attested."""

from collections.abc import Callable
from contextlib import suppress
from math import inf
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_organiser, make_signature, mine_path, owner_of, posted
from tests.importing import files
from tests.importing.conftest import Import, opened
from tests.page import Reader
from tests.threads import LONG
from tests.turns import take_turns
from tribune.audit.models import Event, Verb
from tribune.database import db, write
from tribune.importing import actions
from tribune.importing.entries import ASK, ATTEST
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.mine.actions import choose, come_back, correct, withdraw
from tribune.moderation import actions as moderation
from tribune.moderation import pieces
from tribune.moderation.actions import advance, undo
from tribune.moderation.models import Batch
from tribune.organisers.models import Organiser
from tribune.outbox.mailboxes import mailbox_key
from tribune.people.actions import correct as correct_theirs
from tribune.people.actions import shown_as, words_of
from tribune.people.removing import remove
from tribune.retention.forgetting import names
from tribune.signatures.actions import SignatureUnknown, confirm, not_me
from tribune.signatures.counting import recount
from tribune.signatures.models import Signature

S = Signature
MARC = "26/11/2023 09:00:00,Marc,Petit,marc@example.org,,Oui\n"


def of(letter: Letter, name: str) -> Signature:
    return db.session.scalars(sa.select(S).where(S.letter_id == letter.id, S.given_name == name)).one()


def said(letter: Letter, verb: Verb) -> dict[str, object]:
    db.session.expire_all()
    return db.session.scalars(sa.select(Event).where(Event.letter_id == letter.id, Event.verb == verb)).one().details


def test_what_people_decided_themselves_is_taken_back_by_nobody_and_no_second_import(
    client: Reader, import_: Import
) -> None:
    letter = make_letter()
    batch = import_(letter, files.GOOGLE + MARC, published=True)
    zoe, ana, leo = (of(letter, name) for name in ("Zoé", "Ana", "Léo"))
    choose(zoe.id, zoe.link_nonce, "published", False)
    correct(ana.id, ana.link_nonce, words={**words_of(ana), "role": "éditrice"}, seen_as=shown_as(ana))
    withdraw(leo.id, leo.link_nonce)
    come_back(leo.id, leo.link_nonce)
    undo(batch, by=owner_of(letter))
    assert batch.done == letter.attested_count == 3 and recount(letter) == (0, 0)
    assert said(letter, Verb.BATCH_UNDONE)["count"] == 1
    assert client.get(mine_path(zoe)).status_code == 200
    assert import_(letter, files.GOOGLE + MARC, published=True).done == 1
    assert not of(letter, "Zoé").published and of(letter, "Ana").role == "éditrice" and of(letter, "Marc").published


def test_no_mail_tells_of_a_correction_of_a_line_that_is_gone(app: Flask, import_: Import) -> None:
    ways: list[tuple[bool, Callable[[Batch, Signature], object]]] = [
        (True, lambda batch, _row: undo(batch, by=owner_of(batch.letter))),
        (False, lambda _batch, row: remove(row, by=owner_of(row.letter))),
        (True, lambda batch, _row: confirm_another(batch.letter, "marc@example.org")),
    ]
    for number, (published, do) in enumerate(ways):
        batch = import_(make_letter(published=published), files.GOOGLE + MARC)
        marc = of(batch.letter, "Marc")
        words, seen_as = {**words_of(marc), "role": "maire"}, shown_as(marc)
        correct_theirs(marc, by=owner_of(batch.letter), words=words, reason="Une coquille.", seen_as=seen_as)
        assert [mail.kind for mail in posted()] == ["corrected"], number
        do(batch, marc)
        assert posted() == [], number


def test_no_mail_asks_to_confirm_what_is_gone_and_those_of_another_file_leave(app: Flask, import_: Import) -> None:
    batch, other = (import_(make_letter(), files.GOOGLE, ASK) for _ in range(2))
    assert import_(batch.letter, files.GOOGLE + MARC, ASK).done == 1
    undo(batch, by=owner_of(batch.letter))
    assert [mail.about for mail in posted()] == [other.letter_id] * other.done + [batch.letter_id]


def confirm_another(letter: Letter, email: str) -> None:
    own = make_signature(letter, email=email, confirmed=False)
    confirm(own.id, own.link_nonce)


@pytest.mark.parametrize("pause", [1, 2])
@pytest.mark.parametrize("undone_first", [True, False])
def test_nor_what_they_decide_at_that_very_moment(app: Flask, import_: Import, undone_first: bool, pause: int) -> None:
    letter = make_letter()
    number, by = import_(letter, files.GOOGLE, published=True).id, owner_of(letter)
    zoe, hidden = of(letter, "Zoé"), []
    link, team = (zoe.id, zoe.link_nonce), by.id

    def take_back() -> None:
        undo(db.session.get_one(Batch, number), by=db.session.get_one(Organiser, team))

    def hide() -> None:
        with suppress(SignatureUnknown):  # it was taken back before
            choose(*link, "published", False)
            hidden.append(True)

    assert take_turns(app, *((take_back, hide) if undone_first else (hide, take_back)), pause)
    stays = db.session.scalars(sa.select(S)).all()
    assert [one.published for one in stays] == ([False] if hidden else [])


def test_nor_those_whose_names_are_deleted_at_that_very_moment(
    app: Flask, import_: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", 1)
    monkeypatch.setattr(moderation, "AT_ONE_PRESS", 0)
    letter = make_letter()
    batch = import_(letter, files.GOOGLE)
    undo(batch, by=owner_of(letter))  # of three, one is gone
    number, letter_id, ids = batch.id, letter.id, list(db.session.scalars(sa.select(S.id)))

    def forget() -> None:
        with write():  # as retention does
            lock(db.session.get_one(Letter, letter_id))
            names(ids)

    assert take_turns(app, forget, lambda: advance(db.session.get_one(Batch, number), LONG), 1)
    there = sa.select(S.anonymised_at.is_not(None), S.counted_at.is_not(None))
    assert db.session.execute(there).all() == [(True, True)] * 2
    letter = db.session.get_one(Letter, letter_id)
    assert letter.attested_count == 2 and recount(letter) == (0, 0)


def test_who_does_not_sign_a_new_text_stays_a_refusal(app: Flask, import_: Import) -> None:
    letter = make_letter()
    batch = import_(letter, files.GOOGLE)
    db.session.execute(sa.update(S).where(S.given_name == "Zoé").values(disagreed_at=sa.func.now(), counted_at=None))
    db.session.execute(sa.update(Letter).values(attested_count=2))
    db.session.commit()
    undo(batch, by=owner_of(letter))
    assert import_(letter, files.GOOGLE).done == 2
    assert of(letter, "Zoé").disagreed_at and letter.attested_count == 2 and recount(letter) == (0, 0)


def test_the_log_says_how_many_were_asked_and_how_many_were_taken_back(app: Flask, tmp_path: Path) -> None:
    letter = make_letter()
    file, terms = opened(files.many(tmp_path, 110), letter, ASK, True)
    batch = actions.start(letter, terms, by=None, digest=file.digest, new=110)
    assert said(letter, Verb.SIGNATURES_IMPORTED)["count"] == 0
    importing = actions.advance(batch, file.sheets(100), terms, inf)
    next(importing)
    half = batch.done
    assert 0 < half < 110 and said(letter, Verb.SIGNATURES_IMPORTED)["count"] == half
    not_me(mailbox_key("earlier109@example.org"))  # is not asked any more
    list(actions.advance(batch, file.sheets(100), terms, inf))
    assert said(letter, Verb.SIGNATURES_IMPORTED) == {
        "batch": batch.id,
        "reason": "Ils ont signé ailleurs.",
        "count": 109,
        "how": ASK,
        "published": True,
    }
    someone = db.session.scalars(sa.select(S).limit(1)).one()
    db.session.execute(sa.update(S).where(S.id == someone.id).values(position=1))
    db.session.commit()
    undo(batch, by=owner_of(letter))
    assert said(letter, Verb.BATCH_UNDONE)["count"] == 108 and batch.done == 1
    assert said(letter, Verb.SIGNATURES_IMPORTED)["count"] == 109


def test_what_the_log_says_of_each_goes_with_them(import_: Import) -> None:
    letter = make_letter()
    batch, team = import_(letter, files.GOOGLE), owner_of(letter)
    zoe, ana = of(letter, "Zoé"), of(letter, "Ana")
    for their in (zoe, ana):
        words = {**words_of(their), "family_name": "Quatrebarbes"}
        correct_theirs(their, by=team, words=words, reason="Dit par Quatrebarbes.", seen_as=shown_as(their))
    confirm(ana.id, ana.link_nonce)  # her word stays, and so does its history
    undo(batch, by=team)
    lines = db.session.scalars(sa.select(Event).where(Event.verb == Verb.SIGNATURE_CORRECTED).order_by(Event.id)).all()
    gone, stays = lines
    assert (gone.subject, gone.details, gone.signature_id) == ("", {}, None)
    assert "Quatrebarbes" in stays.subject and stays.signature_id == ana.id


@ON_SQLITE
def test_the_log_and_the_page_say_what_the_organisers_attested(client: Reader, import_: Import) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    team = make_organiser()
    client.log_in(team)
    for published in (True, False):
        for how in (ASK, ATTEST):
            letter = make_letter(team)
            batch = import_(letter, files.GOOGLE, how, published)
            for path in ("log", f"signatures/batches/{batch.id}"):
                page = client.get(f"/manage/letters/{letter.id}/{path}").text
                assert ("that each of them agreed to" in page) is published


@ON_SQLITE
def test_the_command_says_why_some_stay(app: Flask, import_: Import) -> None:
    letter = make_letter(slug="rues")
    import_(letter, files.GOOGLE)
    zoe = of(letter, "Zoé")
    choose(zoe.id, zoe.link_nonce, "news", True)
    answer = app.test_cli_runner().invoke(args=["signatures", "undo-import", "rues"])
    assert "stay, since they were changed meanwhile: 1.\n" in answer.output and of(letter, "Zoé").news
