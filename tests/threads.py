"""Several people on one database at the same instant, each in a thread of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

from tribune.database import db

Given = TypeVar("Given")
LONG = 60  # seconds in which anything of a test ends


def at_once(app: Flask, tasks: Sequence[Callable[[], Given]]) -> list[Given]:
    """What each task gives, in a thread and a context of its own, all beginning together; what one raises is raised."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], Given]) -> Given:
        with app.app_context():
            barrier.wait(LONG)
            return task()

    db.session.rollback()
    with ThreadPoolExecutor(len(tasks)) as threads:
        given = list(threads.map(run, tasks))
    db.session.rollback()
    return given
