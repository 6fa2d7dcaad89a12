"""Run several tasks at the same moment, each in its own thread."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

from tribune.database import db

Given = TypeVar("Given")
LONG = 60  # seconds: timeout for anything in a test


def at_once(app: Flask, tasks: Sequence[Callable[[], Given]]) -> list[Given]:
    """Start all tasks together, each in its own thread and context; return their results, or raise what one raises."""
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
