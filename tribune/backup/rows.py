"""Convert rows to JSON values that mean the same on SQLite and PostgreSQL, and back, by column types."""

import base64
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from tribune.backup.file import BadBackup
from tribune.schema import is_table_or_index_of_models

PART = 1000  # rows in memory at once


def reflect(connection: sa.Connection) -> sa.MetaData:
    """Return the tables as they are in the database, at any revision, without those derived from others."""
    found = sa.MetaData()
    found.reflect(connection, only=is_table_or_index_of_models)
    for table in found.tables.values():
        for column in table.columns:
            if isinstance(column.type, sa.JSON):
                column.type = sa.JSON(none_as_null=True)
    return found


def read(
    connection: sa.Connection, table: sa.Table, names: Iterable[str], *which: sa.ColumnElement[bool]
) -> Iterator[list[Any]]:
    """Yield these columns of a table's rows, ordered by primary key, with PART rows in memory at a time."""
    columns = [table.columns[name] for name in names]
    as_text = [sa.cast(column, sa.Text) if isinstance(column.type, sa.JSON) else column for column in columns]
    query = sa.select(*as_text).where(*which).order_by(*table.primary_key.columns)
    for row in connection.execute(query.execution_options(yield_per=PART)):
        yield [plain(value) for value in row]


def plain(value: Any) -> Any:
    """Convert one value."""
    match value:
        case datetime():
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
    return value


def write(connection: sa.Connection, table: sa.Table, columns: list[str], rows: Iterator[list[Any]]) -> Iterator[int]:
    """Add rows that `read` yielded to a table; yield the number of rows of each part. Raises BadBackup."""
    typed = [_from_plain(table.columns[name].type) for name in columns]
    while part := list(itertools.islice(rows, PART)):
        try:
            values = [[None if v is None else back(v) for back, v in zip(typed, row, strict=True)] for row in part]
        except (ValueError, TypeError) as error:
            raise BadBackup(f"A row of its table {table.name} is not what it should be.") from error
        connection.execute(table.insert(), [dict(zip(columns, row, strict=True)) for row in values])
        yield len(part)


def _from_plain(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any]:
    match kind:
        case sa.DateTime():
            return datetime.fromisoformat
        case sa.Date():
            return date.fromisoformat
        case sa.LargeBinary():
            return base64.b64decode
        case sa.JSON():
            return lambda text: sa.JSON.NULL if text == "null" else json.loads(text)
    return lambda value: value
