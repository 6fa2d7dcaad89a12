"""The organiser's view of signatures: all of them, whatever their status."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tribune.connections import apart
from tribune.letters.models import Letter
from tribune.signatures.lines import line, lines
from tribune.signatures.models import VOUCHED_FOR, Signature
from tribune.signatures.queries import IN_LINES, first_signatories
from tribune.statements import count_of

S = Signature
Condition = sa.ColumnElement[bool] | sa.TextClause
NAMED = S.anonymised_at.is_(None)  # nameless rows are in no table and no file, though they may count
_stays = sa.and_(S.withdrawn_at.is_(None), NAMED)
# Those who do not count until they agree to a new text, and have not answered.
SILENT = sa.and_(
    S.counted_at.is_(None), S.held_at.is_(None), S.withdrawn_at.is_(None), S.disagreed_at.is_(None), VOUCHED_FOR
)
_neither = sa.and_(S.held_at.is_(None), S.hidden_at.is_(None), S.withdrawn_at.is_(None))
STATUSES: dict[str, sa.ColumnElement[bool]] = {
    # The first two say exactly what their indexes say; no need for NAMED, as nameless rows are vouched for.
    "pending": sa.and_(S.confirmed_at.is_(None), S.attested_at.is_(None), _neither),
    "held": sa.and_(S.held_at.is_not(None), S.withdrawn_at.is_(None)),
    "confirmed": sa.and_(S.confirmed_at.is_not(None), _neither, NAMED),
    "attested": sa.and_(S.attested_at.is_not(None), S.confirmed_at.is_(None), _neither, NAMED),
    "asked": sa.and_(SILENT, NAMED),
    "disagreed": sa.and_(S.disagreed_at.is_not(None), S.counted_at.is_(None), _stays),  # held or not
    "hidden": sa.and_(S.hidden_at.is_not(None), S.held_at.is_(None), _stays),
    "withdrawn": S.withdrawn_at.is_not(None),
}
# The values of `?status=` and `--status` of an export. "confirmed": all who count, hidden ones too; "all": everybody.
# Withdrawn signatures are in no file.
EXPORTED = {
    **STATUSES,
    "confirmed": sa.and_(S.counted_at.is_not(None), NAMED),
    "confirmed-alone": STATUSES["confirmed"],
    "all": _stays,
}
del EXPORTED["withdrawn"]
ROWS_AT_ONCE = 500


def pending_count(letter: Letter) -> int:
    """Return how many signatures are pending."""
    return count_of(S.letter_id == letter.id, STATUSES["pending"])


def asked_count(letter: Letter) -> int:
    """Return how many do not count until they agree to a new text, and have not answered."""
    return count_of(S.letter_id == letter.id, STATUSES["asked"])


def every_row(letter: Letter, condition: Condition) -> Iterator[Signature]:
    """Yield the rows of an export, read in parts: first signatories in their order, then the others as they signed."""
    first, others = (of(letter, condition).options(selectinload(S.letter)) for of in (first_of, others_of))
    yield from apart(first)
    part = apart(others.limit(ROWS_AT_ONCE))
    while part:
        yield from part
        part = apart(others.where(S.id > part[-1].id).limit(ROWS_AT_ONCE))


def first_of(letter: Letter, condition: Condition) -> sa.Select[Signature]:
    """Select the first signatories that match, in order."""
    first = sa.select(S).where(S.letter_id == letter.id, condition, S.position.is_not(None))
    return first.order_by(*IN_LINES)


def others_of(letter: Letter, condition: Condition) -> sa.Select[Signature]:
    """Select the others that match, in the order in which they signed."""
    return sa.select(S).where(S.letter_id == letter.id, condition, S.position.is_(None)).order_by(S.id)


def line_writer(letter: Letter, full: bool = False) -> Callable[[Signature], str]:
    """Return a function from a signature of this letter to its printed line, whole if shared. `full`: as in `line`."""
    shared = {s.id: ln.text for ln in lines(first_signatories(letter)) for s in ln.signatures}
    return lambda signature: shared.get(signature.id) or line(signature, full=full).text
