"""The public numbers held against the rows."""

import sqlalchemy as sa

from tribune.database import write
from tribune.letters.models import Letter
from tribune.signatures.models import Signature


def recount(letter: Letter, repair: bool = False) -> tuple[int, int]:
    """How far the letter's two counters are from its rows: (confirmed, attested), 0 when right. `repair` sets them."""
    with write() as session:
        # Confirmations wait, and what the last one left is read; who only signs neither waits nor is waited for.
        session.refresh(letter, ["confirmed_count", "attested_count"], with_for_update={"key_share": True})
        counts = sa.select(sa.func.count(Signature.confirmed_at), sa.func.count()).where(
            Signature.letter_id == letter.id, Signature.counted_at.is_not(None)
        )
        confirmed, everybody = session.execute(counts).one()
        drift = (letter.confirmed_count - confirmed, letter.attested_count - (everybody - confirmed))
        if repair:
            letter.confirmed_count, letter.attested_count = confirmed, everybody - confirmed
    return drift
