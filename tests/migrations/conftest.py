"""A database with nothing in it, and the site on it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import new_app
from tests.servers import postgresql
from tribune.database import db


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
    else:
        with postgresql.fresh_database(request.getfixturevalue("postgresql_server")) as url:
            yield url


@pytest.fixture
def make_empty(empty_url: str, tmp_path: Path) -> Iterator[Callable[[], Flask]]:
    """Makes the site on that database."""
    made: list[Flask] = []

    def make() -> Flask:
        made.append(new_app(empty_url, tmp_path))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
