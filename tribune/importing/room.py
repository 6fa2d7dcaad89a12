"""Reserve room on the disk of a SQLite file, so that an import can be undone if the disk fills up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from tribune.database import db, is_postgresql

ROOM = 16 * 1024 * 1024  # bytes: the journal of a few transactions


@contextmanager
def room_kept() -> Iterator[Callable[[], None]]:
    """Reserve ROOM bytes during the block; yield a function that frees them. Nothing on PostgreSQL. Raises OSError.

    The file has no name, so that nothing stays however this process ends.
    """
    path = db.engine.url.database
    if is_postgresql() or not path:
        yield lambda: None
        return
    with TemporaryFile(dir=Path(path).parent) as kept:
        kept.write(b"\0" * ROOM)
        kept.flush()
        yield kept.close
