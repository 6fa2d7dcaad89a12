"""Reads delimited text as rows: CSV, or cells copied from a spreadsheet; finds encoding and delimiter."""

import codecs
import csv
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Literal

from tribune.reading.addresses import ADDRESS
from tribune.reading.grid import CannotRead, Grid
from tribune.reading.headings import MOST_ROWS_ABOVE, headings_in
from tribune.reading.list_marks import without_marks

DELIMITERS = "\t;,"
LONGEST_FIELD = 2**24  # characters: above any file; the grid cuts
MOST_LINES = 100_000
_SAMPLE = 100  # rows looked at
UTF_8 = "utf-8-sig"  # with or without a byte order mark
OF_UTF_16 = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
ERRORS = dict.fromkeys((UTF_8, "cp1252"), "tribune_windows")  # what is done with undecodable bytes: `_as_windows`
_NOT_OF_WINDOWS = b"\x81\x8d\x8f\x90\x9d"
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_OF_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# How letters of another encoding look when they are read as Windows-1252 or UTF-8.
_ODD = re.compile(r"[\x80-\x9f]|(?<=[^\W\d_])[Žˆ‰™žƒ‚Š…‡][a-z]|Ã[\x80-\xbf©¨ª ]|â€")
_MARKUP = b"{\\rtf", b"<!doctype", b"<html", b"<?xml"  # a document, or a page that a browser saved
_LINES_MERGED = 20  # lines in a quoted cell above which we check whether a stray quote swallowed rows


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text of a file, and the code of a doubt about its encoding or "". Raises CannotRead."""
    if content.startswith(OF_UTF_16):
        encoding = "utf-16"
    elif b"\0" in content:
        raise CannotRead("no_table")
    else:
        encoding = UTF_8 if content.startswith(codecs.BOM_UTF8) or is_utf_8([content]) else "cp1252"
    try:
        text = content.decode(encoding, errors=ERRORS.get(encoding, "strict"))
    except UnicodeDecodeError:
        raise CannotRead("damaged") from None
    return text, oddness(text)


def text_of(content: bytes) -> str:
    """Return the text of a letter, in UTF-8 or Windows-1252. Raises CannotRead if it is markup, or looks wrong."""
    if content.lstrip().lower().startswith(_MARKUP):
        raise CannotRead("markup")
    try:
        return content.decode(UTF_8)
    except UnicodeDecodeError:
        text, doubt = decoded(content)
        if doubt:
            raise CannotRead(doubt) from None
        return text


def is_utf_8(pieces: Iterable[bytes]) -> bool:
    """Whether the bytes beyond ASCII are UTF-8, even if a few rows in Windows-1252 were added."""
    right = wrong = 0
    for piece in pieces:
        beyond = b" ".join(_BEYOND_ASCII.findall(piece))
        wrong += beyond.decode("utf-8", errors="replace").count("\ufffd")
        right += len(_OF_UTF_8.findall(beyond))
    return right > wrong or not wrong


def oddness(text: str) -> str:
    """Return the code of a doubt if the letters look wrongly decoded, else ""."""
    return "encoding_odd" if _ODD.search(text) else ""


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read the first byte that is not UTF-8 as Windows-1252; the five it leaves undefined as Latin-1, seen as odd."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    end = error.start + 1
    byte = error.object[error.start : end]
    return byte.decode("latin-1" if byte in _NOT_OF_WINDOWS else "cp1252"), end


codecs.register_error("tribune_windows", _as_windows)


def delimiter_of(text: str) -> str:
    """Return the delimiter of the cells; "" if these are lines rather than rows. Raises CannotRead."""
    if text.count("\n") + text.count("\r") > 2 * MOST_LINES:
        raise CannotRead("too_many_rows")
    best, most = "", 0
    for delimiter in DELIMITERS:
        rows = _sample(text, delimiter)
        wide = Counter(len(row) for row in rows if len(row) > 1)
        together = wide.most_common(1)[0][1] if wide else 0
        if together > most and _is_meant(rows, delimiter, together):
            best, most = delimiter, together
    return best


def _sample(text: str, delimiter: str) -> list[list[str]]:
    rows = []
    for row in _rows_of(text, delimiter):
        if any(cell.strip() for cell in row):
            rows.append(row)
        if len(rows) == _SAMPLE:
            break
    return rows


def _is_meant(rows: list[list[str]], delimiter: str, together: int) -> bool:
    """Whether it delimits cells; a comma of a printed list ("Zoé Évrard, maire") has a space after it."""
    if any(headings_in(row) for row in rows[:MOST_ROWS_ABOVE]):
        return True
    if delimiter == "\t":
        unmarked = [without_marks("\t".join(row), number) for number, row in enumerate(rows, 1)]
        return 2 * sum("\t" in line for line in unmarked) > len(rows)
    after = [cell for row in rows for cell in row[1:] if cell]
    packed = sum(not cell[0].isspace() for cell in after)
    if delimiter == ";" and together == len(rows) > 1 and _end_with_addresses(rows):
        return True  # with spaces too
    return 10 * packed > 9 * len(after) and 2 * together > len(rows)


def _end_with_addresses(rows: list[list[str]]) -> bool:
    """Whether each row has three cells or more, no bullet, and in the last, alone there, an address or nothing."""
    if any(without_marks(row[0], number) != row[0].strip() for number, row in enumerate(rows, 1)):
        return False
    addressed = [cell for row in rows for cell in row if "@" in cell]
    last = [row[-1].strip() for row in rows if row[-1].strip()]
    return len(rows[0]) > 2 and len(addressed) == len(last) > 0 and all(map(ADDRESS.fullmatch, last))


def _rows_of(text: str, delimiter: str) -> Iterable[list[str]]:
    """Return the cells of each row, or each line if there is no delimiter; a stray quote never swallows rows."""
    if not delimiter:
        return ([line] for line in text.splitlines())
    csv.field_size_limit(LONGEST_FIELD)

    def read(quoting: Literal[0, 3], strict: bool = False) -> Iterator[list[str]]:
        return csv.reader(StringIO(text, newline=""), delimiter=delimiter, quoting=quoting, strict=strict)

    try:
        if any(map(_is_long, read(csv.QUOTE_MINIMAL))):
            deque(unswallowed(read(csv.QUOTE_MINIMAL, strict=True), delimiter), maxlen=0)
    except csv.Error:
        return read(csv.QUOTE_NONE)
    return read(csv.QUOTE_MINIMAL)


def _is_long(row: list[str]) -> bool:
    return any(cell.count("\n") > _LINES_MERGED for cell in row)


def unswallowed(rows: Iterable[list[str]], delimiter: str) -> Iterator[list[str]]:
    """Yield strictly read rows. Raises csv.Error at a cell whose lines are rows as wide as most before it."""
    widths: Counter[int] = Counter()
    for row in rows:
        if len(row) > 1:
            if _is_long(row):
                usual = widths.most_common(1)[0][0] if widths else len(row)
                lines = [line for cell in row for line in cell.split("\n")[1:-1]]
                # A comma of a comment has a space after it, and that of a row none.
                rows_inside = sum(len(re.findall(rf"{delimiter}(?! )", line)) == usual - 1 for line in lines)
                if 2 * rows_inside > len(lines):
                    raise csv.Error("a stray quote swallowed rows")
            widths[len(row)] += 1
        yield row


def fill(grid: Grid, text: str, delimiter: str) -> None:
    """Write the rows into a grid. Raises CannotRead."""
    try:
        for number, cells in enumerate(_rows_of(text, delimiter), 1):
            for column, cell in enumerate(cells, 1):
                if cell:
                    grid.count()
                    grid.put(number, column, cell)
    except csv.Error:
        raise CannotRead("damaged") from None
