"""Two people whose statements take turns: the first pauses within its transaction until the second waits or is done."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from threading import Event, get_ident
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.threads import LONG
from tribune.database import db, is_postgresql

Act = Callable[[], object]
HOLDS = re.compile("^(INSERT|UPDATE|DELETE)|FOR (NO KEY )?UPDATE|advisory")


def take_turns(app: Flask, first: Act, second: Act, pause: int) -> bool:
    """Let `first` pause after it held something for the `pause`th time, `second` run meanwhile; whether it came so far.

    Whoever of the two fails raises here: on PostgreSQL also because they waited for each other in a ring.
    """
    paused, go_on, done, said = Event(), Event(), Event(), 0
    mine: list[int] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        nonlocal said
        if get_ident() in mine and HOLDS.search(statement):
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
                    paused.set()  # it needed no such number
                else:
                    done.set()

    db.session.remove()
    sa.event.listen(db.engine, "after_cursor_execute", note)
    try:
        with ThreadPoolExecutor(2) as threads:
            tasks: list[Future[None]] = [threads.submit(run, first, True)]
            assert paused.wait(LONG)
            came = said >= pause
            tasks.append(threads.submit(run, second, False))
            until_it_waits(done)
            go_on.set()
            for task in tasks:
                task.result(LONG)
    finally:
        sa.event.remove(db.engine, "after_cursor_execute", note)
    return came


def all_turns(app: Flask, begin: Callable[[int], tuple[Act, Act]]) -> Iterator[int]:
    """Let the two acts that `begin` gives take turns, for one pause after the other, until the first needs no such.

    `begin` makes anew what they are about, and is told the number of the pause, which is given once both are done. On
    SQLite one writes at a time: there the first pause is like all others.
    """
    for pause in count(1):
        came = take_turns(app, *begin(pause), pause)
        yield pause
        if not came or not is_postgresql():
            break
    assert pause > 2 or not is_postgresql()


def until_it_waits(done: Event) -> None:
    """Return once somebody waits for a lock, or all is done. On SQLite one writes at a time, and nothing is seen."""
    if not is_postgresql():
        return
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while not done.wait(0.003) and not db.session.scalar(waiting):
        db.session.rollback()
    db.session.rollback()
