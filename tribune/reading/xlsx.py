"""Reads the first sheet of an XLSX workbook as text: formulas by their last result, days as days."""

import re
from datetime import datetime, timedelta

from tribune.reading.grid import LAST_ROW, CannotRead, Grid, Sheet
from tribune.reading.headings import MOST_ROWS_ABOVE, headings_in
from tribune.reading.packed import Attributes, Packed
from tribune.reading.workbook import Words, Workbook

MOST_SHEETS_TRIED = 5  # the first ones may be empty
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def read_xlsx(packed: Packed, clocks: bool) -> Sheet:
    """Read the first visible sheet that is not empty; `clocks`: days with their time. Raises CannotRead.

    A shorter one without headings is skipped for a later one with them: it holds instructions, or what Numbers adds.
    """
    workbook = Workbook(packed, clocks)
    found: Sheet | None = None
    for name, part in workbook.sheets[:MOST_SHEETS_TRIED]:
        try:
            sheet = _read_sheet(packed, workbook, name, part)
        except CannotRead as error:
            if found or error.reason == "empty":
                continue
            raise
        has_headings = any(headings_in(row.cells) for row in sheet.rows[:MOST_ROWS_ABOVE])
        if has_headings and (not found or len(found.rows) < len(sheet.rows)):
            return sheet
        found = found or sheet
    if not found:
        raise CannotRead("empty")
    return found


def _read_sheet(packed: Packed, workbook: Workbook, name: str, part: str) -> Sheet:
    reader = _SheetReader(workbook)
    packed.read(part, reader.start, reader.end, reader.text)
    if len(workbook.sheets) > 1:
        reader.grid.doubt(0, ", ".join(other for other, _part in workbook.sheets if other != name), "other_sheets")
    return reader.grid.sheet()


class _SheetReader:
    """Reads one sheet cell by cell."""

    def __init__(self, workbook: Workbook) -> None:
        self.grid = Grid()
        self._book = workbook
        self._words = Words()
        self._row = self._column = 0
        self._kind = self._style = ""
        self._has_formula = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            if attributes.get("hidden") in ("1", "true"):
                self.grid.doubt(self._row, "", "row_hidden")
        elif name == "c":
            self.grid.count()
            self._row, self._column = _place(attributes["r"]) if "r" in attributes else (self._row, self._column + 1)
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._has_formula = False
        elif name == "f":
            self._has_formula = True
        elif name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            (row, column), (last_row, last_column) = _place(first), _place(last or first)
            self.grid.merge(row, column, last_row - row + 1, last_column - column + 1)
        self._words.start(name)

    def end(self, name: str) -> None:
        self._words.end(name)
        if name == "c":
            words = self._value(self._words.words)
            if self._has_formula and not words and self._kind != "str":  # saved without computing results
                words = "#N/A"
            self.grid.put(self._row, self._column, words)

    def text(self, text: str) -> None:
        self._words.text(text)

    def _value(self, words: str) -> str:
        if self._kind == "s" and words:
            number = int(words)
            if not 0 <= number < len(self._book.words):
                raise CannotRead("damaged")
            return self._book.words[number]
        if self._kind == "n" and words:
            return self._number(float(words))
        return words

    def _number(self, number: float) -> str:
        if self._style in self._book.days and 0 < number < (datetime.max - self._book.epoch).days + 1:
            second = min(round(number % 1 * 86_400), 86_399) if self._book.clocks else 0
            return str(self._book.epoch + timedelta(int(number), second)).removesuffix(" 00:00:00")
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _place(reference: str) -> tuple[int, int]:
    """Return row and column of "B3". Raises CannotRead."""
    found = _REFERENCE.fullmatch(reference)
    if found is None or int(found[2]) > LAST_ROW:
        raise CannotRead("damaged")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column
