"""One person counts once, whatever the way: their own word takes the place of that of the organisers.

Under one letter a mailbox has a row by its owner's word (confirmed) or one by the organisers' (attested, imported or
not), never both: whoever adds a row of the second kind asks `stands`, and whoever adds one of the first, `replace`.
So nothing that is done to a row afterwards (held, released, left, moved to new words, undone) counts a person twice.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.audit.models import Event
from tribune.database import UNREAD, db, run, there_is
from tribune.letters.models import Letter
from tribune.signatures.counting import count_more
from tribune.signatures.erased import keep_replaced
from tribune.signatures.models import Signature
from tribune.signatures.wordings import of_initials

S = Signature
ATTESTED = sa.and_(S.attested_at.is_not(None), S.confirmed_at.is_(None))
HELD_WITH = (
    sa.select(S.id)
    .where(
        S.letter_id + 0 == sa.bindparam("letter_id"),  # else SQLite reads the whole letter for the two others
        sa.or_(S.id == sa.bindparam("number"), sa.and_(S.mailbox_key == sa.bindparam("mailbox_key"), ATTESTED)),
    )
    .order_by(S.id)
    .with_for_update()
)


def stands(letter: Letter, mailbox_key: str) -> bool:
    """Somebody has confirmed under this letter with this mailbox, or is answered for, be they held or have they left.

    For whoever holds the letter alone: until they are through nobody confirms.
    """
    theirs = S.letter_id == letter.id, S.mailbox_key == mailbox_key, sa.or_(S.confirmed_at.is_not(None), ATTESTED)
    return there_is(*theirs)


def held_with(signature: Signature) -> Sequence[Signature]:
    """What organisers attested for the same mailbox under the same letter, held with the signature and in one order.

    In the caller's transaction, which holds the letter, so that no more are attested.
    """
    names = {"number": signature.id, "letter_id": signature.letter_id, "mailbox_key": signature.mailbox_key}
    others = [number for (number,) in run(HELD_WITH, names) if number != signature.id]
    if not others:
        return []
    query = sa.select(S).where(S.id.in_(others)).order_by(S.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def replace(attested: Sequence[Signature], signature: Signature) -> None:
    """Delete rows of `held_with`: the signature is confirmed now, and stands for its owner, counted or not.

    Their place among the first signatories passes on, but to who has agreed to initials alone: there one is named. So
    does what the log says of them: it is told to the owner, and goes with the signature that stays.
    """
    if not attested:
        return
    keep_replaced(attested)
    for row in attested:
        if signature.position is None and row.position is not None and not of_initials(signature.wording):
            signature.position, signature.section = row.position, row.section
        db.session.delete(row)
    lines = sa.update(Event).where(Event.signature_id.in_([row.id for row in attested]))
    db.session.execute(lines.values(signature_id=signature.id), execution_options=UNREAD)
    count_more(signature.letter_id, attested=-sum(row.counted_at is not None for row in attested))
    db.session.flush()
