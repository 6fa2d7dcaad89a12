"""Files that appear whole, or not at all."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO

UNFINISHED = ".tribune-unfinished"  # suffix of a file that is still being written
LEFT = 3600  # seconds after which it is abandoned: its writer was killed


@contextmanager
def appearing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that only its owner reads, and that appears whole and synced to disk, or not at all."""
    _clear_away(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=UNFINISHED)
    made = Path(name)
    try:
        with open(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def as_its_folder(path: Path) -> None:
    """Give a file of ours to the owner of its folder: what a command of root makes is for the account of the site."""
    if sys.platform != "win32" and path.lstat().st_uid == os.geteuid():  # what another account has stays theirs
        with suppress(PermissionError):  # not root: it stays ours
            os.chown(path, path.parent.stat().st_uid, -1, follow_symlinks=False)


def named_file(path: Path) -> AbstractContextManager[IO[bytes]]:
    """Open a file named on the command line; a pipe or a device, which cannot be replaced, is opened as it is."""
    if path.exists() and not path.is_file():
        return path.open("wb")
    return appearing(path.resolve())


def _clear_away(folder: Path) -> None:
    """Delete the hidden files of writers that were killed: they would keep for ever what people had erased."""
    for left in folder.glob(f".*{UNFINISHED}"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - LEFT:
                left.unlink()
