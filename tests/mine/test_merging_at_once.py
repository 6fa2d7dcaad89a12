"""A correction and a merge of spellings at the same moment: the line is printed as merged, whoever was first."""

from functools import partial

import pytest
from flask import Flask

from tests.factories import latest_signature, make_letter, make_signature, owner_of
from tests.turns import Act, all_turns
from tribune.database import db
from tribune.letters.models import Letter
from tribune.mine import actions as mine
from tribune.organisations.actions import merge
from tribune.people import actions as people
from tribune.people.actions import seen, words_of
from tribune.signatures.models import Signature


def reword(number: int, by_its_owner: bool) -> None:
    signature = db.session.get_one(Signature, number)
    given = {"words": {**words_of(signature), "organisation": "Mairie"}, "seen_as": seen(signature)}
    if by_its_owner:
        mine.correct(number, signature.link_nonce, **given)
    else:
        people.correct(signature, by=owner_of(signature.letter), reason="Une coquille.", **given)


def merge_spellings(number: int) -> None:
    letter = db.session.get_one(Letter, number)
    merge(letter, ["mairie"], "Ville", owner_of(letter))


@pytest.mark.parametrize("by_its_owner", [True, False])
@pytest.mark.parametrize("correction_first", [True, False])
def test_a_line_corrected_while_its_spelling_is_merged_is_printed_as_merged(
    app: Flask, correction_first: bool, by_its_owner: bool
) -> None:
    def begin(_pause: int) -> tuple[Act, Act]:
        letter = make_letter()
        make_signature(letter, organisation="Mairie")
        number = make_signature(letter, organisation="Port").id
        correct, unite = partial(reword, number, by_its_owner), partial(merge_spellings, letter.id)
        return (correct, unite) if correction_first else (unite, correct)

    for _pause in all_turns(app, begin):
        assert latest_signature().printed_organisation == "Ville"
