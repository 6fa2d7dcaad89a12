"""Runs the migrations: one machine at a time, on the database of the application."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

import click
from alembic import context
from flask import current_app
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from tribune.database import LOCK_TIMEOUT, Moment, db
from tribune.faults import said_by
from tribune.schema import is_known, is_table_or_index_of_models, revision_of, revision_of_the_code

ONE_AT_A_TIME = 0x7472_6962  # any number, the same on every machine
A_MOMENT = 300  # milliseconds; PostgreSQL looks for deadlocks after a second
NOT_ALLOWED = "42501"  # SQLSTATE: the table belongs to another account


def as_plain_moment(kind: str, item: object, _context: object) -> str | bool:
    """Write our column type as the plain one, so that a migration outlives our code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def connect() -> Connection:
    """Return a connection. While one process turns a new file durable, SQLite refuses all others at once: we retry."""
    for _ in range(200):
        try:
            return db.engine.connect()
        except OperationalError as error:
            if "locked" not in str(error.orig):
                raise
            sleep(0.05)
    return db.engine.connect()


@contextmanager
def told() -> Iterator[None]:
    """Report in a sentence faults that are not the migration's: a database out of reach, closed, held, or full."""
    try:
        yield
    except DBAPIError as error:
        fails = f"The database fails: {said_by(error)}. Nothing was changed."
        if error.statement is None or getattr(error.orig, "sqlstate", None) == NOT_ALLOWED:
            raise click.ClickException(
                f"{fails} Check SQLALCHEMY_DATABASE_URI: it must name a database that answers, and the account that "
                "owns its tables (docs/deploy.md)."
            ) from None
        wrong_statement = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
        if wrong_statement or not isinstance(error, OperationalError):
            raise
        raise click.ClickException(
            f"{fails} If something holds it, such as the site that still runs, stop that; then run the same command "
            "again."
        ) from None


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """On SQLite, switch foreign keys off while columns are changed: that rebuilds their table, which they would forbid.

    They are checked before the transaction ends. The pragma does nothing inside a transaction, hence the bare
    connection.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    bare = connection.connection
    bare.cursor().execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        bare.cursor().execute("PRAGMA foreign_keys=ON")


def check_references(connection: Connection) -> None:
    """Raise if a row on SQLite refers to one that is gone."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"The migration would leave references to nothing: {broken[:5]}")


def refuse_newer(connection: Connection) -> None:
    """Raise ClickException if the database has a schema that this code does not know."""
    found = revision_of(connection)
    if found and not is_known(found):
        raise click.ClickException(
            f"A newer Tribune has worked on this database: it has the schema {found}, which this code does not know."
            " Nothing was changed. Update the code, then run the same command again."
        )


def take_all_tables(connection: Connection) -> None:
    """On PostgreSQL, lock every table before the first is changed: waiting a moment, then letting go and trying again.

    Locked one after the other as they are changed, they would deadlock with a site that runs. Whoever waits for one of
    them meanwhile goes on before PostgreSQL looks for a deadlock. Letters first, as everybody does.
    """
    tables = set(inspect(connection).get_table_names()) & set(db.metadata.tables)
    names = ", ".join(sorted(tables, key=lambda name: (name != "letters", name)))
    while tables:
        try:
            with connection.begin_nested():
                connection.execute(text(f"SET LOCAL lock_timeout = {A_MOMENT}"))
                connection.execute(text(f"LOCK TABLE {names}"))
            break
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_TIMEOUT:
                raise
            sleep(A_MOMENT / 1000)
    connection.execute(text("SET LOCAL lock_timeout = 0"))


def run(connection: Connection) -> None:
    """Run what is due, in one transaction: the caller's, if there is one."""
    options = {
        "target_metadata": db.metadata,
        "render_item": as_plain_moment,
        "include_name": is_table_or_index_of_models,
        "compare_type": True,
        "transactional_ddl": True,
    }
    context.configure(connection=connection, **{**current_app.extensions["migrate"].configure_args, **options})
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # the migration of another machine may take long
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        refuse_newer(connection)
        if connection.dialect.name == "postgresql" and revision_of(connection) != revision_of_the_code():
            take_all_tables(connection)
        context.run_migrations()
        check_references(connection)


if within := context.config.attributes.get("connection"):
    run(within)
else:
    # On SQLite one transaction, begun as a writer, around reading the revision and all that follows from it.
    with (
        told(),
        connect().execution_options(sqlite_begin="IMMEDIATE") as connection,
        rebuilding(connection),
    ):
        run(connection)
