"""Files that appear whole, or not at all."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO

UNFINISHED = ".tribune-unfinished"  # how the name of a file ends that is not whole yet
LEFT = 3600  # seconds after which nobody writes to one any more: whoever did was killed


@contextmanager
def appearing(path: Path) -> Iterator[IO[bytes]]:
    """A file that only its owner reads, and that is there whole and on disk, or not at all."""
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


def named_file(path: Path) -> AbstractContextManager[IO[bytes]]:
    """One that somebody named, to hold names; a pipe or a device, which cannot appear at once, as it is."""
    if path.exists() and not path.is_file():
        return path.open("wb")
    return appearing(path.resolve())


def _clear_away(folder: Path) -> None:
    """What those who were killed left there, under a hidden name: it would keep for ever what people had erased."""
    for left in folder.glob(f".*{UNFINISHED}"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - LEFT:
                left.unlink()
