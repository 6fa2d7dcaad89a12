"""Room on the disk of a SQLite file, so that what was begun on a disk that fills up can be taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from tribune.database import db, is_postgresql

ROOM = 16 * 1024 * 1024  # bytes: the journal of a few pieces


@contextmanager
def room_kept() -> Iterator[Callable[[], None]]:
    """Keep some while the block lasts; gives what sets it free. PostgreSQL keeps its own. Raises OSError.

    The file has no name: however this process ends, nothing of it stays.
    """
    path = db.engine.url.database
    if is_postgresql() or not path:
        yield lambda: None
        return
    with TemporaryFile(dir=Path(path).parent) as kept:
        kept.write(b"\0" * ROOM)
        kept.flush()
        yield kept.close
