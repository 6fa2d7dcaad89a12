"""One person counts once, whatever the way: their own word takes the place of that of the organisers.

Under one letter a mailbox has a row by its owner's word (confirmed) or one by the organisers' (attested, imported or
not), never both: whoever adds a row of the second kind asks `stands`, and whoever adds one of the first, `replace`.
So nothing that is done to a row afterwards (held, released, left, moved to new words, undone) counts a person twice.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import Event
from tribune.database import UNREAD, db, run, there_is
from tribune.letters.models import Letter
from tribune.signatures.counting import count_more
from tribune.signatures.erased import keep_replaced
from tribune.signatures.mails import drop_corrected
from tribune.signatures.models import Signature
from tribune.signatures.wordings import of_initials

S = Signature
ATTESTED = sa.and_(S.attested_at.is_not(None), S.confirmed_at.is_(None))
CONFIRMED = sa.and_(S.confirmed_at.is_not(None), S.withdrawn_at.is_(None))
HELD = (
    sa.select(S.id, ATTESTED.label("attested"), CONFIRMED.label("confirmed"))
    # Adding 0, as PostgreSQL, while it knows nothing of a young letter, would else read all of it.
    .where(S.letter_id + 0 == sa.bindparam("letter_id"), S.mailbox_key == sa.bindparam("mailbox_key"))
    .order_by(S.id)
    .with_for_update()
)


class AnotherCounts(Exception):
    """This person has confirmed another of their signatures under this letter, and has not left."""


def stands(letter: Letter, mailbox_key: str) -> bool:
    """Somebody has confirmed under this letter with this mailbox, or is answered for, be they held or have they left.

    For whoever holds the letter alone: until they are through nobody confirms.
    """
    theirs = S.letter_id == letter.id, S.mailbox_key == mailbox_key, sa.or_(S.confirmed_at.is_not(None), ATTESTED)
    return there_is(*theirs)


def hold_all_of(letter_id: int, mailbox_key: str | None) -> Sequence[sa.Row[Any]]:
    """Hold all that a mailbox has under a letter, in one order, before any one of them.

    In the caller's transaction, which holds the letter. Whoever confirms another waits, and then finds this one.
    """
    return run(HELD, {"letter_id": letter_id, "mailbox_key": mailbox_key}).all()


def held_with(signature: Signature) -> Sequence[Signature]:
    """What organisers attested for the same mailbox under the same letter, with all of it held: no more are attested.

    Raises AnotherCounts, unless this one was confirmed before.
    """
    all_of_them = hold_all_of(signature.letter_id, signature.mailbox_key)
    others = [row for row in all_of_them if row.id != signature.id]
    if signature.confirmed_at is None and any(row.confirmed for row in others):
        raise AnotherCounts
    attested = [row.id for row in others if row.attested]
    if not attested:
        return []
    query = sa.select(S).where(S.id.in_(attested)).order_by(S.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def replace(attested: Sequence[Signature], signature: Signature) -> None:
    """Delete rows of `held_with`: the signature is confirmed now, and stands for its owner, counted or not.

    What organisers decided about the line passes on: that it is hidden, its section, its place among the first
    signatories, but no place to who has agreed to initials alone: there one is named. So does what the log says of
    them: it is told to the owner, and goes with the signature that stays.
    """
    if not attested:
        return
    keep_replaced(attested)
    drop_corrected(signature)
    for row in attested:
        signature.hidden_at = signature.hidden_at or row.hidden_at
        if row.position is None:
            signature.section = signature.section or row.section
        elif signature.position is None and not of_initials(signature.wording):
            signature.position, signature.section = row.position, row.section
        db.session.delete(row)
    lines = sa.update(Event).where(Event.signature_id.in_([row.id for row in attested]))
    db.session.execute(lines.values(signature_id=signature.id), execution_options=UNREAD)
    count_more(signature.letter_id, attested=-sum(row.counted_at is not None for row in attested))
    db.session.flush()
