"""Connections to the database: SQLite made durable, PostgreSQL tested for being alive."""

import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, DisconnectionError
from sqlalchemy.orm import Session

from tribune import database
from tribune.database import db, is_postgresql
from tribune.files import as_its_folder

Row = TypeVar("Row")

IDLE = 1  # seconds unused after which a connection is tested, as it may have been lost
# How long a silent PostgreSQL is believed to be alive. A machine that is gone or cut off sends nothing: Linux would try
# for a quarter of an hour, or two hours while it waits for an answer, and so would each thread.
ALIVE = {
    "tcp_user_timeout": database.WAIT * 1000,  # milliseconds
    "keepalives_idle": database.WAIT,
    "keepalives_interval": 3,
    "keepalives_count": 3,
}
# Seconds between two tries to take the write lock of SQLite: a transaction that signs takes two milliseconds.
NAP = 0.0002


def prepare(engine: sa.Engine) -> sa.Engine:
    """Make SQLite durable, have it overwrite what is deleted, and leave BEGIN to us.

    Have PostgreSQL give up after WAIT seconds when it is away or a lock is held, use UTF-8, ISO dates and UTC, and
    compile no statement. On both, a connection unused for IDLE seconds is tested before it is given out.

    Return the engine to read with. On PostgreSQL it begins no transaction: a page would end it by a rollback, at which
    psycopg forgets the statements it has prepared (docs/decisions/0092-reading-needs-no-transaction.md).
    """

    @sa.event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        moment = time.monotonic()
        if moment - record.info.get("used", moment) > IDLE:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as lost:
                raise DisconnectionError from lost  # the pool opens another

    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
        return engine

    @sa.event.listens_for(engine, "do_connect")
    def hurry(dialect: sa.Dialect, _record: Any, words: Any, given: dict[str, Any]) -> Any:
        for name, value in {"connect_timeout": database.WAIT, "client_encoding": "UTF8", **ALIVE}.items():
            given.setdefault(name, value)
        # East of UTC the end of 9999, when some letters close, is in the year 10000: no Python can read it.
        ours = f"-c lock_timeout={database.WAIT}s -c jit=off -c datestyle=ISO -c timezone=UTC"
        given["options"] = f"{ours} {given.get('options', '')}".strip()  # PgBouncer refuses a blank at the end
        return _in_utf_8(dialect.connect(*words, **given), engine)

    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _in_utf_8(connection: Any, engine: sa.Engine) -> Any:
    """Return the connection if its database is in UTF-8; else close it and raise OperationalError.

    PostgreSQL installed under another locale, or none, lacks some alphabets, or returns bytes for text.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise engine.dialect.loaded_dbapi.OperationalError(
            f"the encoding of the database is {encoding}, in which not every name can be written: make one with "
            "ENCODING 'UTF8' (docs/deploy.md, Several machines)"
        )
    return connection


def _make_file(path: str) -> None:
    """Make the file of a new database: nobody else on the machine reads who signed; -wal and -shm inherit this."""
    file = Path(path)
    if file.parent.is_dir() and not file.exists():
        with suppress(OSError):  # without the right to write there, opening the file says so in a sentence
            file.touch(mode=0o600)
            as_its_folder(file)


def _prepare_sqlite(engine: sa.Engine) -> None:
    if engine.url.database:
        _make_file(engine.url.database)

    @sa.event.listens_for(engine, "connect")
    def settle(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={database.WAIT * 1000}")
        (mode,) = cursor.execute("PRAGMA journal_mode=WAL").fetchone()
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        # Else what a savepoint may roll back is written to a file: names, and signing takes a tenth longer.
        cursor.execute("PRAGMA temp_store=MEMORY")
        path = cursor.execute("PRAGMA database_list").fetchone()[2]
        cursor.close()
        record.info["file"] = _file_at(engine.url.database)
        # Some file systems cannot do it (no shared memory): there SQLite goes on waiting for the disk itself.
        record.info["journal"] = Path(f"{path}-wal") if mode == "wal" else None

    @sa.event.listens_for(engine, "checkin")
    def sync_by_itself(connection: Any, record: Any) -> None:
        """Undo what `take_turns` does for `write()`: whoever has the connection next may write past it."""
        try:
            if connection is not None:
                connection.execute("PRAGMA synchronous=FULL")
        except sqlite3.Error as error:  # of a damaged file, whose tables it reads; the pool opens another
            record.invalidate(error)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN " + connection.get_execution_options().get("sqlite_begin", "DEFERRED"))

    @sa.event.listens_for(engine, "do_execute")
    def take_turns(cursor: Any, statement: str, _values: Any, context: Any) -> bool:
        """Try often for the write lock: SQLite would wait longer each time, and others would overtake."""
        if statement != "BEGIN IMMEDIATE":
            return False
        until = time.monotonic() + context.execution_options.get("sqlite_wait", database.WAIT)
        _refuse_moved(context.root_connection.info["file"], engine.url.database)
        if context.execution_options.get("sqlite_synced_after") and context.root_connection.info["journal"]:
            cursor.execute("PRAGMA synchronous=NORMAL")  # a commit leaves the disk to whoever asked for this
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            while _is_held(cursor, statement, until):
                time.sleep(NAP)
        finally:
            cursor.execute(f"PRAGMA busy_timeout={database.WAIT * 1000}")
        return True


def _file_at(path: str | None) -> tuple[int, int] | None:
    """Return device and inode of the file there now; None if there is none, or the database is in memory."""
    try:
        found = os.stat(path or "")
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _refuse_moved(opened: tuple[int, int] | None, path: str | None) -> None:
    """Raise sqlite3.OperationalError if the file we opened was moved or replaced: what is written would be lost.

    Reading goes on: to open the new file could take its journal away from a process that already writes there.
    """
    if opened != _file_at(path):
        raise sqlite3.OperationalError(
            "its file was moved or replaced while this process runs: put it back, or stop the site and start it again"
        )


def _is_held(cursor: Any, statement: str, until: float) -> bool:
    """Try to begin, and return whether another writer holds the lock; after `until`, raise SQLite's error."""
    try:
        cursor.execute(statement)
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) or time.monotonic() > until:
            raise
        return True
    return False


def apart(query: sa.Select[Row]) -> list[Row]:
    """Return the rows of a query, read on a connection that is free again; the session is rolled back.

    For slow downloads: no transaction stays open for as long as the reader takes (decision 0059).
    """
    db.session.rollback()
    with Session(database.reading()) as session:
        return list(session.scalars(query))


def scrub_journal() -> bool:
    """Remove what was erased from the journal beside a SQLite file.

    False while a reader, a full disk or a damaged file prevents it. Called after an erasure is committed, whose answer
    must not depend on it, and every hour by a chore.
    """
    if is_postgresql():
        return True
    db.session.rollback()  # we may be that reader
    try:
        with db.engine.connect() as connection, closing(connection.connection.cursor()) as raw:
            raw.execute("PRAGMA busy_timeout=250")
            try:
                busy, _pages, _done = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                raw.execute(f"PRAGMA busy_timeout={database.WAIT * 1000}")
    except (sqlite3.DatabaseError, DatabaseError):  # SQLAlchemy wraps what fails when it connects alone
        return False
    return not busy
