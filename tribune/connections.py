"""Connections to the database: SQLite made durable, PostgreSQL asked whether it is still there."""

import os
import sqlite3
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session

from tribune import database
from tribune.database import db, is_postgresql

Row = TypeVar("Row")

IDLE = 1  # seconds after which a connection may have been lost unseen
# How long PostgreSQL is believed to be there while nothing comes from it. A machine that is gone, or cut off, says no
# word: Linux would ask it for a quarter of an hour, or two hours where it owes an answer, and each thread would wait.
ALIVE = {
    "tcp_user_timeout": database.WAIT * 1000,  # milliseconds
    "keepalives_idle": database.WAIT,
    "keepalives_interval": 3,
    "keepalives_count": 3,
}
NAP = 0.001  # seconds between two questions to SQLite whether another still writes


def prepare(engine: sa.Engine) -> None:
    """Make SQLite keep what it acknowledged, forget what was erased, and leave the word BEGIN to us.

    Make PostgreSQL say after WAIT seconds that it is away, or that somebody else holds what is wanted, write text and
    moments as we read them, and compile no statement; a connection that nobody used for IDLE seconds is asked whether
    it still works before it is given out.
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
                raise DisconnectionError from lost  # another one is given out

    if engine.dialect.name != "sqlite":

        @sa.event.listens_for(engine, "do_connect")
        def hurry(dialect: sa.Dialect, _record: Any, words: Any, given: dict[str, Any]) -> Any:
            for name, value in {"connect_timeout": database.WAIT, "client_encoding": "UTF8", **ALIVE}.items():
                given.setdefault(name, value)
            ours = f"-c lock_timeout={database.WAIT}s -c jit=off -c datestyle=ISO"
            given["options"] = f"{ours} {given.get('options', '')}"
            return _in_utf_8(dialect.connect(*words, **given), engine)

    else:
        _prepare_sqlite(engine)


def _in_utf_8(connection: Any, engine: sa.Engine) -> Any:
    """The connection, unless its database holds some alphabets only, or takes letters for bytes and gives us these.

    So it is made by a PostgreSQL that was installed on a machine without a language, or with one of before UTF-8.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise engine.dialect.loaded_dbapi.OperationalError(
            f"the encoding of the database is {encoding}, in which not every name can be written: make one with "
            "ENCODING 'UTF8' (docs/deploy.md, PostgreSQL)"
        )
    return connection


def _prepare_sqlite(engine: sa.Engine) -> None:
    file = Path(engine.url.database or "")
    if engine.url.database and file.parent.is_dir() and not file.exists():
        with suppress(OSError):  # who may not write there is told by a sentence once the file is opened
            # nobody else on the machine reads who signed; -wal and -shm follow
            file.touch(mode=0o600)
            if sys.platform != "win32":  # root restores a site for the account that has the folder
                os.chown(file, file.parent.stat().st_uid, -1)

    @sa.event.listens_for(engine, "connect")
    def settle(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={database.WAIT * 1000}")
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        # Else what a savepoint may take back goes to a file: of who signs, and signing takes a tenth longer.
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.close()
        record.info["file"] = _file_at(engine.url.database)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN " + connection.get_execution_options().get("sqlite_begin", "DEFERRED"))

    @sa.event.listens_for(engine, "do_execute")
    def take_turns(cursor: Any, statement: str, _values: Any, context: Any) -> bool:
        """Ask often whether another still writes: SQLite would wait ever longer, while others come in between."""
        if statement != "BEGIN IMMEDIATE":
            return False
        until = time.monotonic() + context.execution_options.get("sqlite_wait", database.WAIT)
        _refuse_moved(context.root_connection.info["file"], engine.url.database)
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            while _is_held(cursor, statement, until):
                time.sleep(NAP)
        finally:
            cursor.execute(f"PRAGMA busy_timeout={database.WAIT * 1000}")
        return True


def _file_at(path: str | None) -> tuple[int, int] | None:
    """Which file has this place now; None: none has, or the database is in memory."""
    try:
        found = os.stat(path or "")
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _refuse_moved(opened: tuple[int, int] | None, path: str | None) -> None:
    """Write to no file that another has taken the place of: whoever was answered would be in none that is read later.

    A reader goes on; to open the other one could take its journal away from whoever writes there already.
    """
    if opened and opened != _file_at(path):
        raise sqlite3.OperationalError(
            "its file was moved or replaced while this process runs: put it back, or stop the site and start it again"
        )


def _is_held(cursor: Any, statement: str, until: float) -> bool:
    """Whether somebody else writes; that error itself, once it is too late to wait."""
    try:
        cursor.execute(statement)
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) or time.monotonic() > until:
            raise
        return True
    return False


def apart(query: sa.Select[Row]) -> list[Row]:
    """The rows of a query, by a transaction that is over when they are given; the caller's is given up.

    For what leaves as slowly as whoever takes it likes: no reading may last so long (decision 0059).
    """
    db.session.rollback()
    with Session(db.engine) as session:
        return list(session.scalars(query))


def scrub_journal() -> bool:
    """Leave nothing of what was erased in the journal beside a SQLite file; False while a reader holds it open.

    Whoever erases calls it once that is committed, and the hourly chores after them.
    """
    if is_postgresql():
        return True
    db.session.rollback()  # we may be that reader
    with db.engine.connect() as connection:
        raw = connection.connection.cursor()
        raw.execute("PRAGMA busy_timeout=250")
        busy, _pages, _done = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        raw.execute(f"PRAGMA busy_timeout={database.WAIT * 1000}")
        raw.close()
    return not busy
