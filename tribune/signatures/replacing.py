"""Whoever signs themselves takes the place of the word that organisers gave for them."""

import sqlalchemy as sa

from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.models import Signature

S = Signature


def replace_attested(signature: Signature) -> None:
    """Delete what was imported and attested for the same mailbox under the same letter: one person counts once.

    Its place among the first signatories passes on. In the caller's transaction, after it has changed the letter's
    number: an import holds the letter, and is seen once it is through.
    """
    session = db.session
    theirs = sa.select(S).where(
        S.letter_id == signature.letter_id,
        S.mailbox_key == signature.mailbox_key,
        S.origin == "import",
        S.attested_at.is_not(None),
        S.confirmed_at.is_(None),
        S.id != signature.id,
    )
    for row in session.scalars(theirs.with_for_update()).all():
        if signature.position is None and row.position is not None:
            signature.position, signature.section = row.position, row.section
        if row.counted_at:
            less_one = sa.update(Letter).where(Letter.id == row.letter_id)
            session.execute(less_one.values(attested_count=Letter.attested_count - 1))
        session.delete(row)
    session.flush()
