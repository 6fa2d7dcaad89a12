"""Statements that areas share, and what the two databases say differently."""

from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.exc import ObjectDeletedError

from tribune.database import Base, db, is_postgresql, run

Model = TypeVar("Model", bound=Base)

UNREAD = {"synchronize_session": False}  # for statements on many rows: objects already loaded are not refreshed


def there_is(*conditions: sa.ColumnElement[bool]) -> bool:
    """Whether the database has a row for which these conditions hold."""
    return bool(db.session.scalar(sa.select(sa.exists().where(*conditions))))


def count_of(*conditions: sa.ColumnElement[bool]) -> int:
    """Return for how many rows these conditions hold; reads them all."""
    return db.session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0


def the_one(model: type[Model], *conditions: sa.ColumnElement[bool]) -> Model | None:
    """Return the row of this model for which these conditions hold; None if there is none."""
    return db.session.scalars(sa.select(model).where(*conditions)).first()


def lock_row(row: Base) -> None:
    """Read a row again and lock it until the transaction ends.

    Raises ObjectDeletedError if it was deleted, as reading its attributes would.
    """
    here = sa.inspect(row)
    if db.session.get(type(row), here.identity, populate_existing=True, with_for_update=True) is None:
        raise ObjectDeletedError(here)


def add_to(model: type[Base], key: dict[str, Any], column: str, number: int) -> None:
    """Add `number` to a column of counts, making its row where it is missing; in the caller's transaction.

    Adding 0 makes no row, but locks and rewrites one that exists, so that it takes as long as adding 1.
    """
    statement = _more(model, tuple(key), column, is_postgresql())
    run(statement, {f"its_{name}": value for name, value in key.items()} | {"more": number})


@cache  # always the same statement, needed twice for each signature
def _more(model: type[Base], key: tuple[str, ...], column: str, on_postgresql: bool) -> sa.Insert:
    table: Any = model.__table__
    more = sa.bindparam("more", type_=sa.Integer)
    its = {name: sa.bindparam(f"its_{name}", type_=table.c[name].type) for name in key}
    counts = {c.name: more if c.name == column else sa.literal(0) for c in table.c if c.name not in key}
    there = sa.exists().where(*(table.c[name] == value for name, value in its.items()))
    row = sa.select(*its.values(), *counts.values()).where((more > 0) | there)
    new = insert(table, on_postgresql).from_select([*its, *counts], row)
    return new.on_conflict_do_update(index_elements=key, set_={column: table.c[column] + more})


def insert(table: Any, on_postgresql: bool | None = None) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT of this kind of database, by default of the site's own, which can say `on_conflict_…`."""
    if on_postgresql is None:
        on_postgresql = is_postgresql()
    return postgresql.insert(table) if on_postgresql else sqlite.insert(table)


def bytewise(column: Any) -> Any:
    """Return a column to be ordered byte by byte, as Python sorts, whatever the language of the database."""
    return sa.collate(column, "C") if is_postgresql() else column
