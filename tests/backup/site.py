"""A site with something in most tables, and how to lose it."""

import flask_migrate

from tests.factories import (
    make_correction,
    make_invitation,
    make_letter,
    make_message,
    make_passkey,
    make_picture,
    make_signature,
    owner_of,
)  # fmt: skip
from tribune.database import db
from tribune.letters.models import Letter


def make_site() -> Letter:
    """Something in most tables."""
    letter = make_letter(slug="rues", first="Léa Martin et Zoé Roux, maires")
    make_correction(letter)
    make_picture(letter)
    make_passkey(owner_of(letter))
    make_invitation(letter.team)
    make_message()
    for _ in range(3):
        make_signature(letter)
    make_signature(letter, confirmed=False, role='Élève "à l\'école"\t; 🌱')
    return letter


def wipe() -> None:
    """Lose everything: the schema of an empty site is left."""
    db.session.remove()
    flask_migrate.downgrade(revision="base")
    flask_migrate.upgrade()
