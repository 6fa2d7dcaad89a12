"""The lines of a CSV to make a workbook of, and the sheet of the workbook that was made."""

import io
import zipfile
from collections.abc import Iterator

from tribune.exports.spreadsheet import csv_parts


def lines(*cells: str) -> Iterator[bytes]:
    """A CSV of one column."""
    return csv_parts([cells[0]], cells[1:], lambda cell: [cell], "comma")


def sheet(file: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        return parts.read("xl/worksheets/sheet1.xml").decode()
