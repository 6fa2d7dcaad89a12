"""Chores: what the mail worker does although nobody asks, and which of them met an error lately."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from math import inf
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from tribune.abuse.models import Counter
from tribune.abuse.switches import current
from tribune.database import DatabaseBusy, db, now, write
from tribune.faults import is_of_the_database, write_down
from tribune.statements import insert

FAILED = "chore "  # begins the key of a counter, which the chore's name ends
LATELY = timedelta(hours=3)  # longer than the rarest chore takes to come round again

log = logging.getLogger(__name__)


class Chore(NamedTuple):
    """What must happen although nobody asks for it: done when the worker starts, then every so many seconds."""

    every_seconds: float
    do: Callable[[], object]

    def carry_out(self) -> None:
        """Do it; an error is logged and remembered, and holds up neither the other chores nor mails."""
        try:
            self.do()
        except Exception as error:
            db.session.rollback()
            write_down(log, f"the chore {self.do.__name__} met an error; it is done again in its time", error)
            if not is_of_the_database(error):  # which the doctor sees by itself
                self._remember()

    def _remember(self) -> None:
        """Have `failing` name it for LATELY, in every process and on every machine."""
        once = insert(Counter).values(key=FAILED + self.do.__name__, number=1, until=now() + LATELY)
        again = {"number": Counter.number + 1, "until": once.excluded.until}
        with suppress(SQLAlchemyError, DatabaseBusy), write() as session:
            session.execute(once.on_conflict_do_update(index_elements=["key"], set_=again))


class Chores:
    """The chores of a site, and when each is due."""

    def __init__(self, chores: Iterable[Chore]) -> None:
        self._due = dict.fromkeys(chores, 0.0)  # on the monotonic clock

    def soonest(self) -> float:
        """Return in how many seconds the next is due, 0 if one is: none while the site is only read."""
        if current().read_only:
            return inf
        return max(0, min(self._due.values(), default=inf) - time.monotonic())

    def carry_out_due(self) -> None:
        """Do those that are due."""
        for chore, due in self._due.items():
            if time.monotonic() >= due and not current().read_only:
                chore.carry_out()
                # Counted from its end, so that mails leave however long it takes.
                self._due[chore] = time.monotonic() + chore.every_seconds


def failing() -> Sequence[str]:
    """Return the names of the chores that met an error of ours within LATELY, as the log calls them."""
    lately = Counter.key.startswith(FAILED), Counter.until > now()
    keys = db.session.scalars(sa.select(Counter.key).where(*lately).order_by(Counter.key))
    return [key.removeprefix(FAILED) for key in keys]
