"""The organiser's view of signatures: all of them, whatever their status."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from tribune.database import db
from tribune.letters.models import Letter
from tribune.names import plain
from tribune.signatures.lines import line, lines
from tribune.signatures.models import SHOWN, Signature
from tribune.signatures.queries import PAGE, BadCursor, Page, first_signatories

S = Signature
_neither = sa.and_(S.held_at.is_(None), S.hidden_at.is_(None))
STATUSES: dict[str, sa.ColumnElement[bool]] = {
    "pending": sa.and_(S.confirmed_at.is_(None), S.attested_at.is_(None), _neither),
    "confirmed": sa.and_(S.confirmed_at.is_not(None), _neither),
    "attested": sa.and_(S.attested_at.is_not(None), S.confirmed_at.is_(None), _neither),
    "held": S.held_at.is_not(None),
    "hidden": sa.and_(S.hidden_at.is_not(None), S.held_at.is_(None)),
}
# What `?status=` and `--status` of an export mean: everybody who counts, those who wait, or every row.
EXPORTED = {"confirmed": S.counted_at.is_not(None), "pending": STATUSES["pending"], "all": sa.true()}
ROWS_AT_ONCE = 500


def table_page(letter: Letter, *, q: str = "", status: str = "", after: str = "") -> Page:
    """At most PAGE signatures, newest first, by name, role, organisation or (with an @) address. Raises BadCursor."""
    query = sa.select(S).where(S.letter_id == letter.id)
    if status in STATUSES:
        query = query.where(STATUSES[status])
    if "@" in q:
        query = query.where(sa.func.lower(S.email).contains(q.strip().lower(), autoescape=True))
    else:
        for word in plain(q).split():
            query = query.where(S.search_key.contains(word))
    if after:
        if not after.isdecimal() or len(after) > 18:
            raise BadCursor
        query = query.where(S.id < int(after))
    rows = db.session.scalars(query.order_by(S.id.desc()).limit(PAGE + 1)).all()
    return Page(rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else "")


def pending_count(letter: Letter) -> int:
    """How many wait to be confirmed."""
    query = sa.select(sa.func.count()).select_from(S).where(S.letter_id == letter.id, STATUSES["pending"])
    return db.session.scalar(query) or 0


def every_row(letter: Letter, status: str = "confirmed") -> Iterator[Signature]:
    """The rows of an export, read as they are asked for: first signatories in order, then the others as they signed."""
    yield from _rows(letter, EXPORTED[status])


def public_rows(letter: Letter) -> Iterator[Signature]:
    """As `every_row`, but only who is shown to readers."""
    yield from _rows(letter, SHOWN)


def _rows(letter: Letter, condition: sa.ColumnElement[bool] | sa.TextClause) -> Iterator[Signature]:
    query = sa.select(S).where(S.letter_id == letter.id, condition).execution_options(yield_per=ROWS_AT_ONCE)
    yield from db.session.scalars(query.where(S.position.is_not(None)).order_by(S.position, S.id))
    yield from db.session.scalars(query.where(S.position.is_(None)).order_by(S.id))


def line_writer(letter: Letter) -> Callable[[Signature], str]:
    """Gives the printed line of each signature of this letter, shared lines whole."""
    shared = {s.id: ln.text for ln in lines(first_signatories(letter), letter.locale) for s in ln.signatures}
    return lambda signature: shared.get(signature.id) or line(signature, locale=letter.locale).text
