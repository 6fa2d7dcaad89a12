"""The letter of a page, a reader's or an organiser's."""

from flask import abort

from tribune.database import db
from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug
from tribune.teams.guard import require_member


def public_letter(slug: str) -> Letter:
    """The letter of an address that readers may open, be it closed; any other does not exist, or is gone."""
    letter = letter_by_slug(slug)
    if letter is None or not letter.is_published:
        abort(404)
    if letter.taken_down_at:
        abort(410)
    return letter


def my_letter(letter_id: int) -> Letter:
    """The letter of an address, if one is in its team with the role that the view needs; else it does not exist."""
    letter = db.session.get(Letter, letter_id) or abort(404)
    require_member(letter.team_id)
    return letter
