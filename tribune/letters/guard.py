"""The letter of a page, a reader's or an organiser's."""

from flask import abort

from tribune.database import db
from tribune.letters.models import Letter
from tribune.letters.queries import published_letter
from tribune.teams.guard import require_member


def public_letter(slug: str) -> Letter:
    """The letter of an address that readers may open, be it closed; any other does not exist."""
    return published_letter(slug) or abort(404)


def my_letter(letter_id: int) -> Letter:
    """The letter of an address, if one is in its team with the role that the view needs; else it does not exist."""
    letter = db.session.get(Letter, letter_id) or abort(404)
    require_member(letter.team_id)
    return letter
