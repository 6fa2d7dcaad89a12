"""Hide, show, hold, release: exactly who was chosen, in pieces, and back exactly as it was."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import everything, make_letter, make_signature, owner_of
from tests.moderation.acting import back, do, dump, make_many, start
from tests.page import Reader, listed
from tests.threads import LONG, at_once
from tribune.audit.models import Event
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.moderation import actions, pieces
from tribune.moderation.actions import NobodyConcerned, ReasonMissing, advance, undo
from tribune.moderation.models import Batch, BatchRow
from tribune.signatures.actions import confirm, not_me
from tribune.signatures.counting import recount
from tribune.signatures.models import Signature


@pytest.mark.parametrize(
    ("verb", "people", "at_once"),
    [("hide", 2_100, pieces.AT_ONCE), *((verb, 200, 50) for verb in ("hold", "show", "release"))],
)
def test_many_pieces_are_changed_and_put_back_exactly(
    letter: Letter, verb: str, people: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", at_once)
    make_many(letter, people)
    numbers = (letter.confirmed_count, letter.attested_count)
    if verb in {"show", "release"}:
        do(letter, {"show": "hide", "release": "hold"}[verb], {"q": "n1"})
    before = dump()
    batch = do(letter, verb)
    assert batch.done == batch.total > pieces.AT_ONCE and batch.finished_at
    assert recount(letter) == (0, 0)
    assert dump() != before
    if verb == "hold":
        assert (letter.confirmed_count, letter.attested_count) == (0, 0)
    elif verb == "release":
        assert (letter.confirmed_count, letter.attested_count) == numbers
    back(batch)
    assert dump() == before and recount(letter) == (0, 0)
    assert (batch.done, bool(batch.undone_at), bool(batch.finished_at)) == (0, True, True)


def test_only_who_can_be_changed_and_was_chosen_is(letter: Letter) -> None:
    hidden = make_signature(letter, family_name="Caché", hidden_at=now() - timedelta(days=2))
    chosen = make_signature(letter, family_name="Choisi")
    other = make_signature(letter, family_name="Autre")
    stranger = make_signature(make_letter())
    left, nameless = make_signature(letter, withdrawn_at=now()), make_signature(letter, anonymised_at=now())
    since = hidden.hidden_at
    batch = do(letter, choice={"ids": [each.id for each in (hidden, chosen, stranger, left, nameless)]})
    assert (batch.total, batch.done) == (1, 1)
    assert chosen.hidden_at and hidden.hidden_at == since and not other.hidden_at and not stranger.hidden_at
    with pytest.raises(NobodyConcerned):
        start(letter, choice={"ids": [chosen.id]})
    with pytest.raises(NobodyConcerned):
        start(letter, verb="release")


def test_who_signs_after_the_choice_is_not_concerned(letter: Letter) -> None:
    first = make_signature(letter)
    batch = start(letter, choice={"q": "zoe"})
    later = make_signature(letter)
    advance(batch, LONG)
    assert first.hidden_at and not later.hidden_at
    with pytest.raises(NobodyConcerned):
        start(letter, choice={"q": "zoe"}, up_to_id=first.id, reason="Un autre.")


@ON_SQLITE
def test_hiding_and_holding_need_a_reason(letter: Letter) -> None:
    make_signature(letter)
    for verb in ("hide", "hold"):
        with pytest.raises(ReasonMissing):
            start(letter, verb, reason=" ")
    assert start(letter, "hide", reason="Un  essai").reason == "Un essai"


def test_a_hidden_name_leaves_the_page_and_comes_back(letter: Letter, client: Reader) -> None:
    chosen = make_signature(letter, family_name="Choisi")
    make_signature(letter, family_name="Autre")
    places = ("/letters/rues/signatories", "/letters/rues/signatories?q=choisi", "/letters/rues")

    def seen() -> list[bool]:
        found = ["Zoé Choisi" in " ".join(listed(client.get(place).text)) for place in places]
        return [*found, "Choisi" in client.get("/letters/rues/signatories.csv").text]

    assert all(seen())
    batch = do(letter, choice={"ids": [chosen.id]})
    assert not any(seen())
    db.session.refresh(letter)
    assert letter.confirmed_count == 2  # hidden ones still count
    back(batch)
    assert all(seen())


def test_holding_lowers_the_count_and_releasing_restores_it(letter: Letter, client: Reader) -> None:
    chosen, waits = make_signature(letter), make_signature(letter, confirmed=False)
    counted_at = chosen.counted_at
    do(letter, "hold")
    assert (letter.confirmed_count, chosen.counted_at, waits.status) == (0, None, "held")
    assert listed(client.get("/letters/rues/signatories").text) == []
    do(letter, "release")
    assert (letter.confirmed_count, chosen.counted_at, waits.status) == (1, counted_at, "pending")
    assert waits.counted_at is None and recount(letter) == (0, 0)
    do(letter, "hide")
    do(letter, "show")
    told = db.session.scalars(sa.select(Event.verb).order_by(Event.id)).all()
    assert told[-4:] == ["signatures_held", "signatures_released", "signatures_hidden", "signatures_shown"]


def test_an_attested_name_that_is_held_counts_among_the_attested_again(app: Flask) -> None:
    letter = make_letter(first="Léa Martin\nNoé Petit")
    batch = do(letter, "hold", {"status": "attested"})
    assert (letter.confirmed_count, letter.attested_count) == (0, 0)
    back(batch)
    assert (letter.confirmed_count, letter.attested_count) == (0, 2)


@pytest.mark.parametrize("released_by", ["release", "undo"])
def test_who_confirms_while_held_counts_once_released(letter: Letter, released_by: str) -> None:
    waits = make_signature(letter, confirmed=False)
    batch = do(letter, "hold")
    confirm(waits.id, waits.link_nonce)
    assert waits.confirmed_at and waits.counted_at is None
    assert letter.confirmed_count == 0 and recount(letter) == (0, 0)
    if released_by == "release":
        do(letter, "release")
    else:
        back(batch)
    assert waits.counted_at == waits.confirmed_at
    assert letter.confirmed_count == 1 and recount(letter) == (0, 0)


def test_a_batch_stopped_half_way_goes_on_and_can_be_undone_half_way(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", 10)
    make_many(letter, 35)
    before = dump()
    batch = start(letter, "hold")
    for done in (10, 20):
        advance(batch, 0)
        assert (batch.done, batch.finished_at) == (done, None) and recount(letter) == (0, 0)
    number = batch.id
    db.session.remove()  # the process dies here, and another goes on
    batch = db.session.get_one(Batch, number)
    monkeypatch.setattr(actions, "AT_ONE_PRESS", 0)
    undo(batch, by=owner_of(batch.letter))
    assert (batch.done, batch.finished_at) == (10, None)
    undo(batch, by=owner_of(batch.letter))  # pressed twice: goes on, and is told once
    assert batch.done == 0
    advance(batch, LONG)
    assert batch.finished_at and dump() == before
    told = db.session.scalars(sa.select(Event.verb).order_by(Event.id)).all()
    assert told[-2:] == ["signatures_held", "batch_undone"]
    again = start(letter_of(batch), "hold")
    advance(again, 0)
    advance(again, LONG)
    assert (again.done, again.total) == (35, 35)


def letter_of(batch: Batch) -> Letter:
    return batch.letter


def test_what_something_else_changed_since_is_left_and_counted(letter: Letter) -> None:
    kept, shown, left = (make_signature(letter) for _ in range(3))
    batch = do(letter)
    showing = do(letter, "show", {"ids": [shown.id]})
    again = do(letter, "hide", {"ids": [shown.id]})
    since = shown.hidden_at
    back(showing)
    assert (shown.hidden_at, showing.done) == (since, 1)
    with write() as session:
        session.delete(left)
    back(batch)
    assert (kept.hidden_at, shown.hidden_at, batch.done) == (None, since, 2)
    back(again)
    assert shown.hidden_at is None


def test_hiding_and_holding_the_same_row_are_undone_apart(letter: Letter) -> None:
    signature = make_signature(letter)
    before = dump()
    hidden, held = do(letter, "hide"), do(letter, "hold")
    back(hidden)
    assert (signature.hidden_at, bool(signature.held_at), signature.counted_at) == (None, True, None)
    back(held)
    assert dump() == before


def test_a_pending_signature_in_a_batch_can_still_be_removed_by_its_owner(letter: Letter) -> None:
    waits = make_signature(letter, confirmed=False)
    batch = do(letter)
    not_me(waits.mailbox_key or "")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BatchRow)) == 0
    back(batch)
    assert batch.undone_at and batch.finished_at


@ON_SQLITE
def test_looking_at_what_would_happen_changes_nothing(letter: Letter, client: Reader) -> None:
    signature = make_signature(letter)
    client.log_in(owner_of(letter))
    before = everything()
    address = f"/manage/letters/{letter.id}/signatures/batches/new?verb=hide&ids={signature.id}"
    assert client.get(address).status_code == 200
    assert everything() == before


def test_batches_and_confirmations_at_once_leave_the_counters_right(
    app: Flask, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", 7)
    make_many(letter, 100)
    with write():
        waiting = [make_signature(letter, confirmed=False) for _ in range(20)]
    begun = [("hold", "Un"), ("hide", "Un"), ("hold", "Deux"), ("hide", "Deux")]
    batches = [start(letter, verb, reason=reason).id for verb, reason in begun]
    links = [(signature.id, signature.link_nonce) for signature in waiting]
    db.session.rollback()

    def go_on(number: int) -> Callable[[], None]:
        return lambda: advance(db.session.get_one(Batch, number), LONG)

    def confirm_all() -> None:
        for number, nonce in links:
            confirm(number, nonce)

    at_once(app, [*map(go_on, [*batches, batches[0]]), confirm_all])
    assert recount(letter) == (0, 0)
    done = [db.session.get_one(Batch, number) for number in batches]
    assert all(batch.finished_at for batch in done)
    rows = db.session.scalars(sa.select(Signature).where(Signature.letter_id == letter.id)).all()
    assert len(rows) == 120 and all(row.held_at and row.hidden_at and row.counted_at is None for row in rows)
    # Each row was changed by exactly one batch of each kind.
    assert done[0].done + done[2].done == 120 and done[1].done + done[3].done == 120

    def go_back(number: int) -> Callable[[], None]:
        return lambda: back(db.session.get_one(Batch, number))

    at_once(app, [*map(go_back, [*batches, batches[0]])])
    rows = db.session.scalars(sa.select(Signature).where(Signature.letter_id == letter.id)).all()
    assert not any(row.held_at or row.hidden_at for row in rows)
    assert all((row.counted_at is None) is (row.status == "pending") for row in rows)
    assert recount(letter) == (0, 0) and letter.confirmed_count == 80 + 20
