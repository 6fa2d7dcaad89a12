"""A site that can lose its database."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from flask import Flask

from tests.backup.site import disconnect, remove_file
from tests.servers import postgresql
from tribune.database import is_postgresql


@pytest.fixture
def wipe(app: Flask, database_url: str, migrated_sqlite: Path) -> Iterator[Callable[[], None]]:
    """Lose the database, and have an empty site in its place: a copy, for the migrations take their time."""

    def copy() -> None:
        shutil.copy(migrated_sqlite, remove_file())

    disconnect()
    with postgresql.kept(database_url) if is_postgresql() else nullcontext(copy) as put_back:

        def lose() -> None:
            disconnect()
            put_back()

        yield lose
        disconnect()
