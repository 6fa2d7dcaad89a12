"""Counters within a window of time: in the database, in Redis, or in this process while Redis is away."""

import logging
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import current_app

from tribune.abuse.models import Counter
from tribune.database import is_postgresql, now, reading, run, write
from tribune.later import Later
from tribune.statements import insert

if TYPE_CHECKING:
    import redis
    from redis import backoff, retry
else:  # only loaded where RATELIMIT_STORAGE_URI names it
    redis, backoff, retry = Later("redis"), Later("redis.backoff"), Later("redis.retry")

PATIENCE = 0.5  # seconds for Redis to answer
REST = 30  # seconds before Redis is asked again after a failure
FEW = 1000  # counters in memory that are kept even when their windows are over

C: Any = Counter.__table__
NUMBER = sa.select(C.c.number).where(C.c.key == sa.bindparam("key"))
Ends = Mapping[str, datetime]  # by the key of a counter, when its window is over

log = logging.getLogger(__name__)


class _Counters:
    def hit_all(self, ends: Ends) -> Mapping[str, int]:
        """Count each once, until its window ends; return their new numbers, by key."""
        raise NotImplementedError

    def hit(self, key: str, until: datetime) -> int:
        """Count once, until the window ends; return the new number."""
        return self.hit_all({key: until})[key]


class InDatabase(_Counters):
    """A row for each counter, written in the caller's transaction if there is one."""

    def hit_all(self, ends: Ends) -> Mapping[str, int]:
        """Count each once, by one statement that locks them in the order of their keys."""
        rows = [{"key": key, "number": 1, "until": until} for key, until in sorted(ends.items())]
        with write():
            return {row.key: row.number for row in run(_one_more(is_postgresql()), rows)}

    def read(self, key: str) -> int:
        """Return the number so far, as committed."""
        with reading().connect() as connection:  # apart from the session, which takes twice as long
            return connection.scalar(NUMBER, {"key": key}) or 0


@cache  # everybody who signs waits for it, and to build it takes as long as to run it
def _one_more(on_postgresql: bool) -> Any:
    one_more = insert(C, on_postgresql).on_conflict_do_update(index_elements=["key"], set_={"number": C.c.number + 1})
    return one_more.returning(C.c.key, C.c.number)


class InMemory(_Counters):
    """The counters of this process alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, datetime]] = {}
        self._most = FEW

    def hit_all(self, ends: Ends) -> Mapping[str, int]:
        """Count each once; return their new numbers. No key is counted again once its window is over."""
        with self._lock:
            numbers = {key: self.read(key) + 1 for key in ends}
            self._counts.update({key: (number, ends[key]) for key, number in numbers.items()})
            if len(self._counts) > self._most:  # seldom: a crowd has tens of thousands, and each waits for this
                moment = now()
                self._counts = {name: kept for name, kept in self._counts.items() if kept[1] > moment}
                self._most = FEW + 2 * len(self._counts)
        return numbers

    def read(self, key: str) -> int:
        """Return the number so far."""
        kept = self._counts.get(key)
        return kept[0] if kept else 0


class InRedis(_Counters):
    """Counters in Redis; while it is away, in this process, without waiting for it."""

    def __init__(self, address: str) -> None:
        self.client = redis.Redis.from_url(
            address,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=retry.Retry(backoff.NoBackoff(), 0),
        )
        self._meanwhile = InMemory()
        self._away_until = 0.0
        self._is_away = False

    def hit_all(self, ends: Ends) -> Mapping[str, int]:
        """Count each once, in one round trip; return their new numbers."""
        if time.monotonic() >= self._away_until:
            try:
                with self.client.pipeline() as pipe:
                    for key, until in ends.items():
                        pipe.incr(f"tribune:{key}")
                        # In milliseconds: at the end of a window, whole seconds are none, and nothing would be counted.
                        pipe.pexpire(f"tribune:{key}", until - now())
                    numbers = map(int, pipe.execute()[::2])
                self._is_away = False
                return dict(zip(ends, numbers, strict=True))
            except (redis.RedisError, OSError) as error:
                self._rest(error)
        return self._meanwhile.hit_all(ends)

    def read(self, key: str) -> int:
        """Return the number so far."""
        if time.monotonic() >= self._away_until:
            try:
                return int(self.client.get(f"tribune:{key}") or 0)
            except (redis.RedisError, OSError) as error:
                self._rest(error)
        return self._meanwhile.read(key)

    def fault(self) -> str:
        """Return why Redis cannot count now, or "". Writes, as a full one or a replica still answers a ping."""
        try:
            self.client.set("tribune:doctor", 1, ex=1)
        except (redis.RedisError, OSError) as error:
            return type(error).__name__
        return ""

    def _rest(self, error: Exception) -> None:
        self._away_until = time.monotonic() + REST
        if not self._is_away:  # one line, however long it lasts: one that is full goes on answering reads
            log.warning("Redis is away (%s): each process counts for itself meanwhile", type(error).__name__)
        self._is_away = True


def store() -> InDatabase | InRedis:
    """Return the counters that RATELIMIT_STORAGE_URI names."""
    extensions, address = current_app.extensions, current_app.config["RATELIMIT_STORAGE_URI"]
    if "tribune_counters" not in extensions:
        extensions["tribune_counters"] = InRedis(address) if address else InDatabase()
    kept: InDatabase | InRedis = extensions["tribune_counters"]
    return kept


def forget_counters() -> None:
    """Delete the counters of windows that are over; a chore.

    Those that somebody counts at that moment are left for the next time: it locks several, in the order of their keys.
    """
    over = sa.select(Counter.key).where(Counter.until < now()).with_for_update(skip_locked=True)
    with write() as session:
        session.execute(sa.delete(Counter).where(Counter.key.in_(over)))
