"""The fixtures: databases migrated once and copied for each test, SMTP servers, one browser.

A test asks for `app` (the site), `client` (a reader's browser), `database_url` (only the database) or `make_app` (the
site with other settings), and runs on both databases; `tests/databases.py` marks those that do not. For a site in its
own process see `tests/servers/small.py`. Whatever a test makes the site log is checked: `tests/canary.py`.
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
import time_machine
from flask import Flask
from hypothesis import settings
from playwright.sync_api import Browser

from tests.canary import Canary
from tests.compiled import Templates, keep_builders
from tests.factories import make_letter, make_organiser, owner_of
from tests.page import Reader
from tests.servers import browser as browsers
from tests.servers import postgresql
from tests.servers.smtp import MailServer
from tribune import create_app, logs, metrics
from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser

os.environ["TRIBUNE_INSTANCE_PATH"] = "/nonexistent"  # a test that forgets to set its own fails, and harms no real one
SETTINGS = {
    "SECRET_KEY": "a key for tests",
    "PUBLIC_URL": "http://localhost",
    "MAIL_WORKER": False,
    "RATELIMITS": False,
    "SLOW_STATEMENT_MS": 0,  # off: the machine may be busy
}

# The longest files run first: run last, one core would wait for the other.
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


COMPILED = Templates()
keep_builders()
CANARY = Canary()
settings.register_profile("without a clock", parent=settings(), deadline=None)  # the machine may be busy
settings.load_profile("without a clock")


def pytest_sessionstart() -> None:
    """Attach the canary to the log, in each process that runs tests."""
    logging.getLogger().addHandler(CANARY)
    gc.set_threshold(10_000, 20, 20)  # rarer than the default, which took a tenth of the time


def pytest_collection_finish() -> None:
    """Exclude what was imported and collected from garbage collection: it stays until the end."""
    gc.freeze()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Fail the test during which any thread logged too much; after its fixtures are torn down, even if one fails."""
    try:
        yield
    finally:
        CANARY.check()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of FIRST before the others; each file keeps its own order."""
    items.sort(key=lambda test: not test.nodeid.startswith(FIRST))


@pytest.fixture(scope="session", autouse=True)
def temporary_folder() -> Iterator[None]:
    """Give this process, and those it starts, their own temporary folder: tests that travel in time clear old files."""
    multiprocessing.util.get_temp_dir()  # created before: it is deleted later than ours
    with tempfile.TemporaryDirectory(prefix="tribune-tests-") as folder, pytest.MonkeyPatch.context() as patch:
        Path(folder).chmod(0o711)  # PostgreSQL runs under another account
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
    """A SQLite file at the latest migration."""
    folder = tmp_path_factory.mktemp("migrated")
    migrate(f"sqlite:///{folder / 'tribune.sqlite'}", folder)
    return folder / "tribune.sqlite"


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a PostgreSQL database at the latest migration."""
    with postgresql.fresh_database(postgresql_server) as url:
        migrate(url, tmp_path_factory.mktemp("migrated"))
        yield sa.make_url(url).database or ""


def migrate(url: str, folder: Path, revision: str = "head") -> None:
    """Run all migrations on a database, or those up to a revision."""
    app = new_app(url, folder)
    with app.app_context():
        flask_migrate.upgrade(revision=revision)
        db.engine.dispose()


def new_app(url: str, folder: Path, **settings: object) -> Flask:
    """Make an application on that database, with this instance folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIBUNE_INSTANCE_PATH", str(folder))
        app = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": url, **settings})
    app.test_client_class = Reader
    app.jinja_env.bytecode_cache = COMPILED
    return app


@pytest.fixture(scope="session")
def sqlite_file() -> Iterator[Path]:
    """The path of each test's copy of the SQLite file, in memory if the machine allows it."""
    with tempfile.TemporaryDirectory(prefix="sqlite-", dir=postgresql.MEMORY) as folder:
        yield Path(folder) / "tribune.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database at the latest migration; every test that uses it runs on both kinds.

    Each test gets a new one, always at the same URL, so that the application can be reused. What the test before left
    goes first, however it ended.
    """
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("sqlite_file")
        shutil.rmtree(file.parent, ignore_errors=True)
        file.parent.mkdir(0o700)
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
    else:
        server = request.getfixturevalue("postgresql_server")
        template = request.getfixturevalue("migrated_postgresql")
        with postgresql.fresh_database(server, template, f"{template}_copy") as url:
            yield url


@pytest.fixture
def make_app(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """A function that makes the site with other settings; call it several times to imitate several processes."""
    made: list[Flask] = []

    def make(**settings: object) -> Flask:
        made.append(new_app(database_url, tmp_path, **settings))
        return made[-1]

    yield make
    for app in made:
        let_go(app)


@pytest.fixture(scope="session")
def apps_by_url() -> dict[str, Flask]:
    """The applications that the fixture `app` has made."""
    return {}


@pytest.fixture
def app(database_url: str, apps_by_url: dict[str, Flask], tmp_path: Path) -> Iterator[Flask]:
    """The site, with an application context for the test; requests run in their own contexts.

    All tests on one kind of database share one application: making it, compiling its templates and its queries takes
    longer than most tests. Its `config` and `extensions` are restored after each test. A test that changes anything
    else of it, or needs other settings from the start, uses `make_app`.
    """
    if database_url not in apps_by_url:
        apps_by_url[database_url] = new_app(database_url, tmp_path)
    app = apps_by_url[database_url]
    app.instance_path = str(tmp_path)
    config, extensions = dict(app.config), dict(app.extensions)
    with app.app_context():
        app.test_client().get("/healthz")  # after a request Flask refuses new routes, which would stay
        yield app
    let_go(app)
    for changed, before in ((app.config, config), (app.extensions, extensions)):
        changed.clear()
        changed.update(before)


def let_go(app: Flask) -> None:
    """Close the threads and database connections of an application, and log as sites do that are not in development."""
    metrics.together(app).stop()
    for handler in logging.getLogger().handlers:  # one for all sites of a process; the shared one is not made anew
        if isinstance(handler, logs.StandardError):
            handler.setFormatter(logs.formatter(development=False))
    structlog.contextvars.clear_contextvars()  # a request in the test's own context leaves its id
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Reader:
    """A test client that keeps cookies and checks each page (`tests/page.py`)."""
    client = app.test_client()
    assert isinstance(client, Reader)
    return client


@pytest.fixture
def in_english(client: Reader) -> None:
    """The test client asks for English."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def alice(app: Flask) -> Organiser:
    """An organiser with an account, not logged in."""
    return make_organiser(email="alice@example.org", name="Alice")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A published letter with the slug `rues`."""
    return make_letter(slug="rues")


@pytest.fixture
def browser(client: Reader, alice: Organiser) -> Reader:
    """The test client `client`, in which Alice is logged in."""
    client.log_in(alice)
    return client


@pytest.fixture
def desk(client: Reader, letter: Letter) -> Reader:
    """The test client `client`, in which the owner of the test's `letter` is logged in."""
    client.log_in(owner_of(letter))
    return client


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """An SMTP server that accepts everything; tests that need failures make their own."""
    with MailServer() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    with browsers.start() as browser:
        yield browser


@pytest.fixture
def early_in_the_hour() -> Iterator[None]:
    """During the test no window of a limit ends, and no hour, after which the form has another stamp."""
    with time_machine.travel(now().replace(minute=1, second=0)):
        yield


@pytest.fixture
def nobody_s_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have settings of their own: not here."""
    for name in os.environ:
        if name.startswith("TRIBUNE_"):
            monkeypatch.delenv(name)
