"""The two numbers of each letter: changed with its rows, and compared with them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.signatures.models import Signature

_counts = sa.and_(Signature.letter_id == Letter.id, Signature.counted_at.is_not(None))
CONFIRMED = sa.select(sa.func.count(Signature.confirmed_at)).where(_counts).scalar_subquery()
EVERYBODY = sa.select(sa.func.count()).select_from(Signature).where(_counts).scalar_subquery()


def count_more(letter_id: int, *, confirmed: int = 0, attested: int = 0) -> None:
    """Add to the two numbers of a letter (or subtract), in the caller's transaction.

    Call it after all writes to signatures: everybody who confirms waits for this row.
    """
    if confirmed or attested:
        more = {
            "confirmed_count": Letter.confirmed_count + confirmed,
            "attested_count": Letter.attested_count + attested,
        }
        db.session.execute(sa.update(Letter).where(Letter.id == letter_id).values(more))


def count_again(running: Session | sa.Connection) -> None:
    """Set the two numbers of every letter from its rows, in the caller's transaction."""
    running.execute(sa.update(Letter).values(confirmed_count=CONFIRMED, attested_count=EVERYBODY - CONFIRMED))


def drifts() -> Sequence[tuple[str, int, int]]:
    """Return for each letter its slug, and how far its two numbers are from its rows, as `recount`; takes no lock.

    All rows are counted in one pass: PostgreSQL took seven times as long to count those of each letter.
    """
    numbers = sa.func.count(Signature.confirmed_at).label("confirmed"), sa.func.count().label("everybody")
    counted = sa.select(Signature.letter_id, *numbers).where(Signature.counted_at.is_not(None))
    rows = counted.group_by(Signature.letter_id).subquery()
    confirmed, everybody = (sa.func.coalesce(number, 0) for number in (rows.c.confirmed, rows.c.everybody))
    off = Letter.confirmed_count - confirmed, Letter.attested_count - (everybody - confirmed)
    found = sa.select(Letter.slug, *off).outerjoin(rows, rows.c.letter_id == Letter.id).order_by(Letter.id)
    return db.session.execute(found).all()


def drifted() -> list[str]:
    """Return the slugs of letters whose numbers differ from their rows."""
    return [slug for slug, *off in drifts() if any(off)]


def recount(letter: Letter, repair: bool = False) -> tuple[int, int]:
    """Return how far the two numbers are from the rows: (confirmed, attested), 0 when right. `repair` sets them."""
    with write() as session:
        # Confirmations wait for this lock, and it for them; signing is not held up.
        session.refresh(letter, ["confirmed_count", "attested_count"], with_for_update={"key_share": True})
        counts = sa.select(sa.func.count(Signature.confirmed_at), sa.func.count()).where(
            Signature.letter_id == letter.id, Signature.counted_at.is_not(None)
        )
        confirmed, everybody = session.execute(counts).one()
        drift = (letter.confirmed_count - confirmed, letter.attested_count - (everybody - confirmed))
        if repair:
            letter.confirmed_count, letter.attested_count = confirmed, everybody - confirmed
    return drift
