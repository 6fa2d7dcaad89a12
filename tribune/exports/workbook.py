"""XLSX workbooks, made by a process of its own from the lines of a CSV: the same cells, each of them text."""

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from tribune.exports.scripts import NotMade, running
from tribune.faults import FULL

WORKER = Path(__file__).with_name("xlsx_worker.py")
MOST_ROWS = 1_048_575  # that a sheet holds below its header
ASIDE = "tribune-workbook-"  # prefix of the folders with the library's temporary files
SECONDS = 29 * 60  # that a workbook may take; nginx waits a minute longer (deploy/nginx.conf)
SILENT = 3600  # seconds without a write; a running library pauses a minute at most, to zip a million rows


class TooManyRows(Exception):
    """More rows than a sheet holds."""


def workbook(parts: Iterable[bytes], title: str = "signatures") -> IO[bytes]:
    """Return a temporary file, at its beginning and deleted on close.

    `parts`: of a CSV with commas, read as fast as the workbook is written; `title`: of its sheet.
    Raises TooManyRows, OSError where the temporary folder has no room, and NotMade.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115, the sender closes it
    try:
        clear_aside()
        # the library's temporary files hold names too, and must go whatever happens
        with tempfile.TemporaryDirectory(prefix=ASIDE) as aside:
            _write(file, parts, title, aside)
        file.seek(0)
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


def _write(file: IO[bytes], parts: Iterable[bytes], title: str, aside: str) -> None:
    with running(WORKER, title, aside, str(MOST_ROWS), seconds=SECONDS, output=file) as process:
        _feed(process.stdin, parts)  # type: ignore[arg-type]
    code = process.returncode
    if code == errno.EOVERFLOW:
        raise TooManyRows
    if code in FULL:
        raise OSError(code, os.strerror(code))
    if code:
        raise NotMade(f"exit code {code}")


def _feed(process: IO[bytes], parts: Iterable[bytes]) -> None:
    """Write all parts and close; stop where the process has ended too soon, as its exit code says why."""
    for part in parts:
        try:
            process.write(part)
        except BrokenPipeError:
            break
    with suppress(BrokenPipeError):
        process.close()
