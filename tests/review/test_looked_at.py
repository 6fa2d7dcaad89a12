"""Who hides or holds somebody has looked: their flags leave the list, and come back when that is undone."""

import re
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_signature, owner_of
from tests.page import Reader
from tests.threads import LONG, at_once
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.mine.actions import come_back, correct, withdraw
from tribune.moderation import actions as moderation
from tribune.moderation import pieces
from tribune.moderation.models import Batch
from tribune.people.actions import shown_as, words_of
from tribune.review import actions
from tribune.review.queries import flagged, open_counts
from tribune.signatures.actions import sign
from tribune.signatures.flags import BURST
from tribune.signatures.models import Flag, Signature


def flag(letter: Letter, *kinds: str, **given: Any) -> Signature:
    return make_signature(letter, flags=[Flag(letter_id=letter.id, kind=kind) for kind in kinds], **given)


def do(letter: Letter, verb: str, **choice: Any) -> Batch:
    batch = moderation.start(letter, by=owner_of(letter), verb=verb, choice=choice, reason="Un essai.")
    moderation.advance(batch, LONG)
    return batch


def back(batch: Batch) -> None:
    moderation.undo(batch, by=owner_of(batch.letter))
    moderation.advance(batch, LONG)


@pytest.mark.parametrize("verb", ["hide", "hold"])
def test_flags_of_who_is_hidden_or_held_leave_the_list_until_it_is_undone(letter: Letter, verb: str) -> None:
    joke, other = flag(letter, "joke", "no_affiliation"), flag(letter, "joke")
    batch = do(letter, verb, ids=[joke.id])
    assert open_counts(letter) == {"joke": 1}
    assert [signature for _, signature in flagged(letter, "joke")[0]] == [other]
    back(batch)
    assert open_counts(letter) == {"joke": 2, "no_affiliation": 1}


@ON_SQLITE
@pytest.mark.parametrize("verb", ["show", "release"])
def test_flags_that_came_to_who_was_hidden_or_held_stay_when_that_ends(letter: Letter, verb: str) -> None:
    joke = flag(letter, "joke")
    with write():
        setattr(joke, {"show": "hidden_at", "release": "held_at"}[verb], now())
    assert do(letter, verb, ids=[joke.id]).done == 1 and open_counts(letter) == {"joke": 1}


def test_what_was_found_right_before_stays_so_when_hiding_is_undone(letter: Letter) -> None:
    joke = flag(letter, "joke", "burst")
    actions.clear(letter, "burst", [joke.id], owner_of(letter))
    back(do(letter, "hide", ids=[joke.id]))
    assert open_counts(letter) == {"joke": 1}


