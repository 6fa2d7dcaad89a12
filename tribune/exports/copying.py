"""The lines of a large CSV, made by the database: the same bytes as `spreadsheet.py` makes, many times faster.

SQL makes the cells of a line only if none needs quoting by `safe`: each begins with a letter or a digit, and so does
whatever follows a delimiter inside it. PostgreSQL writes them as CSV itself; for SQLite the csv module does. For any
other row SQL returns only the id, and Python makes the line as always, so that the rules of safe cells and of printed
lines stand in one place.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tribune.abuse.shedding import giving_way
from tribune.connections import apart
from tribune.database import db, is_postgresql, reading
from tribune.exports.spreadsheet import DELIMITERS, ROWS_A_PART, csv_parts
from tribune.letters.models import Letter
from tribune.signatures.models import Signature
from tribune.signatures.table import Condition, first_of, others_of

S = Signature
Sql = sa.SQLColumnExpression[Any]
Cells = list[Sql]  # of one line, in the order of the columns

LINES_AT_ONCE = 200  # of SQLite, about two milliseconds of work before giving way to other requests
BY_SQLITE, BY_POSTGRESQL = 1_000, 10_000  # lines per transaction

MINUS = ord("-")
_BETWEEN = "\x1f"
_BEGINS = "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
# Found in cells that need a closer look. Python's regular expressions, which SQLite uses, and PostgreSQL's agree on it.
_NOT_PLAIN = rf"[\x01-\x1e]|[,;]( ?[^ {_BEGINS}]|  )|{_BETWEEN}[^{_BETWEEN}{_BEGINS}]"
_LEFT_TO_US = re.compile(rb"^\?(\d+)\r\n", re.MULTILINE)

_organisation = sa.func.coalesce(S.printed_organisation, S.organisation)
# Every column that people or organisers typed and that a line or a cell shows.
CHECKED = (
    S.given_name, S.family_name, S.role, S.organisation, S.section, S.affiliation, S.printed_organisation, S.email,
)  # fmt: skip


class Shape(NamedTuple):
    """What a line holds: the names of its columns, and its cells in Python, and in SQL for those without a position."""

    columns: list[str]
    as_cells: Callable[[Signature], list[str]]
    in_sql: Cells


def copies(letter: Letter) -> bool:
    """Whether SQL can write the lines of this letter: not if it shows initials."""
    return letter.public_list != "initials"


def cells_in_sql(addresses: str) -> Cells:
    """Return in SQL what `spreadsheet.cells` makes, for signatures without a position."""
    told = {
        "all": sa.true(),
        "consented": sa.and_(S.news, S.confirmed_at.is_not(None)),
        "none": sa.false(),
    }[addresses]
    status = sa.case(
        *((getattr(S, f"{name}_at").is_not(None), name) for name in ("withdrawn", "held", "hidden", "confirmed")),
        (S.attested_at.is_not(None), "attested"),
        else_="pending",
    )
    email = sa.case((told, sa.func.coalesce(S.email, "")), else_="")
    return [
        S.public_id, S.given_name, S.family_name, S.role, S.organisation, S.capacity, S.section, email, status,
        S.origin, sa.literal("no"), _yes(S.published), _yes(S.news), sa.cast(S.letter_version, sa.Text), S.locale,
        _moment(S.signed_at), _moment(S.confirmed_at), _line(),
    ]  # fmt: skip


def public_cells_in_sql() -> Cells:
    """Return in SQL what `spreadsheet.public_cells` makes, for signatures without a position."""
    return [S.public_id, S.given_name, S.family_name, S.role, S.organisation, S.section, sa.literal("no"), _line()]


def copied(
    letter: Letter,
    condition: Condition,
    shape: Shape,
    delimiter: str,
    done: Callable[[int], None] = lambda rows: None,
) -> Iterator[bytes]:
    """Yield the file in parts, as `csv_parts` makes it: first signatories in Python, the others in SQL where possible.

    `done`: called at the end with the number of rows.
    """
    asked = others_of(letter, condition).with_only_columns(_number(), *shape.in_sql)
    still = sa.select(S).where(S.letter_id == letter.id, condition).options(selectinload(S.letter))
    first = apart(first_of(letter, condition).options(selectinload(S.letter)))
    for text in csv_parts(shape.columns, first, shape.as_cells, delimiter):
        yield text.encode()
    between, others = DELIMITERS[delimiter], 0
    for part in _read(asked, between):
        others += part.count(b"\n")
        yield _complete(part, still, shape.as_cells, between)
    done(len(first) + others)


def _number() -> Sql:
    """Return the id of a row; negative where Python has to make the line."""
    checked: Sql = sa.literal(_BETWEEN)
    for cell in CHECKED:
        checked += sa.func.coalesce(cell, "") + _BETWEEN
    return sa.case((sa.or_(S.as_organisation, checked.regexp_match(_NOT_PLAIN)), -S.id), else_=S.id)


def _read(query: sa.Select[Any], between: str) -> Iterator[bytes]:
    """Yield the lines in parts, each from a finished transaction; a line left to Python is `?` and the id.

    A client may download as slowly as it likes, and no transaction may stay open so long (decision 0059).
    """
    yield from (_copied if is_postgresql() else _selected)(query.where(S.id > sa.bindparam("last")), between)


def _selected(query: sa.Select[Any], between: str) -> Iterator[bytes]:
    """Read from SQLite. It pauses between transactions, not inside one: else one would be open nearly all the time."""
    some, last = query.limit(BY_SQLITE), 0
    while True:
        with reading().connect() as connection:
            rows = connection.execute(some, {"last": last}).all()
        if not rows:
            return
        last = abs(rows[-1][0])
        parts = (rows[start : start + LINES_AT_ONCE] for start in range(0, len(rows), LINES_AT_ONCE))
        for part in giving_way(parts, 1):
            yield _written((cells if number > 0 else [f"?{-number}"] for number, *cells in part), between)


def _copied(query: sa.Select[Any], between: str) -> Iterator[bytes]:
    """Read from PostgreSQL by COPY."""
    asked, mark = query.limit(BY_POSTGRESQL).compile(dialect=db.engine.dialect), between.encode()
    copy = rf"COPY ({asked}) TO STDOUT (FORMAT csv, DELIMITER '{between}', NULL '\N')"
    last = 0
    while True:
        written = []
        with reading().connect() as connection:
            raw: Any = connection.connection
            with raw.cursor() as cursor, cursor.copy(copy, {**asked.params, "last": last}) as lines:
                while some := [bytes(line) for line in islice(lines, ROWS_A_PART)]:
                    each = (line.partition(mark) for line in some)
                    made = (b"?%b\n" % number[1:] if number[0] == MINUS else cells for number, _, cells in each)
                    written.append(b"".join(made).replace(b"\n", b"\r\n"))
                    last = abs(int(some[-1].partition(mark)[0]))
        if not written:
            return
        yield from written


def _complete(
    part: bytes, still: sa.Select[Signature], as_cells: Callable[[Signature], list[str]], between: str
) -> bytes:
    """Fill in the lines left to Python, for rows that `still` selects: some people may have left since."""
    if not (part.startswith(b"?") or b"\n?" in part):
        return part
    numbers = [int(number) for number in _LEFT_TO_US.findall(part)]
    ours = {s.id: _written([as_cells(s)], between) for s in apart(still.where(S.id.in_(numbers)))}
    return _LEFT_TO_US.sub(lambda found: ours.get(int(found[1]), b""), part)


def _written(lines: Iterable[Sequence[str]], between: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=between, lineterminator="\r\n").writerows(lines)
    return text.getvalue().encode()


def _yes(value: Sql) -> Sql:
    return sa.case((value, "yes"), else_="no")


def _moment(value: Sql) -> Sql:
    if is_postgresql():
        written: Sql = sa.func.to_char(sa.func.timezone("UTC", value), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    else:  # cut from the text, since SQLite's own date functions round fractions of a second
        text = sa.type_coerce(value, sa.Text)
        written = sa.func.substr(text, 1, 10) + "T" + sa.func.substr(text, 12, 8) + "Z"
    return sa.func.coalesce(written, "")


def _line() -> Sql:
    """Return in SQL what `signatures/lines.py: line` makes, for a person named in full."""
    name = sa.func.trim(S.given_name + " " + S.family_name)
    role = _if_any(S.role, sa.literal(", ") + S.role)
    made = role + _if_any(_organisation, sa.literal(" (") + _organisation + ")")
    printed = _if_any(S.affiliation, sa.literal(", ") + S.affiliation)
    return name + sa.case((S.affiliation.is_(None), made), else_=printed)


def _if_any(cell: Sql, then: Sql) -> Sql:
    return sa.case((cell != "", then), else_="")
