"""A correction, or its undoing, and a merge of spellings at once: the line is printed as merged, whoever was first."""

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
from tribune.people.actions import shown_as, words_of
from tribune.people.queries import last_correction
from tribune.signatures.models import Signature


def reword(number: int, how: str) -> None:
    signature = db.session.get_one(Signature, number)
    by = owner_of(signature.letter)
    given = {"words": {**words_of(signature), "organisation": "Mairie"}, "seen_as": shown_as(signature)}
    if how == "their own":
        mine.correct(number, signature.link_nonce, **given)
    elif how == "the team's":
        people.correct(signature, by=by, reason="Une coquille.", **given)
    else:
        event = last_correction(signature)
        assert event
        people.undo_correction(signature, by=by, event_id=event.id)


def merge_spellings(number: int) -> None:
    letter = db.session.get_one(Letter, number)
    merge(letter, ["mairie"], "Ville", owner_of(letter))


@pytest.mark.parametrize("how", ["their own", "the team's", "taken back"])
@pytest.mark.parametrize("correction_first", [True, False])
def test_a_line_corrected_while_its_spelling_is_merged_is_printed_as_merged(
    app: Flask, correction_first: bool, how: str
) -> None:
    def begin(_pause: int) -> tuple[Act, Act]:
        letter = make_letter()
        make_signature(letter, organisation="Mairie")
        signature = make_signature(letter, organisation="Mairie")
        words = {**words_of(signature), "organisation": "Port"}
        people.correct(signature, by=owner_of(letter), words=words, reason="Une coquille.", seen_as=shown_as(signature))
        correct, unite = partial(reword, signature.id, how), partial(merge_spellings, letter.id)
        return (correct, unite) if correction_first else (unite, correct)

    for _pause in all_turns(app, begin):
        assert latest_signature().printed_organisation == "Ville"
