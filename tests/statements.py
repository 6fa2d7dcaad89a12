"""What the site asks its database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tribune.database import db


@contextmanager
def listening(event: str, heard: Callable[..., None]) -> Iterator[None]:
    """Call `heard` at each such event of the engine while the block lasts.

    No longer, even if it fails: the next tests have the same engine.
    """
    engine = db.engine
    sa.event.listen(engine, event, heard)
    try:
        yield
    finally:
        sa.event.remove(engine, event, heard)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that asks something while the block lasts.

    Not how the switches stand: that is asked once in a while, for all pages.
    """
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")) and "FROM switches" not in statement:
            said.append(statement)

    with listening("before_cursor_execute", note):
        yield said
