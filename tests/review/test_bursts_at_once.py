"""Who signs among many from one place flags the others too; what happens to these neither holds it up nor breaks it."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_POSTGRESQL
from tests.factories import make_letter, make_signature
from tests.moderation.acting import do_to
from tests.turns import Act, all_turns
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.signatures.actions import not_me, sign
from tribune.signatures.counting import recount
from tribune.signatures.flags import BURST
from tribune.signatures.models import Flag, Signature
from tribune.signatures.wordings import WORDING

MOST = BURST["domain"]
WORDS: dict[str, Any] = {"given_name": "Zoé", "family_name": "Évrard", "role": "", "organisation": ""}
CHOICES: dict[str, Any] = {"capacity": "personal", "published": True, "news": False, "wording": WORDING}


def crowd(*, confirmed: bool) -> tuple[int, list[int]]:
    """A letter, and one signature fewer than a burst has, all from one domain: their ids."""
    letter, at = make_letter(), now()
    emails = [f"p{letter.id}n{number}@ferme.example" for number in range(MOST - 1)]
    stands: dict[str, Any] = {"domain": "ferme.example", "confirmed": False}
    if confirmed:
        stands |= {"confirmed_at": at, "counted_at": at}
    with write() as session:  # one statement for all: this is done for each pause
        made = [make_signature(letter, email=each, **stands) for each in emails]
        letter.confirmed_count = len(made) if confirmed else 0
        session.flush()
        return letter.id, [each.id for each in made]


def come(letter: int, email: str) -> None:
    sign(db.session.get_one(Letter, letter), email=email, **WORDS, **CHOICES)


def leave(number: int) -> None:
    not_me(db.session.get_one(Signature, number).mailbox_key or "")


def hide(numbers: list[int]) -> None:
    do_to("hide", *(db.session.get_one(Signature, number) for number in numbers), tells=True)


def one_says_it_was_not_them() -> tuple[int, Act, Act]:
    letter, numbers = crowd(confirmed=False)
    return letter, lambda: leave(numbers[0]), lambda: come(letter, f"zoe{letter}@ferme.example")


def one_signs_again_while_all_are_hidden() -> tuple[int, Act, Act]:
    letter, numbers = crowd(confirmed=True)
    last = db.session.get_one(Signature, numbers[-1]).email or ""
    return letter, lambda: hide(numbers), lambda: come(letter, last)


@ON_POSTGRESQL
@pytest.mark.parametrize("signs_first", [True, False])
@pytest.mark.parametrize("meet", [one_says_it_was_not_them, one_signs_again_while_all_are_hidden])
def test_a_burst_is_flagged_whatever_happens_to_one_of_it(
    app: Flask, meet: Callable[[], tuple[int, Act, Act]], signs_first: bool
) -> None:
    letters = []

    def begin(_pause: int) -> tuple[Act, Act]:
        letter, other, signs = meet()
        letters.append(letter)
        return (signs, other) if signs_first else (other, signs)

    for _pause in all_turns(app, begin):
        letter = db.session.get_one(Letter, letters[-1])
        assert recount(letter) == (0, 0)
        come(letter.id, f"next{letter.id}@ferme.example")  # flags whom the others had to leave out
        flagged = sa.select(sa.func.count()).where(Flag.letter_id == letter.id, Flag.kind == "burst")
        assert db.session.scalar(flagged) >= MOST
