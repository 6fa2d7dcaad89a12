"""Counters within a window of time: in the database, in Redis, or in this process while Redis is away."""

import logging
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import current_app

from tribune.abuse.models import Counter
from tribune.database import db, now, write
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

log = logging.getLogger(__name__)


class InDatabase:
    """A row for each counter, written in the caller's transaction if there is one."""

    def hit(self, key: str, until: datetime) -> int:
        """Count once, until the window ends; return the new number."""
        first = insert(Counter).values(key=key, number=1, until=until)
        more = first.on_conflict_do_update(index_elements=["key"], set_={"number": Counter.number + 1})
        with write() as session:
            return session.execute(more.returning(Counter.number)).scalar_one()

    def read(self, key: str) -> int:
        """Return the number so far."""
        return db.session.scalar(sa.select(Counter.number).where(Counter.key == key)) or 0


class InMemory:
    """The counters of this process alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, datetime]] = {}
        self._most = FEW

    def hit(self, key: str, until: datetime) -> int:
        """Count once, until the window ends; return the new number. No key is counted again once its window is over."""
        with self._lock:
            number = self._counts.get(key, (0, until))[0] + 1
            self._counts[key] = number, until
            if len(self._counts) > self._most:  # seldom: a crowd has tens of thousands, and each waits for this
                moment = now()
                self._counts = {name: kept for name, kept in self._counts.items() if kept[1] > moment}
                self._most = FEW + 2 * len(self._counts)
            return number

    def read(self, key: str) -> int:
        """Return the number so far."""
        return self._counts.get(key, (0, now()))[0]


class InRedis:
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

    def hit(self, key: str, until: datetime) -> int:
        """Count once, until the window ends; return the new number."""
        if time.monotonic() >= self._away_until:
            try:
                with self.client.pipeline() as pipe:
                    pipe.incr(f"tribune:{key}")
                    # In milliseconds: whole seconds are none at the end of a window, where nothing would be counted.
                    pipe.pexpire(f"tribune:{key}", until - now())
                    number = int(pipe.execute()[0])
                self._is_away = False
                return number
            except (redis.RedisError, OSError) as error:
                self._rest(error)
        return self._meanwhile.hit(key, until)

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
    """Delete the counters of windows that are over; a chore."""
    with write() as session:
        session.execute(sa.delete(Counter).where(Counter.until < now()))
