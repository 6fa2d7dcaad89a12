"""The database: named constraints, moments in UTC, and writing that is right under concurrency."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from math import inf
from typing import Any

import sqlalchemy as sa
from flask import current_app, g, has_request_context
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase

SYNC = getattr(os, "fdatasync", os.fsync)  # the first, of Linux, does not write down when the file was changed
WAIT = 10  # seconds a writer waits for another before the site answers 503
# Seconds. Once a request has waited in vain, the others wait WAIT_NO_MORE: for IN_VAIN, or until one gets through.
WAIT_NO_MORE, IN_VAIN = 0.05, 10


class Base(DeclarativeBase):
    """Parent of every model; its constraints get names, without which SQLite can never drop one.

    No id is used twice: by default SQLite reuses that of a deleted newest row, while the log, a mail or an open page
    still refers to it.
    """

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        if isinstance(table := vars(cls).get("__table__"), sa.Table):
            table.dialect_options["sqlite"]["autoincrement"] = True


class Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC. SQLite drops the offset without converting: we convert on the way in, add UTC on the way out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows by itself only for INTEGER

# Keys computed in Python are compared byte by byte on both databases, whatever the server's language.
SortKey = sa.String(400).with_variant(sa.String(400, collation="C"), "postgresql")

READING = "tribune_reading"  # in the application's `extensions`: the engine that `connections.prepare` returns


class SiteSession(Session):
    """Reads without a transaction on PostgreSQL, where `write()` alone begins one."""

    def get_bind(self, *_what: Any, bind: Any = None, **_more: Any) -> Any:
        """Return the engine to read with: there is one database."""
        return bind or reading()


@sa.event.listens_for(SiteSession, "before_flush")
def _refuse_outside(session: Session, *_more: Any) -> None:
    """Raise RuntimeError if a page changes something outside `write()`: on PostgreSQL nothing would take it back."""
    if has_request_context() and "writing" not in session.info:
        raise RuntimeError("whatever changes the database does so within write()")


db = SQLAlchemy(model_class=Base, session_options={"class_": SiteSession})
_writer = threading.Lock()
LOCK_TIMEOUT = "55P03"  # as PostgreSQL says that somebody else had locked a row or a table for WAIT seconds
_in_vain = [-inf]  # on SQLite, when a request last waited WAIT in vain (monotonic clock)


class DatabaseBusy(RuntimeError):
    """Another writer had locked what we need for longer than WAIT seconds; nothing was written."""


class ReadOnly(RuntimeError):
    """An administrator has switched the site to read-only; nothing was written."""


def reading() -> sa.Engine:
    """Return the engine to read with apart from the session: on PostgreSQL, without a transaction."""
    engine: sa.Engine = current_app.extensions[READING]
    return engine


def now() -> datetime:
    """This moment, in UTC, to the microsecond."""
    return datetime.now(UTC)


@contextmanager
def write() -> Iterator[Session]:
    """One transaction that writes: read afresh inside it, committed whole at the end, rolled back on any error.

    Inside another `write()` it joins that one, so that a command can do several things or none.

    What was read before is dropped first: a SQLite transaction that began as a reader cannot become a writer while
    others write. On SQLite the lock is taken at once (BEGIN IMMEDIATE), and the threads of this process queue for it
    here, because SQLite's own waiting is unfair. While another process holds it for long, one request waits WAIT
    seconds and the others give up after WAIT_NO_MORE. It is free again before the disk has what was committed: that is
    waited for afterwards, while others write (docs/decisions/0095-the-lock-does-not-wait-for-the-disk.md).

    Raises DatabaseBusy, or ReadOnly in a request while the site is read-only.
    """
    session = db.session()
    if "writing" in session.info:
        yield session
        return
    if g.get("read_only"):
        raise ReadOnly
    once: list[Callable[[], object]] = []
    with ExitStack() as ends:
        with _transaction(session) as connection:
            session.info["once_written"] = once
            path = connection.info.get("journal")
            with _as_of_the_database():
                # Before the commit: what the disk did not take is told only to whoever had the file open by then.
                journal = ends.enter_context(path.open("r+b", buffering=0)) if path else None
            yield session
        if journal:
            with _as_of_the_database():
                SYNC(journal.fileno())
    for do in once:
        do()


@contextmanager
def _transaction(session: Session) -> Iterator[sa.Connection]:
    session.rollback()
    sqlite = not is_postgresql()
    patience = _patience()
    if sqlite and not _writer.acquire(timeout=patience):
        _note_in_vain(patience)
        raise DatabaseBusy
    try:
        on_sqlite = {"sqlite_begin": "IMMEDIATE", "sqlite_wait": patience, "sqlite_synced_after": True}
        options = on_sqlite if sqlite else {"isolation_level": "READ COMMITTED"}
        session.info["writing"] = connection = session.connection(execution_options=options)
        _in_vain[0] = -inf
        yield connection
        session.commit()
    except OperationalError as error:
        session.rollback()
        if sqlite and "locked" in str(error.orig):
            _note_in_vain(patience)
            raise DatabaseBusy from error
        if getattr(error.orig, "sqlstate", None) == LOCK_TIMEOUT:
            raise DatabaseBusy from error
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("writing", None)
        session.info.pop("once_written", None)
        if sqlite:
            _writer.release()


@contextmanager
def _as_of_the_database() -> Iterator[None]:
    """Raise what the system says of the journal as SQLite would say it: the site answers 503, and tries again."""
    try:
        yield
    except OSError as error:
        raise OperationalError(None, None, error) from error


def _patience() -> float:
    """Return the seconds to wait for another writer; always WAIT outside a request."""
    return WAIT_NO_MORE if has_request_context() and time.monotonic() - _in_vain[0] < IN_VAIN else WAIT


def _note_in_vain(patience: float) -> None:
    """Note that a wait was in vain, if it was a whole WAIT."""
    if patience == WAIT:
        _in_vain[0] = time.monotonic()


def run(
    statement: sa.Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
) -> sa.CursorResult[Any]:
    """Execute a statement in the caller's `write()`, past the session: its unflushed changes are not seen."""
    found: sa.CursorResult[Any] = db.session.info["writing"].execute(statement, values)
    return found


def once_written(do: Callable[[], object]) -> None:
    """Call `do` once the caller's transaction is committed; never if it is rolled back."""
    db.session.info.setdefault("once_written", []).append(do)


def hour_of(moment: datetime) -> datetime:
    """Return the beginning of its hour, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def is_postgresql() -> bool:
    """Whether this site runs on PostgreSQL (else SQLite)."""
    return db.engine.dialect.name == "postgresql"
