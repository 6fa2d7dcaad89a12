"""The letter of an organiser's page."""

from flask import abort

from tribune.database import db
from tribune.letters.models import Letter
from tribune.teams.guard import require_member


def my_letter(letter_id: int) -> Letter:
    """The letter of an address, if one is in its team with the role that the view needs; else it does not exist."""
    letter = db.session.get(Letter, letter_id) or abort(404)
    require_member(letter.team_id)
    return letter
