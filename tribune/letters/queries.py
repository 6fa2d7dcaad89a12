"""Questions about letters."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.database import db, now
from tribune.letters.models import Letter, Version
from tribune.organisers.models import Organiser
from tribune.teams.models import Membership

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


def letters_of(organiser: Organiser) -> Sequence[Letter]:
    """Every letter of the teams of this organiser, newest first."""
    teams = sa.select(Membership.team_id).where(Membership.organiser_id == organiser.id)
    return db.session.scalars(sa.select(Letter).where(Letter.team_id.in_(teams)).order_by(Letter.id.desc())).all()


def is_frozen(letter: Letter) -> bool:
    """Somebody has confirmed a signature under some version of it, be it withdrawn since."""
    found = sa.exists().where(Version.letter_id == letter.id, Version.frozen_at.is_not(None))
    return bool(db.session.scalar(sa.select(found)))


def all_letters() -> Sequence[Letter]:
    """Every letter of the site, oldest first: for the shell."""
    return db.session.scalars(sa.select(Letter).order_by(Letter.id)).all()
