"""Processes that use one database at once, as behind a web server: each has a site and a browser of its own."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from flask import Flask

from tests.conftest import new_app
from tests.page import Reader
from tribune.database import db

PATIENCE = 60  # seconds for all to be ready, on a busy machine

# A fork of the test itself would share its connections. The fork server imports the site once, then a process is cheap.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])

_here: dict[str, Any] = {}  # of one of the processes: its browser, and the barrier where it waits for the others


def _open_site(url: str, folder: Path, barrier: Barrier) -> None:
    app = new_app(url, folder)
    app.app_context().push()  # for as long as the process lives
    _here.update(client=app.test_client(), barrier=barrier)


def browser() -> Reader:
    """The browser of this process."""
    client: Reader = _here["client"]
    return client


def wait_for_all() -> None:
    """Begin when all the others do."""
    _here["barrier"].wait(PATIENCE)


@contextmanager
def at_once(app: Flask, folder: Path, number: int) -> Iterator[Callable[..., list[Any]]]:
    """Gives `run(task, things)`: each of so many processes does the task with one of the things."""
    url, barrier = app.config["SQLALCHEMY_DATABASE_URI"], _processes.Barrier(number)
    db.session.rollback()  # a reader who lingers would not see what the others write
    with _processes.Pool(number, _open_site, (url, folder, barrier)) as pool:

        def run(task: Callable[..., Any], things: Sequence[Any]) -> list[Any]:
            shared = [things[place % len(things)] for place in range(number)]
            answers = pool.map(task, shared, chunksize=1)
            db.session.rollback()
            return answers

        yield run
