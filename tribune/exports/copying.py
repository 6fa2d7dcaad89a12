"""The lines of a large CSV, made by the database: the same bytes as `spreadsheet.py` makes, many times faster.

SQL makes the cells. PostgreSQL writes them as CSV itself; for SQLite the csv module does. A line stays so if it is
plain: each cell begins with a Latin letter or a digit, and so does whatever follows a delimiter inside it, so that
`safe` would change nothing. Python makes any other line as always, so that the rules of safe cells and of printed lines
stand in one place.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from string import ascii_letters, digits
from types import SimpleNamespace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tribune.abuse.shedding import giving_way
from tribune.connections import apart
from tribune.database import db, is_postgresql, reading
from tribune.exports.spreadsheet import DELIMITERS, ROWS_A_PART, csv_parts
from tribune.letters.models import Letter
from tribune.signatures.models import Signature
from tribune.signatures.spellings import PRINTED_NAME
from tribune.signatures.table import Condition, first_of, others_of

S = Signature
Sql = sa.SQLColumnExpression[Any]
Cells = list[Sql]  # of one line, in the order of the columns

LINES_AT_ONCE = 200  # of SQLite, about two milliseconds of work before giving way to other requests
BY_SQLITE, BY_POSTGRESQL = 1_000, 10_000  # lines per transaction

# What a plain cell begins with: an ASCII letter or digit, or the first byte, in UTF-8, of a Latin letter up to U+027F.
BEGIN = (ascii_letters + digits).encode() + bytes(range(0xC3, 0xCA))
# The kind of a byte: what none holds, the end of a line, a delimiter, what plain cells begin with; `?` for any other.
_KIND = {**dict.fromkeys(b"\t\r", b"\t"), ord("\n"): b"\n", **dict.fromkeys(b",;", b","), **dict.fromkeys(BEGIN, b"a")}
_KINDS = b"".join(_KIND.get(byte, b"?") for byte in range(256))
_LEFT_TO_US = re.compile(rb"^\?(\d+)\r\n", re.MULTILINE)


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
    columns: Cells = [S.id, *shape.in_sql]
    asked = others_of(letter, condition).with_only_columns(*columns)
    still = sa.select(S).where(S.letter_id == letter.id, condition).options(selectinload(S.letter))
    first = apart(first_of(letter, condition).options(selectinload(S.letter)))
    yield from csv_parts(shape.columns, first, shape.as_cells, delimiter)
    between, others = DELIMITERS[delimiter], 0
    for part in _read(asked, between):
        others += part.count(b"\n")
        yield _complete(part, still, shape.as_cells, between)
    done(len(first) + others)


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
        last = rows[-1][0]
        parts = (rows[start : start + LINES_AT_ONCE] for start in range(0, len(rows), LINES_AT_ONCE))
        for part in giving_way(parts, 1):
            yield _checked([number for number, *_ in part], _written((cells for _, *cells in part), between))


def _copied(query: sa.Select[Any], between: str) -> Iterator[bytes]:
    """Read from PostgreSQL by COPY."""
    asked, mark = query.limit(BY_POSTGRESQL).compile(dialect=db.engine.dialect), between.encode()
    copy = rf"COPY ({asked}) TO STDOUT (FORMAT csv, DELIMITER '{between}', NULL '\N')"
    last = 0
    while True:
        written = []
        with reading().connect() as connection, _as_of_a_statement(connection):
            raw: Any = connection.connection
            with raw.cursor() as cursor, cursor.copy(copy, {**asked.params, "last": last}) as lines:
                while some := [bytes(line).partition(mark) for line in islice(lines, ROWS_A_PART)]:
                    written.append(_checked([number for number, _, _ in some], [cells for _, _, cells in some]))
                    last = int(some[-1][0])
        if not written:
            return
        yield from written


@contextmanager
def _as_of_a_statement(connection: sa.Connection) -> Iterator[None]:
    """Raise what psycopg says of a COPY as SQLAlchemy says it of a statement: the site answers 503 to an outage."""
    dialect = connection.dialect
    try:
        yield
    except dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError.instance(None, None, error, dialect.loaded_dbapi.Error, dialect=dialect) from error


def _checked(numbers: Sequence[bytes | int], lines: list[bytes]) -> bytes:
    """Join lines, which end in LF, those that are not plain as `?` and their number; return them with CRLF."""
    if not _are_plain(lines):
        both = zip(numbers, lines, strict=True)
        lines = [line if _are_plain([line]) else b"?%d\n" % int(number) for number, line in both]
    return b"".join(lines).replace(b"\n", b"\r\n")


def _are_plain(lines: list[bytes]) -> bool:
    """Whether only BEGIN follows delimiters, quotes and spaces aside, and no cell holds a tab or the end of a line."""
    kinds = b"".join(lines).translate(_KINDS, b'" ')
    return b",?" not in kinds and b"\t" not in kinds and kinds.count(b"\n") == len(lines)


def _complete(
    part: bytes, still: sa.Select[Signature], as_cells: Callable[[Signature], list[str]], between: str
) -> bytes:
    """Fill in the lines left to Python, for rows that `still` selects: some people may have left since."""
    if not (part.startswith(b"?") or b"\n?" in part):
        return part
    numbers = [int(number) for number in _LEFT_TO_US.findall(part)]
    ours = {s.id: b"".join(_written([as_cells(s)], between, "\r\n")) for s in apart(still.where(S.id.in_(numbers)))}
    return _LEFT_TO_US.sub(lambda found: ours.get(int(found[1]), b""), part)


def _written(rows: Iterable[Sequence[str]], between: str, end: str = "\n") -> list[bytes]:
    lines: list[str] = []
    csv.writer(SimpleNamespace(write=lines.append), delimiter=between, lineterminator=end).writerows(rows)
    return [line.encode() for line in lines]


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
    """Return in SQL what `signatures/lines.py: line` makes, for a person named in full; not plain for any other."""
    name = sa.func.trim(S.given_name + " " + S.family_name)
    role = _if_any(S.role, sa.literal(", ") + S.role)
    made = role + _if_any(PRINTED_NAME, sa.literal(" (") + PRINTED_NAME + ")")
    printed = _if_any(S.affiliation, sa.literal(", ") + S.affiliation)
    line = name + sa.case((S.affiliation.is_(None), made), else_=printed)
    return sa.case((S.as_organisation, "?"), else_=line)


def _if_any(cell: Sql, then: Sql) -> Sql:
    return sa.case((cell != "", then), else_="")
