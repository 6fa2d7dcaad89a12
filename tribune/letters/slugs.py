"""The address of a letter below /letters/: made from its title, or from what was typed, and taken or not."""

from itertools import chain, count

import sqlalchemy as sa
from slugify import slugify

from tribune.database import db
from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug

LONGEST_SLUG = 80  # characters, including the number that tells two letters of one title apart
OURS = {"preview"}  # taken by our own pages there


def as_slug(text: str) -> str:
    """Return the text as an address."""
    # slugify drops the typographic apostrophe: l’école would become lecole.
    return slugify(text, max_length=LONGEST_SLUG - 5, word_boundary=True, replacements=[("\u2019", "-")]) or "letter"


def free_slug(title: str) -> str:
    """Return an address made from a title that no letter has yet, with a number if need be."""
    wanted = as_slug(title)
    alike = sa.select(Letter.slug).where(Letter.slug.startswith(wanted))
    taken = {*db.session.scalars(alike), *OURS}
    numbered = (f"{wanted}-{number}" for number in count(2))
    return next(slug for slug in chain([wanted], numbered) if slug not in taken)


def is_taken(slug: str) -> bool:
    """Whether no new letter can have this address."""
    return slug in OURS or letter_by_slug(slug) is not None
