"""XLSX workbooks: the same cells as the CSV, each of them text."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from tribune.exports.spreadsheet import Row
from tribune.later import Later

xlsxwriter = Later("xlsxwriter")

MOST_ROWS = 1_048_575  # that a sheet holds below its header
# Cells are written by `write_string` already; these keep it so for any other call.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {  # in characters
    "id": 16, "given_name": 16, "family_name": 20, "role": 32, "organisation": 28, "capacity": 13, "section": 16,
    "email": 28, "signed_at": 21, "confirmed_at": 21, "printed_line": 60,
    "invited_at": 21, "reminded_at": 21, "opened_at": 21, "accepted_at": 21, "declined_at": 21, "asked_at": 21,
    "word": 40, "question": 40, "note": 40,
}  # fmt: skip
WIDTH = 11
ASIDE = "tribune-workbook-"  # prefix of the folders with the library's temporary files
SILENT = 3600  # seconds without a write; a running library pauses a minute at most, to zip a million rows


class TooManyRows(Exception):
    """More rows than a sheet holds."""


def workbook(
    columns: list[str], rows: Iterable[Row], as_cells: Callable[[Row], list[str]], title: str = "signatures"
) -> IO[bytes]:
    """Return a temporary file, at its beginning and deleted on close; one row at a time is in memory.

    `title`: of its sheet.
    Raises TooManyRows, and OSError where the temporary folder has no room.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115, the sender closes it
    try:
        clear_aside()
        # the library's temporary files hold names too, and must go whatever happens
        with tempfile.TemporaryDirectory(prefix=ASIDE) as aside:
            _write(file, aside, title, columns, (as_cells(row) for row in rows))
        file.seek(0)
    except OSError as error:
        # The library's zip file, alive in the frames of the traceback, writes its end when it is collected: lead that
        # nowhere, and drop the frames, while our file is still open.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), file.fileno())
        error.with_traceback(None)
        file.close()
        raise
    except BaseException:
        file.close()
        raise
    return file


def clear_aside() -> None:
    """Delete temporary files left by a process that was killed: folders not written to for SILENT.

    Also a chore, since another workbook may never be made.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{ASIDE}*"):
        with suppress(OSError):  # it belongs to another account, or has just gone
            if max(path.stat().st_mtime for path in (folder, *folder.iterdir())) < time.time() - SILENT:
                shutil.rmtree(folder)


def _write(file: IO[bytes], aside: str, title: str, columns: list[str], rows: Iterable[list[str]]) -> None:
    # Not as a context manager: on an exception that would spend a minute zipping what is thrown away.
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": aside, **AS_TEXT})
    sheet = book.add_worksheet(title)
    try:
        _write_rows(book, sheet, columns, rows)
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise error.args[0] from None
    finally:
        for written in filter(None, (sheet.row_data_fh, sheet.fh)):
            with suppress(OSError):
                written.close()


def _write_rows(book: Any, sheet: Any, columns: list[str], rows: Iterable[list[str]]) -> None:
    bold, plain = book.add_format({"bold": True}), book.add_format()
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(columns):
        sheet.set_column(place, place, WIDTHS.get(name, WIDTH))
        sheet.write_string(0, place, name, bold)
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise TooManyRows
        for place, cell in enumerate(row):
            if cell.startswith("<r>"):  # the library takes "<r>…</r>" for its own markup
                sheet.write_rich_string(number, place, "<", plain, cell[1:])
            elif cell:
                sheet.write_string(number, place, cell)
