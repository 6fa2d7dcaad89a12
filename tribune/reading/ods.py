"""Reads the first sheet of an ODS document as text: what each cell shows, with its repetitions."""

from tribune.reading.grid import LAST_ROW, LONGEST_CELL, MOST_COLUMNS, CannotRead, Grid, Sheet, tidied
from tribune.reading.packed import Attributes, Packed

CONTENT, MANIFEST = "content.xml", "META-INF/manifest.xml"
_NOT_OF_THE_CELL = frozenset({"annotation", "shapes", "frame", "custom-shape"})  # comments and drawings have words too


def read_ods(packed: Packed, clocks: bool) -> Sheet:
    """Read the first sheet that is not empty; `clocks`: days as stored, with their time. Raises CannotRead."""
    if MANIFEST in packed:
        packed.read(MANIFEST, _refuse_encrypted)
    reader = _Reader(clocks)
    packed.read(CONTENT, reader.start, reader.end, reader.text)
    return reader.sheet()


def _refuse_encrypted(name: str, _attributes: Attributes) -> None:
    if name == "encryption-data":
        raise CannotRead("encrypted")


def _times(attributes: Attributes, name: str) -> int:
    times = int(attributes.get(name, "1"))
    if not 1 <= times <= LAST_ROW:
        raise CannotRead("damaged")
    return times


class _Reader:
    """Reads the document from start to end; a row is written once all its cells are known, as it may be repeated."""

    def __init__(self, clocks: bool) -> None:
        self._clocks = clocks
        self._grid = Grid()
        self._names: list[str] = []  # of all sheets
        self._read: int | None = None  # index of the sheet read
        self._is_done = False
        self._row, self._rows, self._column, self._columns = 1, 1, 1, 1
        self._cells: dict[int, str] = {}
        self._pieces: list[str] | None = None
        self._day = ""
        self._length = self._inside = 0
        self._is_hidden = False

    def sheet(self) -> Sheet:
        """Return the sheet, with a doubt that names the sheets not read."""
        others = [name for number, name in enumerate(self._names) if number != self._read]
        if others:
            self._grid.doubt(0, ", ".join(others), "other_sheets")
        return self._grid.sheet()

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "table" and not self._inside:
            self._names.append(attributes.get("name", ""))
            self._row = 1
        if self._is_done:
            return
        if name in _NOT_OF_THE_CELL:
            self._inside += 1
        elif name == "table-row":
            self._rows, self._column, self._cells = _times(attributes, "number-rows-repeated"), 1, {}
            self._is_hidden = attributes.get("visibility", "visible") != "visible"
        elif name in ("table-cell", "covered-table-cell"):
            self._begin_cell(name, attributes)
        elif name == "p" and self._pieces:
            self.text("\n")
        elif name == "s":
            self.text(" ")
        elif name in ("tab", "line-break"):
            self.text(" " if name == "tab" else "\n")

    def _begin_cell(self, name: str, attributes: Attributes) -> None:
        self._grid.count()
        self._columns = _times(attributes, "number-columns-repeated")
        self._pieces, self._length = [], 0
        self._day = attributes.get("date-value", "").replace("T", " ") if self._clocks else ""
        if name == "table-cell":
            spans = [_times(attributes, f"number-{which}-spanned") for which in ("rows", "columns")]
            self._grid.merge(self._row, self._column, *spans)

    def end(self, name: str) -> None:
        if name == "table" and not self._inside:
            self._is_done = self._is_done or self._read is not None
        if self._is_done:
            return
        if name in _NOT_OF_THE_CELL:
            self._inside -= 1
        elif name in ("table-cell", "covered-table-cell"):
            self._end_cell(name)
        elif name == "table-row":
            self._end_row()

    def _end_cell(self, name: str) -> None:
        words = tidied("".join(self._pieces or ()))  # once, though it may be repeated
        self._pieces = None
        words = words and (self._day or words)
        if words and name == "table-cell":
            if self._column + self._columns > MOST_COLUMNS + 1:
                raise CannotRead("too_many_columns")
            self._grid.count(self._columns)
            self._cells |= dict.fromkeys(range(self._column, self._column + self._columns), words)
        self._column += self._columns

    def _end_row(self) -> None:
        if self._cells:
            self._read = len(self._names) - 1
            for number in range(self._row, self._row + self._rows):
                if self._is_hidden:
                    self._grid.doubt(number, "", "row_hidden")
                for column, words in self._cells.items():
                    self._grid.put(number, column, words)
        self._row += self._rows

    def text(self, text: str) -> None:
        if self._pieces is not None and not self._inside and self._length <= LONGEST_CELL:
            self._pieces.append(text)
            self._length += len(text)
