"""Reads a CSV of any length in pieces, never held whole; encodings, delimiters and cells as in `delimited`."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO

from tribune.reading.delimited import ERRORS, OF_UTF_16, UTF_8, delimiter_of, is_utf_8, oddness, unswallowed
from tribune.reading.grid import CannotRead, Grid, Sheet
from tribune.reading.headings import FAMILY, NAME, heading_of

ROWS_AT_ONCE = 1_000
LONGEST_FIELD = 2**20  # characters: a longer field is an unclosed quote
_SAMPLE = 256 * 1024  # bytes looked at, from the beginning
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Streamed:
    """How to read it. `digest`: SHA-256 of its bytes; `doubt`: the code of what is odd in its letters, or ""."""

    path: Path
    lines: int  # a row takes one or more
    encoding: str
    delimiter: str
    doubt: str
    digest: str

    def sheets(self, at_once: int = ROWS_AT_ONCE) -> Iterator[Sheet]:
        """Yield its rows, so many at once, with their numbers. Raises CannotRead with the row where it breaks."""
        csv.field_size_limit(LONGEST_FIELD)
        with self.path.open(encoding=self.encoding, errors=ERRORS.get(self.encoding, "strict"), newline="") as file:
            lines = ([line] for line in file)
            rows = csv.reader(file, delimiter=self.delimiter, strict=True) if self.delimiter else lines
            numbered = enumerate(self._records(rows), 1)
            while piece := list(islice(numbered, at_once)):
                grid = Grid(last_row=None)
                for number, cells in piece:
                    for column, cell in enumerate(cells, 1):
                        grid.put(number, column, cell)
                if grid:
                    yield grid.sheet()

    def _records(self, reader: Iterator[list[str]]) -> Iterator[list[str]]:
        number = 0
        try:
            for cells in unswallowed(reader, self.delimiter):
                number += 1
                yield cells
        except csv.Error:
            raise CannotRead("quote_open", number + 1) from None

    def begins(self) -> Sheet:
        """Return its first rows, to guess its columns by. Raises CannotRead."""
        for sheet in self.sheets():
            return sheet
        raise CannotRead("empty")


def streamed(path: Path) -> Streamed:
    """Read a whole file once to find encoding, delimiter and digest. Raises CannotRead or OSError."""
    with path.open("rb") as file:
        beginning = file.read(_SAMPLE)
        if not beginning.strip():
            raise CannotRead("empty")
        is_wide = beginning.startswith(OF_UTF_16)
        digest, lines, is_whole = sha256(), 0, True
        decoder = codecs.getincrementaldecoder("utf-16" if is_wide else UTF_8)()
        for piece in _pieces(file):
            digest.update(piece)
            lines += piece.count(b"\n")
            if not is_wide and b"\0" in piece:
                raise CannotRead("no_table")
            is_whole = is_whole and _decodes(decoder, piece)
        is_whole = is_whole and _decodes(decoder, b"", final=True)
        if is_wide and not is_whole:
            raise CannotRead("damaged")
        is_of_utf_8 = is_whole or beginning.startswith(codecs.BOM_UTF8) or is_utf_8(_pieces(file))
        encoding = "utf-16" if is_wide else UTF_8 if is_of_utf_8 else "cp1252"
    sample = _sample(beginning, encoding)
    delimiter, doubt = delimiter_of(sample), oddness(sample)
    first = next(iter(sample.strip().splitlines()), "")
    if not delimiter and heading_of(first) not in (NAME, FAMILY):
        raise CannotRead("no_table")  # lines without a heading may be any text
    return Streamed(path, lines, encoding, delimiter, doubt, digest.hexdigest())


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _sample(beginning: bytes, encoding: str) -> str:
    """Return the first whole lines as text, whatever ends them."""
    text = codecs.getincrementaldecoder(encoding)(ERRORS.get(encoding, "strict")).decode(beginning)
    if len(beginning) < _SAMPLE:
        return text
    return text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
