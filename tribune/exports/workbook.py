"""The list as an XLSX workbook: the same cells as the CSV, each of them text."""

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
# Every cell is written as text; these say the same of whatever could come to be written otherwise.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {  # in characters
    "id": 16, "given_name": 16, "family_name": 20, "role": 32, "organisation": 28, "capacity": 13, "section": 16,
    "email": 28, "signed_at": 21, "confirmed_at": 21, "printed_line": 60,
}  # fmt: skip
WIDTH = 11
ASIDE = "tribune-workbook-"  # how the folders begin of what the library sets aside
SILENT = 3600  # seconds without a word: the library packs a million rows for a minute or so, and else writes all along


class TooManyRows(Exception):
    """More rows than a sheet holds."""


def workbook(columns: list[str], rows: Iterable[Row], as_cells: Callable[[Row], list[str]]) -> IO[bytes]:
    """A temporary file, gone when it is closed, read from its beginning; made with one row in memory at a time.

    Raises TooManyRows, and OSError where the temporary folder has no room.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115, whoever sends it closes it
    try:
        clear_aside()
        # what the library sets aside holds names too, and must go whatever happens
        with tempfile.TemporaryDirectory(prefix=ASIDE) as aside:
            _write(file, aside, columns, (as_cells(row) for row in rows))
        file.seek(0)
    except OSError as error:
        # What packs is still open, and writes its end as it goes: with its frames, while there is a file and room.
        os.ftruncate(file.fileno(), 0)
        error.with_traceback(None)
        file.close()
        raise
    except BaseException:
        file.close()
        raise
    return file


def clear_aside() -> None:
    """Remove what the library had set aside in a process that was stopped: where nothing was written for SILENT.

    A chore, too: not everybody makes another workbook.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{ASIDE}*"):
        with suppress(OSError):  # it is another account's, or has just gone
            if max(path.stat().st_mtime for path in (folder, *folder.iterdir())) < time.time() - SILENT:
                shutil.rmtree(folder)


def _write(file: IO[bytes], aside: str, columns: list[str], rows: Iterable[list[str]]) -> None:
    # Not as a context: that would pack, for a minute or so, what was broken off too.
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": aside, **AS_TEXT})
    sheet = book.add_worksheet("signatures")
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
    for place, name in enumerate(columns):
        sheet.write_string(0, place, name, bold)
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise TooManyRows
        for place, cell in enumerate(row):
            if cell.startswith("<r>"):  # which the library takes for its own markup when "</r>" ends it
                sheet.write_rich_string(number, place, "<", plain, cell[1:])
            elif cell:
                sheet.write_string(number, place, cell)
