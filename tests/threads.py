"""Several people on one database at the same instant, each in a thread of their own."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from tribune.database import db

LONG = 60  # seconds in which anything of a test ends


def at_once(app: Flask, tasks: list[Callable[[], Any]]) -> None:
    """Each task in a thread and a context of its own, all beginning together."""
    barrier, problems = threading.Barrier(len(tasks)), []

    def run(task: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                barrier.wait(LONG)
                task()
            except Exception as error:
                problems.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    db.session.rollback()
    assert problems == []
