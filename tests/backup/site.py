"""A site with something in most tables, and how to lose it."""

from datetime import date
from pathlib import Path

import flask_migrate
import sqlalchemy as sa

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
from tribune.database import db, is_postgresql, write
from tribune.invitations.models import Gathering
from tribune.letters.models import Letter


def make_site() -> Letter:
    """Something in most tables."""
    letter = make_letter(slug="rues", first="Léa Martin et Zoé Roux, maires", printed_on=date(2018, 1, 31))
    with write() as session:
        session.add(Gathering(letter_id=letter.id, subject="S", message="M", sender="Z", reply_by=date(2018, 1, 30)))
    make_correction(letter)
    make_picture(letter)
    make_passkey(owner_of(letter))
    make_invitation(letter.team)
    make_message()
    for _ in range(3):
        make_signature(letter)
    make_signature(letter, confirmed=False, role='Élève "à l\'école"\t; 🌱')
    return letter


def go_back(revision: str) -> None:
    """Lose the database, and have an empty site of an older revision in its place."""
    disconnect()
    if is_postgresql():
        with db.engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
    else:
        remove_file()
    flask_migrate.upgrade(revision=revision)


def disconnect() -> None:
    """Be connected to the database no more."""
    db.session.remove()
    db.engine.dispose()


def remove_file() -> Path:
    """Remove the file of SQLite and its journal; where it was."""
    file = Path(db.engine.url.database or "")
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()
    return file