def test_who_is_hidden_by_the_flag_in_several_pieces_is_all_of_them(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", 2)
    for _ in range(5):
        flag(letter, "joke")
    batch = do(letter, "hide", flag="joke")
    assert (batch.done, open_counts(letter)) == (5, {})
    back(batch)
    assert open_counts(letter) == {"joke": 5}


def test_who_was_held_by_the_filter_waits_to_be_looked_at(letter: Letter) -> None:
    suspect = flag(letter, "network", held_at=now())
    assert open_counts(letter) == {"network": 1}
    batch = do(letter, "hide", ids=[suspect.id])
    assert open_counts(letter) == {}
    back(batch)
    assert open_counts(letter) == {"network": 1} and suspect.held_at


def test_showing_again_on_purpose_flags_nobody_anew(letter: Letter) -> None:
    joke = flag(letter, "joke")
    do(letter, "hide", ids=[joke.id])
    do(letter, "show", ids=[joke.id])
    assert open_counts(letter) == {}


@pytest.mark.parametrize("shown_since", [False, True])
def test_undoing_what_an_old_page_found_right_puts_back_nothing_of_a_batch(letter: Letter, shown_since: bool) -> None:
    ids, by = [flag(letter, "joke").id for _ in range(3)], owner_of(letter)
    batch = do(letter, "hide", ids=ids)
    if shown_since:
        do(letter, "show", ids=ids)
    assert actions.clear(letter, "joke", ids[:1], by) is None
    assert actions.unclear(letter, "joke", batch.created_at, by) == 0  # nor by the moment of the batch itself
    assert open_counts(letter) == {}


def test_undoing_what_an_old_page_found_right_puts_back_nobody_who_has_left(letter: Letter) -> None:
    joke, by = flag(letter, "joke"), owner_of(letter)
    withdraw(joke.id, joke.link_nonce)
    assert actions.clear(letter, "joke", [joke.id], by) is None
    assert joke.withdrawn_at and actions.unclear(letter, "joke", joke.withdrawn_at, by) == 0
    assert open_counts(letter) == {}


@pytest.mark.parametrize("verb", ["hide", "hold", "leave"])
def test_undoing_what_was_found_right_lists_nobody_hidden_held_or_gone_since(letter: Letter, verb: str) -> None:
    joke, other, by = flag(letter, "joke"), flag(letter, "joke"), owner_of(letter)
    moment = actions.clear(letter, "joke", [joke.id, other.id], by)
    assert moment
    if verb == "leave":
        withdraw(joke.id, joke.link_nonce)
    else:
        batch = do(letter, verb, ids=[joke.id])
    assert actions.unclear(letter, "joke", moment, by) == 1
    assert [signature for _, signature in flagged(letter, "joke")[0]] == [other]
    if verb == "leave":
        come_back(joke.id, joke.link_nonce)
    else:
        back(batch)
    assert open_counts(letter) == {"joke": 2}


@pytest.mark.parametrize(("before", "then"), [("hide", "clear"), ("hold", "clear"), ("hide", "hold"), ("hold", "hide")])
def test_words_changed_while_hidden_or_held_are_to_be_looked_at_once_what_came_after_is_undone(
    letter: Letter, before: str, then: str
) -> None:
    mickey, by = flag(letter, "joke", given_name="Mickey", family_name="Mouse"), owner_of(letter)
    do(letter, before, ids=[mickey.id])
    words = {**words_of(mickey), "role": "souris"}
    correct(mickey.id, mickey.link_nonce, words=words, seen_as=shown_as(mickey))
    assert open_counts(letter) == {"joke": 1}
    if then == "clear":
        moment = actions.clear(letter, "joke", [mickey.id], by)
        assert moment and open_counts(letter) == {}
        assert actions.unclear(letter, "joke", moment, by) == 1
    else:
        batch = do(letter, then, ids=[mickey.id])
        assert open_counts(letter) == {}
        back(batch)
    assert open_counts(letter) == {"joke": 1}


@ON_SQLITE
def test_an_old_page_says_that_nobody_of_it_is_on_the_list(letter: Letter, client: Reader) -> None:
    joke = flag(letter, "joke")
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/review"
    typed = {"csrf_token": client.fields(page)["csrf_token"], "kind": "joke", "id": joke.id}
    do(letter, "hide", ids=[joke.id])
    answer = client.post(f"{page}/clear?lang=en", data=typed)
    shown = client.get(f"{answer.location}&lang=en").text
    assert "They are already off the list." in shown and "Undo" not in shown


def test_an_old_page_undoes_no_more_than_it_has_found_right(letter: Letter) -> None:
    jokes, by = [flag(letter, "joke").id for _ in range(3)], owner_of(letter)
    moment = actions.clear(letter, "joke", jokes, by)
    assert moment and actions.clear(letter, "joke", jokes[::-1], by) == moment  # pressed twice
    assert actions.clear(letter, "joke", jokes[:1], by) is None  # by a colleague, who would take all three back
    assert open_counts(letter) == {}


@pytest.mark.parametrize("verb", ["hide", "hold"])
def test_who_has_left_is_on_the_list_only_once_they_are_back(letter: Letter, verb: str) -> None:
    joke = flag(letter, "joke")
    batch = do(letter, verb, ids=[joke.id])
    withdraw(joke.id, joke.link_nonce)
    back(batch)
    assert open_counts(letter) == {}
    come_back(joke.id, joke.link_nonce)
    assert open_counts(letter) == {"joke": 1}


def test_a_burst_puts_nobody_on_the_list_who_is_hidden_or_held_by_then_or_has_left(letter: Letter) -> None:
    hidden, held, left, _came_held, *_others = (
        make_signature(letter, domain="ferme.example", at=at, held_at=at if number == 3 else None)
        for number in range(BURST["domain"] - 1)
        for at in [now()]
    )
    batches = [do(letter, verb, ids=[one.id]) for verb, one in (("hide", hidden), ("hold", held))]
    withdraw(left.id, left.link_nonce)
    typed = {"given_name": "Zoé", "family_name": "Évrard", "role": "maire", "organisation": "", "capacity": "personal"}
    sign(letter, email="zoe@ferme.example", published=True, news=False, **typed)
    assert open_counts(letter) == {"burst": BURST["domain"] - 3}
    for batch in batches:
        back(batch)
    come_back(left.id, left.link_nonce)
    assert open_counts(letter) == {"burst": BURST["domain"]}


def test_who_is_hidden_and_held_is_on_the_list_once_both_are_undone(letter: Letter) -> None:
    for case in product([("hide", "hold"), ("hold", "hide")], [1, -1], [False, True]):
        verbs, order, leaves = case
        joke = flag(letter, "joke")
        first, second = [do(letter, verb, ids=[joke.id]) for verb in verbs][::order]
        if leaves:
            withdraw(joke.id, joke.link_nonce)
        back(first)
        assert open_counts(letter) == {}, case
        if leaves:
            come_back(joke.id, joke.link_nonce)
            assert open_counts(letter) == {}, case
        back(second)
        assert open_counts(letter) == {"joke": 1}, case
        withdraw(joke.id, joke.link_nonce)
        assert open_counts(letter) == {}, case


def test_hiding_and_finding_right_at_once_fail_neither(app: Flask, letter: Letter) -> None:
    ids, by = [flag(letter, "joke", "burst").id for _ in range(40)], owner_of(letter)
    batch = moderation.start(letter, by=by, verb="hide", choice={"ids": ids}, reason="Un essai.")
    number, letter_number, by_number = batch.id, letter.id, by.id
    db.session.rollback()

    def hide() -> None:
        moderation.advance(db.session.get_one(Batch, number), LONG)

    def find_right() -> None:
        its = db.session.get_one(Letter, letter_number)
        for kind in ("burst", "joke"):
            actions.clear(its, kind, ids[::-1], db.session.get_one(type(by), by_number))

    at_once(app, [hide, find_right, hide, find_right])
    assert open_counts(db.session.get_one(Letter, letter_number)) == {}
    assert db.session.scalar(sa.select(sa.func.count()).where(Signature.hidden_at.is_not(None))) == 40


@pytest.mark.parametrize("kind", ["burst", "network"])
def test_all_that_a_page_shows_are_found_right_at_one_press_and_nobody_who_came_since(
    letter: Letter, client: Reader, kind: str
) -> None:
    shown = [flag(letter, kind) for _ in range(3)]
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/review"
    html = client.get(f"{page}?kind={kind}&lang=en").text
    button = "All 3 on this page look right" if kind == "burst" else "Take all 3 on this page off the list, unchanged"
    assert button in html
    sent = {"csrf_token": client.fields(page)["csrf_token"], "kind": kind, "all": "1"}
    late = flag(letter, kind)
    answer = client.post(f"{page}/clear", data={**sent, "shown": re.findall(r'name="shown" value="(\d+)"', html)})
    assert [signature for _, signature in flagged(letter, kind)[0]] == [late]
    alone = client.get(f"{answer.location}&lang=en").text
    assert "on this page" not in alone  # one is ticked, or not
    client.post(f"{page}/unclear", data={**sent, "cleared_at": client.fields(answer.location or "")["cleared_at"]})
    assert {signature for _, signature in flagged(letter, kind)[0]} == {late, *shown}
