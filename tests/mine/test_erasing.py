"""Erasing: no table, no file and no output holds anything of somebody who has erased their signature."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    everything,
    latest_signature,
    make_letter,
    make_signature,
    mine_path,
    owner_of,
    posted,
)
from tests.mine.outputs import files, readers, where
from tests.page import Reader
from tests.traces import MARKS, in_the_files, someone, traces
from tribune.audit.models import Event, Verb
from tribune.connections import scrub_journal
from tribune.database import db, is_postgresql, now, write
from tribune.invitations.models import Invitation
from tribune.letters.life import close
from tribune.letters.models import Letter
from tribune.mine import actions
from tribune.mine.answering import find
from tribune.mine.erasing import erase
from tribune.moderation.actions import advance, start, undo
from tribune.outbox.actions import post_mail
from tribune.outbox.mailboxes import mailbox_key
from tribune.people import actions as people
from tribune.people import first
from tribune.people.actions import shown_as, words_of
from tribune.people.order import order_shown_as
from tribune.people.queries import places
from tribune.signatures.actions import SignatureUnknown
from tribune.signatures.counting import recount
from tribune.signatures.mails import already_signed, post_ask_to_confirm
from tribune.signatures.models import Erasure, Flag, Signature


def with_a_past(letter: Letter) -> Signature:
    """One to whom everything that can leave a trace has happened."""
    owner, email = owner_of(letter), MARKS[2]
    signature = someone(letter, wording="2026-11")
    someone(letter, confirmed=False)
    number, nonce = signature.id, signature.link_nonce
    key = mailbox_key(email)
    with write() as session:
        session.add(Flag(letter_id=letter.id, signature_id=number, kind="joke"))
        names = {"given_name": MARKS[0], "family_name": MARKS[1], "role": MARKS[3], "organisation": MARKS[4]}
        link = {"link_nonce": "n", "signature_id": number, "rank": 1, "note": f"Ami de {MARKS[1]}"}
        session.add(Invitation(letter_id=letter.id, email=email, mailbox_key=key, **names, **link))
        post_ask_to_confirm(signature, email)
        post_mail(already_signed(signature, email, "fr"))
    first.set_first(letter, signature, True, by=owner)
    first.join(letter, signature, by=owner, seen_as=order_shown_as(places(letter)))
    words = {**words_of(signature), "given_name": "Zéphyrine-Anne"}
    people.correct(signature, by=owner, words=words, reason=f"Écrit par {MARKS[1]}", seen_as=shown_as(signature))
    actions.correct(number, nonce, words={**words, "given_name": MARKS[0]}, seen_as=shown_as(signature))
    for choice in ({"ids": [number]}, {"q": email}, {"q": MARKS[1]}):
        reason = f"À voir avec {MARKS[1]}" if "ids" in choice else "Un essai"
        batch = start(letter, by=owner, verb="hide", choice=choice, reason=reason, tells=True)
        advance(batch, 60)
        undo(batch, by=owner)
    first.move(letter, latest_other(letter), "up", by=owner, seen_as=order_shown_as(places(letter)))
    actions.withdraw(number, nonce)
    actions.come_back(number, nonce)
    find(email, "fr")
    return signature


def latest_other(letter: Letter) -> Signature:
    return db.session.get_one(Signature, places(letter)[-1].id)


@pytest.fixture
def letter(app: Flask) -> Letter:
    # Two who print the same after their names may share a line, and then their names stand together in the log.
    return make_letter(slug="rues", first="Ada Un\nBea Deux, apicultrice (Ruche d’or)")


def test_nothing_is_left_in_any_row_nor_in_the_raw_files(app: Flask, client: Reader, letter: Letter) -> None:
    signature = with_a_past(letter)
    public_id, count = signature.public_id, letter.confirmed_count
    marks = MARKS[:3]
    assert traces(*MARKS) == set(MARKS)
    path = mine_path(signature)
    db.session.rollback()  # a reader who lingers holds the journal open
    assert client.post(f"{path}/erase").status_code == 303
    assert traces(*marks) == set()
    assert letter.confirmed_count == count - 1 and recount(letter) == (0, 0)
    assert where(MARKS[1], readers(client, letter), files(app, letter)) == set()
    assert {row.public_id for row in db.session.scalars(sa.select(Erasure))} >= {public_id}
    for table in ("flags", "batch_rows", "invitations"):
        assert db.session.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0, table
    if not is_postgresql():
        assert in_the_files() & set(marks) == set()


@ON_SQLITE  # PostgreSQL has no such journal
def test_a_reader_who_holds_the_journal_open_delays_that_until_the_next_chore(app: Flask, letter: Letter) -> None:
    signature = someone(letter)
    number, nonce = signature.id, signature.link_nonce
    with db.engine.connect() as reader:
        reader.execute(sa.text("SELECT count(*) FROM signatures"))
        erase(number, nonce)
        assert in_the_files() & set(MARKS[:3])  # else this test shows nothing
        assert scrub_journal() is False
    assert scrub_journal() is True
    assert in_the_files() & set(MARKS[:3]) == set()


@ON_SQLITE
def test_erasing_is_a_chore_of_every_hour(app: Flask) -> None:
    assert 3600 in [chore.every_seconds for chore in app.extensions["chores"] if chore.do is scrub_journal]


@ON_SQLITE
def test_it_asks_first_then_says_so_for_ever(client: Reader, letter: Letter) -> None:
    signature = someone(letter)
    path = mine_path(signature)
    before = everything()
    page = client.get(f"{path}/erase").text
    assert "Effacer définitivement" in page and everything() == before
    assert "une empreinte de votre adresse" in page and "les sauvegardes de ce site" in page  # all else goes
    assert (answer := client.post(f"{path}/erase")).status_code == 303 and answer.location == path
    for answer in (client.get(path), client.get(f"{path}/erase"), client.post(f"{path}/erase"), client.post(path)):
        assert answer.status_code == 410 and "Il ne reste rien de cette signature" in answer.text


def test_the_next_one_to_sign_is_somebody_else_to_every_link_and_log(client: Reader, letter: Letter) -> None:
    signature = someone(letter)
    path, number = mine_path(signature), signature.id
    actions.choose(number, signature.link_nonce, "news", True)
    client.post(f"{path}/erase")
    client.sign("rues", email="other@example.org")
    assert latest_signature().id >= number
    assert client.get(path).status_code == 410
    assert db.session.scalars(sa.select(Event).where(Event.signature_id.is_not(None))).all() == []


@ON_SQLITE
def test_the_log_does_not_say_what_somebody_erased_had_agreed_to(client: Reader, letter: Letter) -> None:
    signature = someone(letter)
    for what in ("news", "published"):
        actions.choose(signature.id, signature.link_nonce, what, what == "news")
    erase(signature.id, signature.link_nonce)
    client.log_in(owner_of(letter))
    log = client.get(f"/manage/letters/{letter.id}/log?lang=en").text
    assert log.count("Changed what they agreed to") == 2 and "public list" not in log


def test_others_keep_what_is_theirs(client: Reader, letter: Letter) -> None:
    squares = make_letter(slug="squares")
    there, neighbour = someone(squares), make_signature(letter, email="ada@example.org")
    signature = someone(letter)
    actions.choose(neighbour.id, neighbour.link_nonce, "news", True)
    with write():
        post_ask_to_confirm(there, MARKS[2])
        post_ask_to_confirm(neighbour, "ada@example.org")
    erase(signature.id, signature.link_nonce)
    assert there.counted_at and squares.confirmed_count == 1 and neighbour.counted_at and letter.confirmed_count == 1
    assert [mail.recipient for mail in posted()] == [MARKS[2], "ada@example.org"]
    assert db.session.scalars(sa.select(Event).where(Event.signature_id == neighbour.id)).one().subject


def test_nobody_rids_the_log_of_what_does_not_name_them(app: Flask, letter: Letter) -> None:
    """By a name that is a part of another's, of the title, or a pattern."""
    neighbour = make_signature(letter, given_name="Ada", family_name="Dupont", email="ada@example.org")
    actions.correct(
        neighbour.id,
        neighbour.link_nonce,
        words={**words_of(neighbour), "role": "maire"},
        seen_as=shown_as(neighbour),
    )
    close(letter, by=owner_of(letter))
    told = sa.select(Event.verb, Event.subject, Event.details).order_by(Event.id)
    before = db.session.execute(told).all()
    assert {verb for verb, _subject, _details in before} >= {Verb.LINE_REWORDED, Verb.LETTER_CLOSED}
    names = [("a", "D"), ("da", "Dupont"), ("Ada", "Dup"), ("Pour", "des"), (".", "*")]
    for number, (given_name, family_name) in enumerate(names, 1):
        signature = make_signature(letter, given_name=given_name, family_name=family_name)
        erase(signature.id, signature.link_nonce)
        assert db.session.execute(told).all()[:-number] == before, (given_name, family_name)


