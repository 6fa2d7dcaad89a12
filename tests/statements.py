"""What the site asks its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tribune.database import db


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that asks something while the block lasts.

    Not how the switches stand: that is asked once in a while, for all pages.
    """
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")) and "FROM switches" not in statement:
            said.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
