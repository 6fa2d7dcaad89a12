"""Reads the first sheet of an XLSX workbook as text: formulas by their last result, days as days."""

import posixpath
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from tribune.reading.grid import LAST_ROW, LONGEST_CELL, CannotRead, Grid, Sheet
from tribune.reading.headings import MOST_ROWS_ABOVE, headings_in
from tribune.reading.packed import Attributes, Packed

MOST_SHEETS_TRIED = 5  # the first ones may be empty
_DAYS = {14, 15, 16, 17, 22}  # ids of built-in formats that show a day
_IN_A_FORMAT = re.compile(r'"[^"]*"|\[[^][]*\]|\\.')  # not code; each bracket is read once
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def read_xlsx(packed: Packed, clocks: bool) -> Sheet:
    """Read the first visible sheet that is not empty; `clocks`: days with their time. Raises CannotRead.

    A shorter one without headings is skipped for a later one with them: it holds instructions, or what Numbers adds.
    """
    workbook = _Workbook(packed, clocks)
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


def _read_sheet(packed: Packed, workbook: "_Workbook", name: str, part: str) -> Sheet:
    reader = _SheetReader(workbook)
    packed.read(part, reader.start, reader.end, reader.text)
    if len(workbook.sheets) > 1:
        reader.grid.doubt(0, ", ".join(other for other, _part in workbook.sheets if other != name), "other_sheets")
    return reader.grid.sheet()


class _Workbook:
    """What the sheets of a workbook share: names, words, and which styles show a day."""

    def __init__(self, packed: Packed, clocks: bool) -> None:
        self.clocks = clocks
        self.sheets: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.days: set[str] = set()
        self.epoch = datetime(1899, 12, 30)
        self._packed = packed
        book = next((link.part for link in self._links("") if link.kind == "officeDocument"), "")
        links = self._links(book)
        parts = {link.name: link.part for link in links}

        def start(name: str, attributes: Attributes) -> None:
            if name == "sheet" and attributes.get("state", "visible") == "visible":
                self.sheets.append((attributes.get("name", ""), parts.get(attributes.get("id", ""), "")))
            elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self.epoch = datetime(1904, 1, 1)

        packed.read(book, start)
        for link in links:
            if link.kind == "sharedStrings":
                self._read_words(link.part)
            elif link.kind == "styles":
                self._read_styles(link.part)

    def _links(self, part: str) -> list["_Link"]:
        """Return what a part points to; "" is the file itself."""
        folder, name = posixpath.split(part)
        found: list[_Link] = []

        def start(element: str, attributes: Attributes) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
                kind = attributes.get("Type", "").rpartition("/")[2]
                found.append(_Link(attributes.get("Id", ""), kind, target))

        self._packed.read(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        return found

    def _read_words(self, part: str) -> None:
        reader = _Words()

        def end(name: str) -> None:
            reader.end(name)
            if name == "si":
                self.words.append(reader.words)

        self._packed.read(part, lambda name, _attributes: reader.start(name), end, reader.text)

    def _read_styles(self, part: str) -> None:
        of_days: set[str] = set()  # ids of formats, each read once however many styles use it
        numbers = count()
        is_inside = False

        def start(name: str, attributes: Attributes) -> None:
            nonlocal is_inside
            if name == "numFmt":
                code = _IN_A_FORMAT.sub("", attributes.get("formatCode", "")).lower()
                if ("d" in code and "m" in code) or "yy" in code:
                    of_days.add(attributes.get("numFmtId", ""))
            elif name == "cellXfs":
                is_inside = True
            elif name == "xf" and is_inside:
                style, used = str(next(numbers)), attributes.get("numFmtId", "0")
                if int(used) in _DAYS or used in of_days:
                    self.days.add(style)

        def end(name: str) -> None:
            nonlocal is_inside
            is_inside = is_inside and name != "cellXfs"

        self._packed.read(part, start, end)


@dataclass(frozen=True)
class _Link:
    name: str
    kind: str
    part: str


class _Words:
    """The text of the latest `si` or `c`, which may come in several pieces, without Japanese phonetic readings."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._is_text = self._is_reading = False

    def start(self, name: str) -> None:
        if name in ("si", "c"):
            self._pieces, self._length = [], 0
        self._is_reading = self._is_reading or name == "rPh"
        self._is_text = name in ("t", "v") and not self._is_reading

    def end(self, name: str) -> None:
        self._is_text = False
        if name == "rPh":
            self._is_reading = False

    def text(self, text: str) -> None:
        if self._is_text and self._length <= LONGEST_CELL:
            self._pieces.append(text)
            self._length += len(text)

    @property
    def words(self) -> str:
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(self._pieces))


class _SheetReader:
    """Reads one sheet cell by cell."""

    def __init__(self, workbook: _Workbook) -> None:
        self.grid = Grid()
        self._book = workbook
        self._words = _Words()
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
