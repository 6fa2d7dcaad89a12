"""One person counts once: a confirmed signature replaces what organisers attested for the same mailbox.

Under one letter a mailbox has a confirmed row or an attested one (imported or not), never both: code that adds an
attested row checks `stands` first, and code that confirms one calls `replace`. So nothing done to a row later (held,
released, withdrawn, moved to new words, undone) can count a person twice.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import Event
from tribune.database import db, run
from tribune.letters.models import Letter
from tribune.signatures.counting import count_more
from tribune.signatures.erased import keep_replaced
from tribune.signatures.mails import drop_corrected
from tribune.signatures.models import Signature
from tribune.signatures.recording import own_line, record_reworded
from tribune.signatures.wordings import of_initials
from tribune.statements import UNREAD, there_is

S = Signature
ATTESTED = sa.and_(S.attested_at.is_not(None), S.confirmed_at.is_(None))
CONFIRMED = sa.and_(S.confirmed_at.is_not(None), S.withdrawn_at.is_(None))
ALL_OF_MAILBOX = (
    sa.select(S.id, ATTESTED.label("attested"), CONFIRMED.label("confirmed"))
    # + 0, or PostgreSQL reads the whole of a letter too young to have statistics.
    .where(S.letter_id + 0 == sa.bindparam("letter_id"), S.mailbox_key == sa.bindparam("mailbox_key"))
    .order_by(S.id)
    .with_for_update()
)


class AnotherCounts(Exception):
    """This person has already confirmed another signature under this letter, and not withdrawn it."""


def stands(letter: Letter, mailbox_key: str) -> bool:
    """Whether this mailbox has a confirmed or attested row under this letter, even held or withdrawn.

    The caller has locked the letter exclusively, so that nobody confirms meanwhile.
    """
    theirs = S.letter_id == letter.id, S.mailbox_key == mailbox_key, sa.or_(S.confirmed_at.is_not(None), ATTESTED)
    return there_is(*theirs)


def lock_all_of(letter_id: int, mailbox_key: str | None) -> Sequence[sa.Row[Any]]:
    """Lock all rows of a mailbox under a letter, by ascending id, before locking any single one.

    In the caller's transaction, which has locked the letter. Whoever confirms another of them waits, then finds this
    one.
    """
    return run(ALL_OF_MAILBOX, {"letter_id": letter_id, "mailbox_key": mailbox_key}).all()


def lock_attested(signature: Signature) -> Sequence[Signature]:
    """Lock all rows of this mailbox under this letter, and return those that organisers attested.

    Raises AnotherCounts if another row is confirmed and this one is not.
    """
    all_of_them = lock_all_of(signature.letter_id, signature.mailbox_key)
    others = [row for row in all_of_them if row.id != signature.id]
    if signature.confirmed_at is None and any(row.confirmed for row in others):
        raise AnotherCounts
    attested = [row.id for row in others if row.attested]
    if not attested:
        return []
    query = sa.select(S).where(S.id.in_(attested)).order_by(S.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def replace(attested: Sequence[Signature], signature: Signature) -> None:
    """Delete the rows of `lock_attested`, which this signature, now confirmed, replaces, whether or not it counts.

    What organisers decided passes on to it: hidden, the section, and the place among the first signatories, except to
    somebody who agreed to initials only, as first signatories are named. So do the lines of the log, which are shown to
    the owner and deleted with the signature.
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
            signature.position, signature.line_place, signature.section = row.position, row.line_place, row.section
        if (before := own_line(row)) != own_line(signature):
            record_reworded(signature, before, {"given_name": row.given_name, "family_name": row.family_name})
        db.session.delete(row)
    lines = sa.update(Event).where(Event.signature_id.in_([row.id for row in attested]))
    db.session.execute(lines.values(signature_id=signature.id), execution_options=UNREAD)
    count_more(signature.letter_id, attested=-sum(row.counted_at is not None for row in attested))
    db.session.flush()
