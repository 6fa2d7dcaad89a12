"""The connections of a backup, which sees one moment, and of a restore, which locks out everybody else."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tribune.database import db

PATIENCE = 0.5  # seconds for others to be gone
STEP = 1_000_000  # more numbers than are given between a backup and its loss
# What is not shown of the sessions of another account is empty; whatever PostgreSQL does by itself has no account.
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
        AND coalesce(backend_type, 'client backend') = 'client backend'"""


class SiteRuns(Exception):
    """Somebody else uses the database: the site must rest while it is replaced."""


@contextmanager
def snapshot() -> Iterator[sa.Connection]:
    """Reads the database as it is now, all along, while others write."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def alone() -> Iterator[sa.Connection]:
    """A transaction around the whole database that nobody else uses meanwhile. Raises SiteRuns."""
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
    """Out of WAL, which SQLite leaves only for who is alone; without foreign keys, as migrations with rows need it."""
    with closing(connection.connection.cursor()) as bare:
        bare.execute(f"PRAGMA busy_timeout={PATIENCE * 1000:.0f}")
        try:
            bare.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise SiteRuns from error
        bare.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.execution_options(sqlite_begin="EXCLUSIVE").begin():
                yield
        finally:
            bare.execute("PRAGMA journal_mode=WAL")


@contextmanager
def _on_postgresql(connection: sa.Connection) -> Iterator[None]:
    until = time.monotonic() + PATIENCE
    with connection.begin():
        while connection.scalar(sa.text(OTHERS)):  # who has just left, as we have, is there a little longer
            if time.monotonic() > until:
                raise SiteRuns
            time.sleep(0.01)
            connection.execute(sa.select(sa.func.pg_stat_clear_snapshot()))  # else it would see the same all along
        yield


@contextmanager
def as_session(connection: sa.Connection) -> Iterator[Session]:
    """Let what uses the models through `db.session` work in the transaction of a restore, at the schema of today."""
    with Session(connection) as session:
        db.session.registry.set(session)  # type: ignore[arg-type]  # one of Flask-SQLAlchemy asks its engine
        try:
            yield session
            session.commit()  # into that transaction, which goes on
        finally:
            db.session.registry.clear()


@contextmanager
def filling(connection: sa.Connection, table: sa.Table) -> Iterator[None]:
    """Let rows come in any order though they refer to each other, and number new ones after them."""
    if connection.dialect.name == "sqlite":  # there it is so already: see `alone`
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


def number_ahead(connection: sa.Connection) -> None:
    """Give no number that may have been given already, to rows that the backup does not know or that are gone.

    All tables go on from one number, after the largest of any: what names a number given since an earlier restore,
    such as a line of the log, has itself one that large.
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
