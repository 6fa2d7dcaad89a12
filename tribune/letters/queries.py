"""Questions about letters."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser

ON_THE_FRONT_PAGE = 50


def published_letter(slug: str) -> Letter | None:
    """The letter readers see at this address, open or closed."""
    letter = letter_by_slug(slug)
    return letter if letter is not None and letter.is_published else None


def published_letters() -> Sequence[Letter]:
    """The newest published letters, newest first."""
    query = sa.select(Letter).where(Letter.published_at <= now()).order_by(Letter.published_at.desc(), Letter.id.desc())
    return db.session.scalars(query.limit(ON_THE_FRONT_PAGE)).all()


def letter_by_slug(slug: str) -> Letter | None:
    """Any letter, also a draft: for the shell, never for a reader."""
    return db.session.scalars(sa.select(Letter).where(Letter.slug == slug)).first()


def letter_of(organiser: Organiser, letter_id: int) -> Letter | None:
    """A letter of this organiser; a stranger's does not exist for them."""
    return db.session.scalars(
        sa.select(Letter).where(Letter.id == letter_id, Letter.organiser_id == organiser.id)
    ).first()


def letters_of(organiser: Organiser) -> Sequence[Letter]:
    """Every letter of this organiser, newest first."""
    return db.session.scalars(
        sa.select(Letter).where(Letter.organiser_id == organiser.id).order_by(Letter.id.desc())
    ).all()


def all_letters() -> Sequence[Letter]:
    """Every letter of the site, oldest first: for the shell."""
    return db.session.scalars(sa.select(Letter).order_by(Letter.id)).all()
