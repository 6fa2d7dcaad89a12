"""Who hides or holds somebody has looked: their flags leave the list, and come back when that is undone."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import make_letter, make_signature, owner_of
from tests.threads import LONG, at_once
from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.moderation import actions as moderation
from tribune.moderation import pieces
from tribune.moderation.models import Batch
from tribune.review import actions
from tribune.review.queries import flagged, open_counts
from tribune.signatures.models import Flag, Signature


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter()


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
