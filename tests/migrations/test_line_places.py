"""Lines shared before migration 0023, on which people stood in the order of their numbers."""

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from tests.migrations.filled import fill
from tests.migrations.test_keys import SIGNED
from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.people.placing import settle
from tribune.people.queries import places

REVISION = "0022"  # of `site_of_before`
STOOD = {2: 1, 3: 2, 4: 2, 5: 3, 6: 2, 7: None}
STAND = [(2, 1, 0), (3, 2, 0), (4, 2, 1), (6, 2, 2), (5, 3, 0)]


def test_people_on_a_shared_line_stand_as_they_did(site_of_before: Flask) -> None:
    lines = [SIGNED.format(n, "Ana", "Ba", "", "NULL", "NULL", "", "ba", "ana ba") for n in STOOD]
    placed = [f";UPDATE signatures SET position = {line} WHERE id = {n}" for n, line in STOOD.items() if line]
    fill("0022", f"UPDATE signatures SET position = NULL{''.join((*lines, *placed))}")
    for move in (flask_migrate.upgrade, lambda: flask_migrate.downgrade(revision="0022"), flask_migrate.upgrade):
        move()
    letter = db.session.query(Letter).one()
    stand = places(letter)
    assert [(place.id, place.position, place.line_place) for place in stand] == STAND
    assert db.session.scalar(sa.text("SELECT line_place FROM signatures WHERE id = 7")) == 0
    with write():
        settle(letter)
    assert places(letter) == stand  # nothing is left to put in order, so that no change is logged for it
