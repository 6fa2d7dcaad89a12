"""A table as rows of text, filled within limits, so that no file can exhaust the machine."""

import re
from bisect import bisect_left
from dataclasses import dataclass

from tribune.reading.doubts import N_, Doubt
from tribune.reading.pasted import readable_list

MOST_ROWS = 2_000  # rows that are not empty
MOST_COLUMNS = 60
MOST_CELLS = 200_000  # with empty ones that have a style: each takes time
MOST_CHARACTERS = 4_000_000
LONGEST_CELL = 2_000  # characters; the rest is cut, with a doubt
LAST_ROW = 1_048_576  # of any spreadsheet program
# What a spreadsheet shows for a failed formula, in English and in French.
FAILED = re.compile(r"#(?:REF!|N/A|NAME\?|NOM\?|VALUE!|VALEUR!|DIV/0!|NUM!|NOMBRE!|NULL!|NUL!)|Err:\d{3}")

# Why a table cannot be read, and what to do.
REFUSALS: dict[str, str] = {
    "damaged": N_("This file is damaged or incomplete. Open it, save it again as XLSX or CSV, and send that."),
    "empty": N_("There is nothing in this table: none of its cells holds a word. Choose another."),
    "encrypted": N_("This file is protected by a password. Save a copy without one, as XLSX or CSV, and send that."),
    "no_table": N_("This is not a table. Send a CSV, XLSX or ODS file: any spreadsheet program can save one."),
    "old_excel": N_("This is an old Excel file (.xls). Open it, save it as XLSX or CSV, and send that."),
    "quote_open": N_(
        "The table breaks off here: a quotation mark opens and is not closed. Close it, or double those inside words."
    ),
    "too_many_columns": N_("There are more than 60 columns. Keep those of the names, roles, organisations, addresses."),
    "too_many_rows": N_("There are more than 2,000 rows with something in them. Split the list into several files."),
    "too_much_inside": N_("The contents of this file are too large. Copy only the rows of the list into a new file."),
}


class CannotRead(Exception):
    """No table can be read here; `reason`: the code of why; `row`: where, or 0."""

    def __init__(self, reason: str, row: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.row = reason, row


@dataclass(frozen=True)
class Row:
    """The cells of a row, and its number in the spreadsheet."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """The rows that are not empty, all of the same length, with the doubts about them."""

    rows: list[Row]
    doubts: list[Doubt]


class Grid:
    """A sheet being read. Rows and columns count from 1. Raises CannotRead beyond what a list of people needs."""

    def __init__(self, last_row: int | None = LAST_ROW) -> None:
        """`last_row`: a row beyond it is an error of the file; None where we count rows ourselves."""
        self._last_row = last_row
        self._rows: dict[int, dict[int, str]] = {}
        self._doubts: list[Doubt] = []
        self._spans: list[tuple[int, int, int, int]] = []
        self._cells = self._characters = 0

    def __bool__(self) -> bool:
        return bool(self._rows)

    def count(self, cells: int = 1) -> None:
        """Count cells, whatever they hold."""
        self._cells += cells
        if self._cells > MOST_CELLS:
            raise CannotRead("too_much_inside")

    def put(self, row: int, column: int, text: str) -> None:
        """Write a cell; one without words is skipped."""
        if self._last_row and not 1 <= row <= self._last_row:
            raise CannotRead("damaged")
        read = text[: LONGEST_CELL + 1]
        self._characters += len(read)  # invisible characters take time too
        if self._characters > MOST_CHARACTERS:
            raise CannotRead("too_much_inside")
        words = tidied(read)
        if not words:
            return
        if column > MOST_COLUMNS:
            raise CannotRead("too_many_columns")
        if row not in self._rows and len(self._rows) == MOST_ROWS:
            raise CannotRead("too_many_rows")
        if FAILED.fullmatch(words):
            self.doubt(row, words, "formula_failed")
        if len(text) > LONGEST_CELL:
            words = words[:LONGEST_CELL].rstrip()
            self.doubt(row, words[:40], "cell_cut")
        self._rows.setdefault(row, {})[column] = words

    def doubt(self, row: int, text: str, reason: str) -> None:
        """Note a doubt about a row; 0: about the whole table."""
        if len(self._doubts) < 2 * MOST_ROWS:
            self._doubts.append(Doubt(row, text[:LONGEST_CELL], reason))

    def merge(self, row: int, column: int, rows: int, columns: int) -> None:
        """Note that a cell spans so many rows and columns."""
        if (rows > 1 or columns > 1) and len(self._spans) < MOST_ROWS:
            self._spans.append((row, column, rows, columns))

    def sheet(self) -> Sheet:
        """Return what was read. Raises CannotRead if that is nothing."""
        if not self._rows:
            raise CannotRead("empty")
        for span in self._spans:
            self._fill(*span)
        width = max(max(cells) for cells in self._rows.values())
        rows = [
            Row(number, tuple(cells.get(column, "") for column in range(1, width + 1)))
            for number, cells in sorted(self._rows.items())
        ]
        there = self._rows.keys() | {0}
        doubts = [doubt for doubt in dict.fromkeys(self._doubts) if doubt.line in there or doubt.reason != "row_hidden"]
        return Sheet(rows, doubts)

    def _fill(self, row: int, column: int, rows: int, columns: int) -> None:
        """Copy a cell that spans rows into each of them; one that spans the table is its title."""
        words = self._rows.get(row, {}).get(column, "")
        if not words or column > MOST_COLUMNS:
            return
        if columns > 1 and len(self._rows[row]) == 1:
            self.doubt(row, words, "title_merged")
            return
        numbers = sorted(self._rows)
        for number in numbers[bisect_left(numbers, row + 1) : bisect_left(numbers, row + rows)]:
            self.count()
            if column not in self._rows[number]:
                self.put(number, column, words)
                self.doubt(number, words[:40], "cells_merged")


def tidied(text: str) -> str:
    """Return the text with one space between words; the lines of a cell stay."""
    lines = (" ".join(line.split()) for line in readable_list(text).splitlines())
    return "\n".join(filter(None, lines))
