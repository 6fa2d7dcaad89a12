"""The organiser's view of signatures: all of them, whatever their status."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tribune.connections import apart
from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.lines import line, lines
from tribune.signatures.models import VOUCHED_FOR, Signature
from tribune.signatures.queries import first_signatories

S = Signature
Condition = sa.ColumnElement[bool] | sa.TextClause
NAMED = S.anonymised_at.is_(None)  # once nobody is named any more, it is in no table and no file, and may count
_stays = sa.and_(S.withdrawn_at.is_(None), NAMED)
# Who does not count before they agree to a new text, and has not said that they do not.
SILENT = sa.and_(
    *(column.is_(None) for column in (S.counted_at, S.held_at, S.withdrawn_at, S.disagreed_at)), VOUCHED_FOR
)
_neither = sa.and_(S.held_at.is_(None), S.hidden_at.is_(None), S.withdrawn_at.is_(None))
STATUSES: dict[str, sa.ColumnElement[bool]] = {
    # The first two ask no more than their indexes say, and need not: who names nobody is vouched for.
    "pending": sa.and_(S.confirmed_at.is_(None), S.attested_at.is_(None), _neither),
    "held": sa.and_(S.held_at.is_not(None), S.withdrawn_at.is_(None)),
    "confirmed": sa.and_(S.confirmed_at.is_not(None), _neither, NAMED),
    "attested": sa.and_(S.attested_at.is_not(None), S.confirmed_at.is_(None), _neither, NAMED),
    "asked": sa.and_(SILENT, NAMED),
    "hidden": sa.and_(S.hidden_at.is_not(None), S.held_at.is_(None), _stays),
    "withdrawn": S.withdrawn_at.is_not(None),
}
# What `?status=` and `--status` of an export mean: everybody who counts, hidden too; everybody; or those of one status.
# Who has withdrawn is in no file.
EXPORTED = {
    **STATUSES,
    "confirmed": sa.and_(S.counted_at.is_not(None), NAMED),
    "confirmed-alone": STATUSES["confirmed"],
    "all": _stays,
}
del EXPORTED["withdrawn"]
ROWS_AT_ONCE = 500


def pending_count(letter: Letter) -> int:
    """How many wait to be confirmed."""
    query = sa.select(sa.func.count()).select_from(S).where(S.letter_id == letter.id, STATUSES["pending"])
    return db.session.scalar(query) or 0


def every_row(letter: Letter, condition: Condition) -> Iterator[Signature]:
    """The rows of an export, read as they are asked for: first signatories in order, then the others as they signed."""
    first, others = (of(letter, condition).options(selectinload(S.letter)) for of in (first_of, others_of))
    yield from apart(first)
    part = apart(others.limit(ROWS_AT_ONCE))
    while part:
        yield from part
        part = apart(others.where(S.id > part[-1].id).limit(ROWS_AT_ONCE))


def first_of(letter: Letter, condition: Condition) -> sa.Select[Signature]:
    """The first signatories among them, in order."""
    first = sa.select(S).where(S.letter_id == letter.id, condition, S.position.is_not(None))
    return first.order_by(S.position, S.id)


def others_of(letter: Letter, condition: Condition) -> sa.Select[Signature]:
    """The others, as they signed."""
    return sa.select(S).where(S.letter_id == letter.id, condition, S.position.is_(None)).order_by(S.id)


def line_writer(letter: Letter, full: bool = False) -> Callable[[Signature], str]:
    """Gives the printed line of each signature of this letter, shared lines whole; `full`: for its organisers."""
    shared = {s.id: ln.text for ln in lines(first_signatories(letter)) for s in ln.signatures}
    return lambda signature: shared.get(signature.id) or line(signature, full=full).text
