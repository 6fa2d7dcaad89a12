"""The counters of letters against their rows, for the whole site at once and in plain statements."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.models import Signature

_counts = sa.and_(Signature.letter_id == Letter.id, Signature.counted_at.is_not(None))
CONFIRMED = sa.select(sa.func.count(Signature.confirmed_at)).where(_counts).scalar_subquery()
EVERYBODY = sa.select(sa.func.count()).select_from(Signature).where(_counts).scalar_subquery()


def count_again(running: Session | sa.Connection) -> None:
    """Set the counters of every letter to what its rows say, in the caller's transaction."""
    running.execute(sa.update(Letter).values(confirmed_count=CONFIRMED, attested_count=EVERYBODY - CONFIRMED))


def drifted() -> list[str]:
    """The slugs of letters whose counters differ from their rows; holds nobody up."""
    differs = (Letter.confirmed_count != CONFIRMED) | (Letter.attested_count != EVERYBODY - CONFIRMED)
    return list(db.session.scalars(sa.select(Letter.slug).where(differs).order_by(Letter.id)))
