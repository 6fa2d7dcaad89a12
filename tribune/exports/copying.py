"""The many lines of a CSV, made by PostgreSQL itself: the same bytes as `spreadsheet.py` makes, many times as fast.

SQL writes a line only where each cell is one that nobody has to mend: it begins with a letter or a digit, and so does
all that follows a delimiter inside it. Of any other row it gives the number, and Python writes the line as always: the
rules of safe cells and of printed lines stand in one place.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from tribune.database import db, is_postgresql
from tribune.exports.actions import counted
from tribune.exports.spreadsheet import DELIMITERS, ROWS_A_PART, csv_parts
from tribune.letters.models import Letter
from tribune.signatures.models import Signature
from tribune.signatures.table import first_of, others_of, read

S = Signature
Condition = sa.ColumnElement[bool] | sa.TextClause
Sql = sa.SQLColumnExpression[Any]
Cells = list[Sql]  # of one line, in the order of the columns

_BETWEEN = "\x1f"
_BEGINS = "[0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]"
_GOES_ON = r'[^,;"\\\x01-\x1f\x7f]*'
_CELL = f"({_BEGINS}{_GOES_ON}([,;] ?{_BEGINS}{_GOES_ON})*)?"
_PLAIN = f"^{_CELL}(\\x1f{_CELL})*$"
_LEFT_TO_US = re.compile(rb"^\?(\d+)\r\n", re.MULTILINE)

_organisation = sa.func.coalesce(S.printed_organisation, S.organisation)
# All that people or organisers typed and that a line or a cell holds.
CHECKED = (
    S.given_name, S.family_name, S.role, S.organisation, S.section, S.affiliation, S.printed_organisation, S.email,
)  # fmt: skip


class Shape(NamedTuple):
    """What a line holds: the names of its columns, its cells by Python, and by SQL of who is no first signatory."""

    columns: list[str]
    as_cells: Callable[[Signature], list[str]]
    in_sql: Cells


def copies(letter: Letter) -> bool:
    """Whether SQL can write the lines of this letter."""
    return is_postgresql() and letter.public_list != "initials"


def cells_in_sql(addresses: str) -> Cells:
    """As `spreadsheet.cells` of somebody who is no first signatory."""
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
    """As `spreadsheet.public_cells` of somebody who is no first signatory."""
    return [S.public_id, S.given_name, S.family_name, S.role, S.organisation, S.section, sa.literal("no"), _line()]


def copied(
    letter: Letter,
    condition: Condition,
    shape: Shape,
    delimiter: str,
    done: Callable[[int], None] = lambda rows: None,
) -> Iterator[bytes]:
    """The file in parts, as `csv_parts` makes it: first signatories by Python, the others by SQL where it may.

    `done`: called at the end with the number of rows.
    """
    first: list[int] = []
    rows = counted(read(first_of(letter, condition)), first.append)
    for text in csv_parts(shape.columns, rows, shape.as_cells, delimiter):
        yield text.encode()
    between, others = DELIMITERS[delimiter], 0
    for part in _read(others_of(letter, condition).with_only_columns(_line_in_sql(shape.in_sql, between))):
        others += part.count(b"\n")
        yield _complete(part.replace(b"\n", b"\r\n"), shape.as_cells, between)
    done(sum(first) + others)


def _line_in_sql(in_sql: Cells, between: str) -> Sql:
    """A line, or `?` and the number of a row that is left to us."""
    line = sa.func.concat_ws(between, *(_quoted(cell, between) for cell in in_sql))
    checked = sa.func.concat_ws(_BETWEEN, *CHECKED)
    plain = sa.and_(sa.not_(S.as_organisation), checked.regexp_match(_PLAIN))
    return sa.case((plain, line), else_=sa.literal("?") + sa.cast(S.id, sa.Text))


def _read(query: sa.Select[str]) -> Iterator[bytes]:
    """What COPY gives, some lines at a time. Left half way, it is stopped on the server too."""
    asked = query.compile(dialect=db.engine.dialect)
    connection = db.session.connection().connection.driver_connection
    if connection is None:
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY ({asked}) TO STDOUT", asked.params) as lines:
        while part := b"".join(islice(lines, ROWS_A_PART)):
            yield part


def _complete(part: bytes, as_cells: Callable[[Signature], list[str]], between: str) -> bytes:
    """With the lines that were left to us; without those that are gone meanwhile."""
    if not (part.startswith(b"?") or b"\n?" in part):
        return part
    numbers = [int(number) for number in _LEFT_TO_US.findall(part)]
    query = sa.select(S).where(S.id.in_(numbers)).options(joinedload(S.letter))
    with Session(db.engine) as apart:  # the connection that copies is taken
        ours = {s.id: _written(as_cells(s), between) for s in apart.scalars(query)}
    return _LEFT_TO_US.sub(lambda found: ours.get(int(found[1]), b""), part)


def _written(cells: list[str], between: str) -> bytes:
    line = io.StringIO()
    csv.writer(line, delimiter=between, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()


def _quoted(cell: Sql, between: str) -> Sql:
    return sa.case((sa.func.strpos(cell, between) > 0, sa.literal('"') + cell + '"'), else_=cell)


def _yes(value: Sql) -> Sql:
    return sa.case((value, "yes"), else_="no")


def _moment(value: Sql) -> Sql:
    written = sa.func.to_char(sa.func.timezone("UTC", value), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    return sa.func.coalesce(written, "")


def _line() -> Sql:
    """As `signatures/lines.py: line`, of one who signs in their own name and is named in full."""
    name = sa.func.btrim(S.given_name + " " + S.family_name)
    role = _if_any(S.role, sa.literal(", ") + S.role)
    made = role + _if_any(_organisation, sa.literal(" (") + _organisation + ")")
    printed = _if_any(S.affiliation, sa.literal(", ") + S.affiliation)
    return name + sa.case((S.affiliation.is_(None), made), else_=printed)


def _if_any(cell: Sql, then: Sql) -> Sql:
    return sa.case((cell != "", then), else_="")
