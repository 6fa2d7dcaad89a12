"""A database with nothing in it, or at an earlier revision, and the site on it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import let_go, migrate, new_app
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


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ready(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty database of each kind at the REVISION of the file, made once: the way there takes long."""
    folder = tmp_path_factory.mktemp("ready")
    if request.param == "sqlite":
        made = nullcontext(f"sqlite:///{folder / 'ready.sqlite'}")
    else:
        made = postgresql.fresh_database(request.getfixturevalue("postgresql_server"))
    with made as url:
        migrate(url, folder, request.module.REVISION)
        yield url


@pytest.fixture
def site_of_before(ready: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The site on a copy of that database."""
    of_before = sa.make_url(ready).database or ""
    if ready.startswith("sqlite"):
        copied = nullcontext(f"sqlite:///{shutil.copy(of_before, tmp_path)}")
    else:
        copied = postgresql.fresh_database(request.getfixturevalue("postgresql_server"), of_before)
    with copied as url:
        app = new_app(url, tmp_path)
        with app.app_context():
            yield app
        let_go(app)
