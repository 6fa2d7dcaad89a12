"""What the sheets of an XLSX workbook share: their names, their words, and which styles show a day."""

import posixpath
import re
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from tribune.reading.grid import LONGEST_CELL
from tribune.reading.packed import Attributes, Packed

_DAYS = {14, 15, 16, 17, 22}  # ids of built-in formats that show a day
_IN_A_FORMAT = re.compile(r'"[^"]*"|\[[^][]*\]|\\.')  # not code; each bracket is read once
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Workbook:
    """Read once, before the sheets. `sheets`: name and part of each visible one; `days`: ids of styles that show a day.

    `words`: those that cells name by their number; `epoch`: the day from which days count.
    """

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
        reader = Words()

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


class Words:
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
