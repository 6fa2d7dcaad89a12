"""Which letter a page is about, for readers and for organisers."""

from flask import abort

from tribune.database import db
from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug
from tribune.teams.guard import require_member


def public_letter(slug: str) -> Letter:
    """Return the published letter of this slug, open or closed; abort with 404, or 410 if it is taken down."""
    letter = letter_by_slug(slug)
    if letter is None or not letter.is_published:
        abort(404)
    if letter.taken_down_at:
        abort(410)
    return letter


def my_letter(letter_id: int) -> Letter:
    """Return the letter if the organiser has the role in its team that the view needs; else `require_member` aborts."""
    letter = db.session.get(Letter, letter_id) or abort(404)
    require_member(letter.team_id)
    return letter
