"""The connections of a backup, which sees one moment, and of a restore, which locks out everybody else."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tribune.database import db

PATIENCE = 0.5  # seconds to wait for other connections to end
AT_ONCE = 500  # names in one statement
STEP = 1_000_000  # more ids than are used between a backup and the loss of the database
# An empty backend_type is one we may not see, of another account; PostgreSQL's own processes have no account.
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
        AND coalesce(backend_type, 'client backend') = 'client backend'"""


class SiteRuns(Exception):
    """Somebody else uses the database: the site must be stopped while it is replaced."""


@contextmanager
def snapshot() -> Iterator[sa.Connection]:
    """Open a transaction that sees the database as it is now, even while others write."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def alone() -> Iterator[sa.Connection]:
    """Open a transaction during which nobody else uses the database. Raises SiteRuns."""
    db.session.remove()
    db.engine.dispose()
    transaction = _on_sqlite if db.engine.dialect.name == "sqlite" else _on_postgresql
    try:
        with db.engine.connect() as connection, transaction(connection):
            yield connection
    finally:
        db.engine.dispose()


@contextmanager
def _on_sqlite(connection: sa.Connection) -> Iterator[None]:
    """Leave WAL, which SQLite allows only to the sole user, until the next connection; switch off foreign keys, as
    migrations of rows need it.
    """
    with closing(connection.connection.cursor()) as bare:
        bare.execute(f"PRAGMA busy_timeout={PATIENCE * 1000:.0f}")
        try:
            bare.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise SiteRuns from error
            raise OperationalError(None, None, error) from error  # a full disk, a file of another account
        bare.execute("PRAGMA foreign_keys=OFF")
        with connection.execution_options(sqlite_begin="EXCLUSIVE").begin():
            yield


@contextmanager
def _on_postgresql(connection: sa.Connection) -> Iterator[None]:
    until = time.monotonic() + PATIENCE
    with connection.begin():
        while connection.scalar(sa.text(OTHERS)):  # connections just closed are counted a little longer
            if time.monotonic() > until:
                raise SiteRuns
            time.sleep(0.01)
            connection.execute(sa.select(sa.func.pg_stat_clear_snapshot()))  # else it always sees the same
        yield


@contextmanager
def as_session(connection: sa.Connection) -> Iterator[Session]:
    """Let code that uses `db.session` work in the transaction of a restore, once it is at the present schema."""
    with Session(connection, info={"writing": connection}) as session:
        db.session.registry.set(session)  # type: ignore[arg-type]  # one of Flask-SQLAlchemy asks its engine
        try:
            yield session
            session.commit()  # does not end the transaction of the connection
        finally:
            db.session.registry.clear()


@contextmanager
def filling(connection: sa.Connection, table: sa.Table) -> Iterator[None]:
    """Let rows of a table that refer to each other be added in any order; number new ones after them."""
    if connection.dialect.name == "sqlite":  # foreign keys are off: see `_on_sqlite`
        yield
        return
    inner = [str(key.constraint.name) for key in table.foreign_keys if key.constraint and key.references(table)]
    for name in inner:
        _alter(connection, table, name, "DEFERRABLE INITIALLY DEFERRED")
    yield
    connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
    for name in inner:
        _alter(connection, table, name, "NOT DEFERRABLE")
    [key, *others] = table.primary_key.columns
    sequence = not others and connection.scalar(
        sa.select(sa.func.pg_get_serial_sequence(sa.literal(table.name), sa.literal(key.name)))
    )
    if sequence:
        last = sa.select(sa.func.coalesce(sa.func.max(key), 0) + 1).scalar_subquery()
        connection.execute(sa.select(sa.func.setval(sa.literal(sequence), last, sa.false())))


def slices(names: Iterable[str]) -> Iterator[list[str]]:
    """Return these names in order, AT_ONCE at a time."""
    ordered = sorted(names)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


def number_ahead(connection: sa.Connection) -> None:
    """Set all sequences so that no id is used again that may have belonged to a row lost or deleted since the backup.

    All tables go on from the same number, STEP after the largest id of any: a row that names a lost id, such as a line
    of the log, has itself an id as large.
    """
    numbered = [(table, key) for table in db.metadata.sorted_tables if (key := table.autoincrement_column) is not None]
    largest = (connection.scalar(sa.select(sa.func.max(key))) or 0 for _table, key in numbered)
    last = max(largest) + STEP
    if connection.dialect.name == "sqlite":
        sequences = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
        connection.execute(sa.delete(sequences))
        connection.execute(sa.insert(sequences), [{"name": table.name, "seq": last} for table, _key in numbered])
        return
    for table, key in numbered:
        connection.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, key.name), last)))


def _alter(connection: sa.Connection, table: sa.Table, constraint: str, how: str) -> None:
    connection.execute(sa.text(f'ALTER TABLE "{table.name}" ALTER CONSTRAINT "{constraint}" {how}'))
