"""Undoing the question about a change of substance: who stands as before, and who has answered meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.asking.again import agree, ask, counts
from tests.factories import make_correction, make_letter, make_signature
from tests.moderation.acting import back, do_to, dump
from tests.statements import listening
from tribune.asking import actions as asking
from tribune.asking.queries import is_unasked
from tribune.database import now, write
from tribune.letters.models import Letter
from tribune.moderation import pieces
from tribune.signatures.actions import confirm


def test_undoing_puts_everything_back_exactly_and_nobody_has_to_agree(app: Flask) -> None:
    letter = make_letter(first="Léa Martin\nNoé Petit")
    for day in range(5):
        do_to("hide", make_signature(letter, at=now() - timedelta(days=day)))
    make_correction(letter, substance=True)
    before, numbers = dump(), counts(letter)
    batch = ask(letter)
    assert counts(letter) == (0, 0) and numbers == (5, 2)
    back(batch)
    assert dump() == before and counts(letter) == numbers and batch.done == 0
    assert not is_unasked(letter)
    with pytest.raises(asking.NothingToAsk):
        ask(letter)


def test_undoing_leaves_those_who_agreed_and_counts_those_who_confirmed_meanwhile(letter: Letter) -> None:
    agreed, waits = make_signature(letter), make_signature(letter)
    pending = make_signature(letter, confirmed=False)
    make_correction(letter, substance=True)
    batch = ask(letter)
    agree(agreed)
    confirm(pending.id, pending.link_nonce)
    assert counts(letter) == (1, 0)
    back(batch)
    assert counts(letter) == (3, 0)
    assert (agreed.letter_version, waits.letter_version, pending.letter_version) == (2, 1, 1)
    assert pending.counted_at == pending.confirmed_at and batch.done == 1


def test_after_two_changes_of_substance_undoing_the_last_leaves_the_first(letter: Letter) -> None:
    first = make_signature(letter, at=now() - timedelta(days=2))
    counted_at = first.counted_at
    make_correction(letter, substance=True)
    second = make_signature(letter)
    one = ask(letter)
    make_correction(letter, substance=True)
    two = ask(letter)
    assert two.total == 2 and counts(letter) == (0, 0)
    back(two)
    assert counts(letter) == (1, 0) and second.counted_at and first.waits_for_agreement
    back(one)
    assert counts(letter) == (2, 0) and first.counted_at == counted_at


def test_undoing_the_last_of_two_changes_puts_back_whom_nobody_asked_about_the_first(letter: Letter) -> None:
    make_signature(letter)
    waited = make_signature(letter, confirmed=False)  # and does not count before they agree to the second
    for _change in range(2):
        make_correction(letter, substance=True)
    late = make_signature(letter, confirmed=False)
    for who in (waited, late):
        confirm(who.id, who.link_nonce)
    make_correction(letter, substance=True)
    before = dump()
    batch = ask(letter)
    assert counts(letter) == (0, 0)
    back(batch)
    assert dump() == before and counts(letter) == (2, 0) and is_unasked(letter)
    assert ask(letter).total == 2 and counts(letter) == (1, 0)


def test_undoing_the_first_of_two_changes_moves_nobody_under_the_last(letter: Letter) -> None:
    make_signature(letter)
    make_correction(letter, substance=True)
    one = ask(letter)
    with write():
        letter.version.signed_at = now()
    make_correction(letter, substance=True)
    two = ask(letter)
    back(one)
    assert counts(letter) == (0, 0)
    back(two)
    assert counts(letter) == (1, 0)


def test_undoing_names_few_signatures_in_a_statement_however_many_had_declined_before(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The databases refuse a statement of too many parameters: SQLite one of 32,767, PostgreSQL one of 65,536."""
    monkeypatch.setattr(pieces, "AT_ONCE", 10)
    with write():
        everybody = [make_signature(letter) for _ in range(60)]
    make_correction(letter, substance=True)
    ask(letter)
    moment = now()
    with write():
        for signature in everybody:
            signature.disagreed_at = moment
    make_correction(letter, substance=True)
    batch, most = ask(letter), [0]
    assert {signature.disagreed_at for signature in everybody} == {None}

    def note(_connection: Any, _cursor: Any, _statement: str, parameters: Any, _context: Any, many: bool) -> None:
        most.append(0 if many else len(parameters))

    with listening("before_cursor_execute", note):
        back(batch)
    assert {signature.disagreed_at for signature in everybody} == {moment}
    assert max(most) < 40


def test_whom_nobody_asks_any_more_counts_since_the_moment_they_counted_before(letter: Letter) -> None:
    signature, since = make_signature(letter, at=now() - timedelta(days=2)), now() - timedelta(days=1)
    with write():
        signature.counted_at = since  # as of who agreed to an earlier text
    make_correction(letter, substance=True)
    back(ask(letter))
    assert counts(letter) == (1, 0) and signature.counted_at == since
