"""Script that makes one workbook and exits: a CSV with commas on standard input, the XLSX on standard output.

    xlsx_worker.py TITLE FOLDER ROWS

TITLE is that of the sheet, FOLDER takes the library's temporary files, ROWS is how many the sheet may hold below its
header. Standard output must be a file, as a zip archive is not written in order. Exit code: the `errno` of an OSError;
EOVERFLOW for more rows.
"""

import csv
import errno
import io
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import xlsxwriter

# Cells are written by `write_string` already; these keep it so for any other call.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {  # in characters
    "id": 16, "given_name": 16, "family_name": 20, "role": 32, "organisation": 28, "capacity": 13, "section": 16,
    "email": 28, "signed_at": 21, "confirmed_at": 21, "printed_line": 60,
    "invited_at": 21, "reminded_at": 21, "opened_at": 21, "accepted_at": 21, "declined_at": 21, "asked_at": 21,
    "word": 40, "question": 40, "note": 40,
}  # fmt: skip
WIDTH = 11
LESS_URGENT = 10  # than the site, which serves people meanwhile: see `man nice`


def write(title: str, folder: str, most: int) -> None:
    """Write the workbook; one row at a time is in memory. Raises OSError."""
    book = xlsxwriter.Workbook(sys.stdout.buffer, {"constant_memory": True, "tmpdir": folder, **AS_TEXT})
    sheet = book.add_worksheet(title)
    with io.TextIOWrapper(sys.stdin.buffer, "utf-8-sig", newline="") as lines:
        _write_rows(book, sheet, csv.reader(lines), most)
    try:
        book.close()
        sys.stdout.flush()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise error.args[0] from None


def _write_rows(book: Any, sheet: Any, rows: Iterable[list[str]], most: int) -> None:
    bold, plain = book.add_format({"bold": True}), book.add_format()
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows):
        if number > most:
            raise OSError(errno.EOVERFLOW, "more rows than a sheet holds")
        for place, cell in enumerate(row):
            if number == 0:
                sheet.set_column(place, place, WIDTHS.get(cell, WIDTH))
                sheet.write_string(0, place, cell, bold)
            elif cell.startswith("<r>"):  # the library takes "<r>…</r>" for its own markup
                sheet.write_rich_string(number, place, "<", plain, cell[1:])
            elif cell:
                sheet.write_string(number, place, cell)


if __name__ == "__main__":
    with suppress(OSError, AttributeError):  # Windows has no such thing
        os.nice(LESS_URGENT)
    with suppress(OSError):  # where memory runs out, Linux ends this process and not the site, which may be larger
        Path("/proc/self/oom_score_adj").write_text("1000")
    try:
        write(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    except OSError as error:
        os._exit(error.errno or 1)  # at once: what the library leaves open would be written again, and fail again
