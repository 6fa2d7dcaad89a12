"""Run two acts by turns: the first pauses within its transaction until the second waits for a lock or is done."""

import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from inspect import unwrap
from itertools import count
from threading import Event, get_ident
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.statements import listening
from tests.threads import LONG
from tribune import database
from tribune.database import db, is_postgresql

Act = Callable[[], object]
LOCKS = re.compile("^(INSERT|UPDATE|DELETE)|FOR (NO KEY )?UPDATE|advisory")
WRITE = unwrap(database._transaction).__code__  # where `write` queues


def take_turns(app: Flask, first: Act, second: Act, pause: int) -> bool:
    """Pause `first` after its `pause`th statement that takes a lock, and run `second` meanwhile.

    Return whether `first` had so many such statements. Raises what either raises, deadlocks included.
    """
    paused, go_on, done, said = Event(), Event(), Event(), 0
    mine: list[int] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        nonlocal said
        if get_ident() in mine and LOCKS.search(statement):
            said += 1
            if said == pause:
                paused.set()
                assert go_on.wait(LONG)

    def run(act: Act, is_first: bool) -> None:
        with app.app_context():
            if is_first:
                mine.append(get_ident())
            try:
                act()
            finally:
                db.session.remove()
                if is_first:
                    mine.clear()
                    paused.set()  # it had fewer such statements
                else:
                    done.set()

    db.session.remove()
    with listening("after_cursor_execute", note), ThreadPoolExecutor(2) as threads:
        tasks: list[Future[None]] = [threads.submit(run, first, True)]
        assert paused.wait(LONG)
        came = said >= pause
        tasks.append(threads.submit(run, second, False))
        until_it_waits(done)
        go_on.set()
        for task in tasks:
            task.result(LONG)
    return came


def all_turns(app: Flask, begin: Callable[[int], tuple[Act, Act]]) -> Iterator[int]:
    """Run `take_turns` with pause 1, 2, 3… until the first act has no such statement; yield each number afterwards.

    `begin(pause)` makes new objects and returns the two acts. On SQLite, which lets one write at a time, all pauses are
    alike, and only the first is tried.
    """
    for pause in count(1):
        came = take_turns(app, *begin(pause), pause)
        yield pause
        if not came or not is_postgresql():
            break
    assert pause > 2 or not is_postgresql()


def until_it_waits(done: Event) -> None:
    """Return once somebody waits for a lock, or `done` is set."""
    while not done.wait(0.003) and not _somebody_waits():
        pass


def _somebody_waits() -> bool:
    """Whether PostgreSQL knows of a wait; on SQLite, whether a thread stands at the queue of `write`."""
    if not is_postgresql():
        return any(frame.f_code is WRITE for frame in sys._current_frames().values())
    waiting = "datname = current_database() AND wait_event_type = 'Lock'"
    found = db.session.scalar(sa.text(f"SELECT count(*) FROM pg_stat_activity WHERE {waiting}"))
    db.session.rollback()
    return bool(found)
