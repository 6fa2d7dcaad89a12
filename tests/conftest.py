"""What the tests stand on: each database migrated once, then a copy for each test; one SMTP server, one browser.

A test asks for `app` (the site), `client` (a reader of it), `database_url` (the database alone) or `make_app` (the site
with settings of its own), and runs on both databases each time; tests/databases.py says which do not. A site in a
process of its own: tests/servers/small.py.
What any test makes the site write down is looked at: tests/canary.py.
"""

import gc
import logging
import multiprocessing.util
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser

from tests.canary import Canary
from tests.factories import make_letter, make_organiser
from tests.page import Reader
from tests.servers import browser as browsers
from tests.servers import postgresql
from tests.servers.smtp import MailServer
from tribune import create_app, metrics
from tribune.database import db
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser

os.environ["TRIBUNE_INSTANCE_PATH"] = "/nonexistent"  # a test that forgets its own folder fails, and harms nobody's
SETTINGS = {
    "SECRET_KEY": "a key for tests",
    "PUBLIC_URL": "http://localhost",
    "MAIL_WORKER": False,
    "RATELIMITS": False,
    "SLOW_STATEMENT_MS": 0,  # here others share the machine
}

# What takes longest, begun first: begun last, one core would wait for the other.
FIRST = (
    "tests/bench/test_bench.py",
    "tests/abuse/",
    "tests/browser/",
    "tests/letters/test_revising_at_once.py",
    "tests/signatures/test_confirming_at_once.py",
    "tests/exports/test_spreadsheets.py",
    "tests/pasting/",
    "tests/test_guards.py",
    "tests/test_turns.py",
)


class Compiled(BytecodeCache):
    """The templates, compiled once in this process for all applications that it makes."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled, if it was; Jinja itself looks whether it is of this very text."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()
CANARY = Canary()
settings.register_profile("without a clock", parent=settings(), deadline=None)  # other work may share the machine
settings.load_profile("without a clock")


def pytest_sessionstart() -> None:
    """Let the canary see every line, in each process that runs tests."""
    logging.getLogger().addHandler(CANARY)
    gc.set_threshold(10_000, 20, 20)  # objects made: as often as Python looks by itself, it took a tenth of the time


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later look for garbage: it stays until the end."""
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Fail the test in whose time a line told too much, whatever thread wrote it, once its fixtures are gone."""
    CANARY.check()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the long files before the others; each file keeps its own order."""
    items.sort(key=lambda test: not test.nodeid.startswith(FIRST))


@pytest.fixture(scope="session", autouse=True)
def temporary_folder() -> Iterator[None]:
    """Where this process, and what it starts, sets things aside: others travel to days when that would be old."""
    multiprocessing.util.get_temp_dir()  # its own, which it deletes last, when this one is gone
    with tempfile.TemporaryDirectory(prefix="tribune-tests-") as folder, pytest.MonkeyPatch.context() as patch:
        Path(folder).chmod(0o711)  # PostgreSQL is not run as root
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    with postgresql.start() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema of today."""
    folder = tmp_path_factory.mktemp("migrated")
    migrate(f"sqlite:///{folder / 'tribune.sqlite'}", folder)
    return folder / "tribune.sqlite"


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a PostgreSQL database with the schema of today."""
    with postgresql.fresh_database(postgresql_server) as url:
        migrate(url, tmp_path_factory.mktemp("migrated"))
        yield sa.make_url(url).database or ""


def migrate(url: str, folder: Path) -> None:
    """Bring a database to the schema of today."""
    app = new_app(url, folder)
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


def new_app(url: str, folder: Path, **settings: object) -> Flask:
    """An application on that database, with its instance folder apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIBUNE_INSTANCE_PATH", str(folder))
        app = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": url, **settings})
    app.test_client_class = Reader
    app.jinja_env.bytecode_cache = COMPILED
    return app


@pytest.fixture(scope="session")
def sqlite_file() -> Iterator[Path]:
    """Where each test finds its own copy of the SQLite file, in memory where the machine allows it."""
    with tempfile.TemporaryDirectory(prefix="sqlite-", dir=postgresql.MEMORY) as folder:
        yield Path(folder) / "tribune.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of each kind, with the schema of today; every test that uses it runs on both.

    It is another one for each test, always at the same address, so that the same application can be used again.
    """
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("sqlite_file")
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
        for made in file.parent.iterdir():
            made.unlink()
    else:
        server = request.getfixturevalue("postgresql_server")
        template = request.getfixturevalue("migrated_postgresql")
        with postgresql.fresh_database(server, template, f"{template}_copy") as url:
            yield url


@pytest.fixture
def make_app(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes the site with settings of the test's own; may be called several times, as for several processes."""
    made: list[Flask] = []

    def make(**settings: object) -> Flask:
        made.append(new_app(database_url, tmp_path, **settings))
        return made[-1]

    yield make
    for app in made:
        let_go(app)


@pytest.fixture(scope="session")
def apps_by_url() -> dict[str, Flask]:
    """The applications that `app` has made; see there."""
    return {}


@pytest.fixture
def app(database_url: str, apps_by_url: dict[str, Flask], tmp_path: Path) -> Iterator[Flask]:
    """The site, with an application context for the test; requests run in contexts of their own.

    There is one for each kind of database, used by all tests: to make it, to compile its templates and to translate
    its queries to SQL takes longer than most tests. What a test changes in its `config` or its `extensions` is put
    back. A test that changes anything else of it, or needs other settings from the start, uses `make_app`.
    """
    if database_url not in apps_by_url:
        apps_by_url[database_url] = new_app(database_url, tmp_path)
    app = apps_by_url[database_url]
    app.instance_path = str(tmp_path)
    config, extensions = dict(app.config), dict(app.extensions)
    with app.app_context():
        app.test_client().get("/healthz")  # once it has answered, Flask refuses pages that a test adds: they would stay
        yield app
    let_go(app)
    for changed, before in ((app.config, config), (app.extensions, extensions)):
        changed.clear()
        changed.update(before)


def let_go(app: Flask) -> None:
    """Close what an application still holds open of its database."""
    metrics.together(app).stop()
    structlog.contextvars.clear_contextvars()  # a request that a test made in its own context left its number
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Reader:
    """A reader's browser, without scripts: it keeps cookies and checks each page."""
    client = app.test_client()
    assert isinstance(client, Reader)
    return client


@pytest.fixture
def alice(app: Flask) -> Organiser:
    """She has an account, and is logged in nowhere."""
    return make_organiser(email="alice@example.org", name="Alice")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A published letter, called `rues`, of somebody with an account."""
    return make_letter(slug="rues")


@pytest.fixture
def browser(client: Reader, alice: Organiser) -> Reader:
    """The browser `client`, in which Alice is logged in."""
    client.log_in(alice)
    return client


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """An SMTP server that takes everything; tests that need a worse one make it themselves."""
    with MailServer() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with browsers.start() as browser:
        yield browser
