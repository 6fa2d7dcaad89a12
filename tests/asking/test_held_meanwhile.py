"""Who is held while the text changes in substance, or while others are asked about it, counts once they may."""

import pytest

from tests.asking.again import agree, ask, counts
from tests.factories import make_correction, make_signature, posted
from tests.moderation.acting import back, do_to, dump
from tribune.asking.queries import is_unasked
from tribune.letters.models import Letter
from tribune.mine.actions import come_back, withdraw
from tribune.signatures.actions import confirm


def test_a_held_signature_that_agreed_counts_once_released(letter: Letter) -> None:
    agreed, silent = make_signature(letter), make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    do_to("hold", agreed, silent)
    agree(agreed)
    assert agreed.counted_at is None and counts(letter) == (0, 0)
    do_to("release", agreed, silent)
    assert counts(letter) == (1, 0) and agreed.counted_at and silent.waits_for_agreement


def test_undoing_a_hold_moves_nobody_under_new_words_and_they_can_be_asked(letter: Letter) -> None:
    held = make_signature(letter)
    hold = do_to("hold", held)
    make_signature(letter)
    make_correction(letter, substance=True)
    ask(letter)
    back(hold)
    assert held.waits_for_agreement and counts(letter) == (0, 0)
    assert not is_unasked(letter) and ask(letter).total == 1 and len(posted()) == 2


@pytest.mark.parametrize("ends", ["undone", "released"])
def test_no_hold_that_ends_counts_who_has_yet_to_agree(letter: Letter, ends: str) -> None:
    pending, counts_on = make_signature(letter, confirmed=False), make_signature(letter)
    make_correction(letter, substance=True)
    confirm(pending.id, pending.link_nonce)
    before = dump()
    hold = do_to("hold", pending, counts_on)
    if ends == "undone":
        back(hold)
    else:
        do_to("release", pending, counts_on)
    assert dump() == before and counts(letter) == (1, 0)


@pytest.mark.parametrize("ends", ["undone", "released"])
@pytest.mark.parametrize("changes", ["before", "after"])
def test_who_confirms_while_held_counts_then_unless_the_text_had_changed(
    letter: Letter, changes: str, ends: str
) -> None:
    pending = make_signature(letter, confirmed=False)
    hold = do_to("hold", pending)
    if changes == "before":
        make_correction(letter, substance=True)
    confirm(pending.id, pending.link_nonce)
    if changes == "after":
        make_correction(letter, substance=True)
    if ends == "undone":
        back(hold)
    else:
        do_to("release", pending)
    assert counts(letter) == ((0, 0) if changes == "before" else (1, 0))


def test_who_counted_before_an_earlier_hold_does_not_for_that_count_before_having_agreed(letter: Letter) -> None:
    left = make_signature(letter)
    do_to("hold", left)
    do_to("release", left)
    withdraw(left.id, left.link_nonce)
    make_correction(letter, substance=True)
    come_back(left.id, left.link_nonce)
    before = dump()
    assert counts(letter) == (0, 0)
    do_to("hold", left)
    do_to("release", left)
    assert dump() == before and counts(letter) == (0, 0)
