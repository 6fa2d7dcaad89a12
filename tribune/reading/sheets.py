"""Reads a spreadsheet file, or cells copied from one, as rows of text; runs nothing in it, and loses no row."""

from tribune.reading.delimited import decoded, delimiter_of, fill
from tribune.reading.doubts import TABLE_DOUBTS
from tribune.reading.grid import CannotRead, Grid, Sheet
from tribune.reading.labelled_cards import rows_of_cards
from tribune.reading.ods import CONTENT, read_ods
from tribune.reading.packed import Packed
from tribune.reading.pasted import few_accents
from tribune.reading.xlsx import read_xlsx

LARGEST_FILE = 5 * 1024 * 1024  # bytes
FILES = ".csv,.tsv,.txt,.xlsx,.xlsm,.ods"  # the `accept` of a file field
_PACKED = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # a new Excel file behind a password looks like an old one
_MARKUP = (b"<", b"%PDF", b"{\\rtf")
_LINE_END = "\ue000"  # line end inside a cell while it travels in a form, where any other ends the row


def read_file(content: bytes, clocks: bool = False) -> Sheet:
    """Read the first sheet, whatever the name of the file. Raises CannotRead.

    `clocks`: days as the spreadsheet stores them, with their time if any; text is read as it stands.
    """
    if content.startswith(_OLD_OFFICE):
        raise CannotRead("encrypted" if _ENCRYPTED in content else "old_excel")
    if content.startswith(_PACKED):
        return _read_packed(Packed(content), clocks)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:5].startswith(_MARKUP):
        raise CannotRead("no_table")
    text, doubt = decoded(content)
    return _read_text(text, doubt)


def _read_packed(packed: Packed, clocks: bool) -> Sheet:
    if "xl/workbook.bin" in packed:
        raise CannotRead("old_excel")
    if CONTENT in packed:
        return read_ods(packed, clocks)
    if "[Content_Types].xml" in packed and not ("word/document.xml" in packed or "ppt/presentation.xml" in packed):
        return read_xlsx(packed, clocks)
    raise CannotRead("no_table")


def _read_text(pasted: str, doubt: str) -> Sheet:
    grid, text = Grid(), few_accents(pasted)
    fill(grid, text, delimiter_of(text))
    if doubt:
        grid.doubt(0, "", doubt)
    return grid.sheet()


def read_cells(pasted: str) -> Sheet | None:
    """Read pasted text as a table; None if it is lines, to be read as a list. Raises CannotRead."""
    if cards := rows_of_cards(pasted):
        return _read_cards(cards)
    return _read_text(pasted, "") if delimiter_of(pasted) else None


def _read_cards(rows: dict[int, list[str]]) -> Sheet:
    grid = Grid()
    for number, cells in rows.items():
        grid.count(len(cells))
        for column, cell in enumerate(cells, 1):
            grid.put(number, column, few_accents(cell))
    return grid.sheet()


def as_field(sheet: Sheet) -> str:
    """Return the table as text for a hidden form field: its doubts, then its rows with their numbers."""
    doubts = ["\t".join(("!", str(doubt.line), doubt.reason, " ".join(doubt.text.split()))) for doubt in sheet.doubts]
    rows = ["\t".join((str(row.number), *row.cells)).replace("\n", _LINE_END) for row in sheet.rows]
    return "\n".join([*doubts, *rows])


def from_field(text: str) -> Sheet:
    """Read the table back, within the same limits. Raises CannotRead."""
    grid = Grid()
    for line in text.split("\n"):
        number, *cells = line.split("\t")
        if number == "!" and len(cells) == 3 and _is_row(cells[0]) and cells[1] in TABLE_DOUBTS:
            grid.doubt(int(cells[0]), cells[2], cells[1])
        elif _is_row(number):
            grid.count(len(cells) or 1)
            for column, cell in enumerate(cells, 1):
                grid.put(int(number), column, cell.replace(_LINE_END, "\n"))
        else:
            raise CannotRead("damaged")
    return grid.sheet()


def _is_row(number: str) -> bool:
    return number.isdecimal() and len(number) < 9
