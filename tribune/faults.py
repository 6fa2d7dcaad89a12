"""Outages of the database: away, locked, full, damaged, read-only, without rights for us, or of another schema."""

import errno
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import DatabaseError, InternalError, OperationalError, ProgrammingError

from tribune.database import DatabaseBusy

One = TypeVar("One")

ANOTHER_SCHEMA = {"42P01", "42703"}  # as PostgreSQL says that there is no such table, no such column
ONLY_READ = "25006"  # that it is a standby, or was told to write nothing, as some hosts do when its disk is nearly full
NO_RIGHT = "42501"  # that our account may not do that to a table or a sequence
ENDED = {"25P03", "25P04"}  # that it has ended a transaction which was idle, or open, for longer than its host allows
FULL = {errno.ENOSPC, errno.EDQUOT}  # as a disk says that it has no room, or that an account has used up its share


def is_full(error: OSError) -> bool:
    """Whether a disk has no room. Python tries the temporary folders when it first needs one, and says it in words."""
    return error.errno in FULL or "No usable temporary directory" in str(error.strerror)


def is_of_the_database(error: Exception) -> bool:
    """Whether the code is right, and goes on once the database does."""
    if isinstance(error, ProgrammingError | InternalError):  # a statement fails: mostly by its own fault
        return getattr(error.orig, "sqlstate", None) in {*ANOTHER_SCHEMA, ONLY_READ, NO_RIGHT, *ENDED}
    damaged = type(error) is DatabaseError  # none of its own kinds: what SQLite reads in the file makes no sense
    return damaged or isinstance(error, OperationalError | DatabaseBusy)


@contextmanager
def set_aside(faults: list[Exception]) -> Iterator[None]:
    """Add an error of the block to `faults`, so that one row that fails holds up no other; the caller raises the first.

    An outage is raised at once: the other rows would only fail too.
    """
    try:
        yield
    except Exception as error:
        if is_of_the_database(error):
            raise
        faults.append(error)


def one_by_one(do: Callable[[One], object], them: Iterable[One]) -> None:
    """Do it for each, also after one for which it raises an error; raise the first error at the end."""
    faults: list[Exception] = []
    for one in them:
        with set_aside(faults):
            do(one)
    if faults:
        raise faults[0]


def said_by(error: Exception) -> str:
    """Return the first line of what the database says, without the statement."""
    return str(getattr(error, "orig", "another writer held it for too long")).strip().partition("\n")[0]


def write_down(log: logging.Logger, words: str, error: Exception) -> None:
    """Log one line for a fault of the database, the traceback for an error of ours."""
    if is_of_the_database(error):
        log.warning("%s: the database fails (%s)", words, said_by(error))
    else:
        log.error(words, exc_info=error)
