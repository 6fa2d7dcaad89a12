"""What organisers did to several at once says nothing of somebody who has erased their signature."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import make_letter, make_organiser, make_signature, owner_of
from tests.threads import LONG
from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.letters.models import Letter
from tribune.mine.erasing import erase
from tribune.moderation.actions import advance, start, undo
from tribune.moderation.models import Batch


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(make_organiser(), slug="rues")


def hidden(letter: Letter, choice: dict[str, object], reason: str = "Un essai.", verb: str = "hide") -> Batch:
    batch = start(letter, by=owner_of(letter), verb=verb, choice=choice, reason=reason)
    advance(batch, LONG)
    return batch


@pytest.mark.parametrize("elsewhere", [True, False])
def test_the_next_one_to_sign_is_nobody_whose_hiding_is_undone(letter: Letter, elsewhere: bool) -> None:
    """On SQLite whoever signs next has the number of the one who was hidden."""
    gone = make_signature(letter, given_name="Farce", family_name="Attrape")
    batch = hidden(letter, {"ids": [gone.id]})
    erase(gone.id, gone.link_nonce)
    make_signature(make_letter() if elsewhere else letter, given_name="Louise", family_name="Secrète", confirmed=False)
    undo(batch, by=owner_of(letter))
    told = db.session.scalars(sa.select(Event).where(Event.verb == Verb.BATCH_UNDONE)).one()
    assert (told.signature_id, told.subject) == (None, letter.version.title)
