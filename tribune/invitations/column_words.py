"""The columns of a pasted or uploaded table as the page offers them: what each may hold, and the first rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from tribune.reading.columns import Columns, columns_of, guess
from tribune.reading.grid import Row, Sheet
from tribune.reading.headings import (
    AFFILIATION,
    EMAIL,
    FAMILY,
    GIVEN,
    LEFT_OUT,
    NAME,
    NOTE,
    ORGANISATION,
    ROLE,
    SECTION,
)

HELD = {
    NAME: _l("Whole name"),
    GIVEN: _l("Given name"),
    FAMILY: _l("Family name"),
    ROLE: _l("Role"),
    ORGANISATION: _l("Organisation"),
    AFFILIATION: _l("Role and organisation together"),
    EMAIL: _l("Email address"),
    SECTION: _l("Section"),
    NOTE: _l("Note for the team"),
    LEFT_OUT: _l("Leave out"),
}
_ROWS_SHOWN = 3


@dataclass(frozen=True)
class Table:
    """What the page shows of a table: (letter, heading, choice) of each column, and the first rows."""

    columns: list[tuple[str, str, str]]
    rows: list[Row]
    headings: int
    held: Mapping[str, Any]


def shown(sheet: Sheet, columns: Columns, held: Mapping[str, Any] = HELD) -> Table:
    """Return the table for the page. `held`: what a column may hold, in words."""
    headings = columns.names(sheet.rows)
    named = [(_letter(place), headings[place] if headings else "", what) for place, what in enumerate(columns.held)]
    rows = [row for row in sheet.rows if row.number > columns.headings][:_ROWS_SHOWN]
    return Table(named, rows, columns.headings, held)


def _letter(place: int) -> str:
    """Return the name of a column in a spreadsheet: A to Z, then AA; there are never more than sixty."""
    first, last = divmod(place, 26)
    return (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + last)


def columns_in(chosen: Sequence[str], headings: int, sheet: Sheet) -> Columns:
    """Return the columns chosen, or our guess where the choice does not fit this table."""
    if len(chosen) == len(sheet.rows[0].cells) and set(chosen) <= HELD.keys():
        return columns_of(chosen, headings, sheet.rows)
    return guess(sheet.rows)