def test_a_withdrawn_or_held_one_lowers_no_number(app: Flask, letter: Letter) -> None:
    make_signature(letter)
    for column in ("withdrawn_at", "held_at"):
        signature = someone(letter)
        actions.withdraw(signature.id, signature.link_nonce)
        with write():
            signature.withdrawn_at, signature.held_at = None, None
            setattr(signature, column, now())
        erase(signature.id, signature.link_nonce)
        assert letter.confirmed_count == 1 and recount(letter) == (0, 0)


def test_the_budget_of_the_mailbox_is_not_given_back(client: Reader, letter: Letter) -> None:
    for _ in range(3):
        client.sign("rues", email=MARKS[2])
    with write():
        for mail in posted():
            mail.sent_at = now()
            mail.links = mail.text = mail.html = mail.subject = mail.recipient = None
    erase(latest_signature().id, latest_signature().link_nonce)
    client.sign("rues", email=MARKS[2])
    assert [mail.about for mail in posted()] == [None] * 3


def test_twice_is_once(app: Flask, letter: Letter) -> None:
    signature = someone(letter)
    number, nonce = signature.id, signature.link_nonce
    erase(number, nonce)
    with pytest.raises(SignatureUnknown):
        erase(number, nonce)
    assert letter.confirmed_count == 0
    told = db.session.scalars(sa.select(Event).where(Event.verb == Verb.SIGNATURE_ERASED)).all()
    assert [(event.subject, event.details, event.signature_id) for event in told] == [("", {}, None)]
