"""Under which title the log tells what was done to a letter."""

import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, owner_of
from tribune.audit.models import Event
from tribune.database import db
from tribune.history.actions import add


@ON_SQLITE
def test_each_line_of_the_log_has_the_title_of_its_moment(app: Flask) -> None:
    letter = make_letter(title="Pour nos rues", first="Bruno Humbert, maire")
    add(letter, "Une précision.", owner_of(letter))
    make_correction(letter, title="Pour nos places")
    told = db.session.execute(sa.select(Event.verb, Event.subject).where(Event.letter_id == letter.id))
    assert {tuple(line) for line in told} >= {
        ("people_attested", "Pour nos rues"),
        ("letter_published", "Pour nos rues"),
        ("addendum_added", "Pour nos rues"),
        ("letter_corrected", "Pour nos places"),
    }
