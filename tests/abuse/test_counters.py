"""What a network sent is counted in the database or in Redis, over all processes, and forgotten after its window."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.abuse.signing import HERE, came, sign, waits
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import make_letter
from tests.page import Reader
from tests.servers import redis
from tests.servers.site import free_port
from tests.threads import LONG
from tribune.abuse import counters
from tribune.abuse.counters import FEW, InDatabase, InMemory, InRedis, forget_counters, store
from tribune.abuse.limits import LATE, PROVE
from tribune.abuse.models import Counter
from tribune.database import db, now

pytestmark = pytest.mark.usefixtures("early_in_the_hour")


def test_two_processes_on_one_database_count_together(reader: Reader, make_app: Callable[..., Flask]) -> None:
    make_letter(slug="rues")
    other = make_app(RATELIMITS=True)
    with other.app_context():
        came(PROVE.most)
    sign(reader)
    assert waits() == LATE


def test_what_is_counted_at_once_is_locked_in_one_order(app: Flask) -> None:
    ends = now() + timedelta(hours=1)
    assert list(InDatabase().hit_all({"b": ends, "a": ends}).items()) == [("a", 1), ("b", 1)]
    assert InDatabase().hit_all({"c": ends, "a": ends}) == {"a": 2, "c": 1}


def test_what_was_counted_is_forgotten(reader: Reader) -> None:
    make_letter(slug="rues")
    sign(reader)
    forget_counters()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Counter)) == 2
    with time_machine.travel(now() + timedelta(hours=2)):
        forget_counters()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Counter)) == 0


@ON_POSTGRESQL
def test_who_forgets_what_was_counted_waits_for_nobody_who_counts(app: Flask) -> None:
    over = now() - timedelta(hours=1)
    for key in ("b", "counted now", "a"):
        InDatabase().hit(key, over)
    db.session.rollback()
    with db.engine.begin() as counting:
        counting.execute(sa.update(Counter).where(Counter.key == "counted now").values(number=2))
        forget_counters()
    assert db.session.scalars(sa.select(Counter.key)).all() == ["counted now"]


def test_what_was_counted_in_memory_is_forgotten() -> None:
    memory, moment = InMemory(), now()
    for number in range(3 * FEW):
        assert memory.hit(f"now {number}", moment + timedelta(hours=1)) == 1
        assert memory.hit(f"over {number}", moment) == 1
    assert memory.hit("now 0", moment + timedelta(hours=1)) == 2
    assert len(memory._counts) < 6 * FEW


@ON_SQLITE
def test_redis_away_limits_all_the_same_and_is_said_once(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counters, "REST", LONG)
    port = free_port()
    app = make_app(RATELIMITS=True, RATELIMIT_STORAGE_URI=f"redis://127.0.0.1:{port}/0")
    with app.app_context():
        make_letter(slug="rues")
        reader = app.test_client()
        assert isinstance(reader, Reader)
        for _ in range(PROVE.most):
            assert sign(reader).status_code == 303 and waits() == timedelta()
        with socket.create_server(("127.0.0.1", port)) as silent:  # it would keep waiting whoever asks it
            assert sign(reader).status_code == 303 and waits() == LATE
            assert reader.get("/letters/rues/proof", environ_overrides={"REMOTE_ADDR": HERE}).status_code == 200
            silent.setblocking(False)
            with pytest.raises(BlockingIOError):
                silent.accept()
    assert [record.message for record in caplog.records].count(
        "Redis is away (ConnectionError): each process counts for itself meanwhile"
    ) == 1


@pytest.fixture
def redis_server() -> Iterator[str]:
    """A Redis server."""
    with redis.start() as url:
        yield url


@ON_SQLITE
def test_two_processes_on_one_redis_count_together(make_app: Callable[..., Flask], redis_server: str) -> None:
    apps = [make_app(RATELIMITS=True, RATELIMIT_STORAGE_URI=redis_server) for _ in range(2)]
    with apps[0].app_context():
        came(PROVE.most)
        mine = store()
        assert isinstance(mine, InRedis) and mine.client.ttl(mine.client.keys()[0]) > 0
        mine.client.close()
    with apps[1].app_context():
        make_letter(slug="rues")
        reader = apps[1].test_client()
        assert isinstance(reader, Reader)
        assert reader.get("/letters/rues/proof", environ_overrides={"REMOTE_ADDR": HERE}).status_code == 200
        sign(reader)
        assert waits() == LATE
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Counter)) == 0
        other = store()
        assert isinstance(other, InRedis)
        other.client.close()


@ON_SQLITE
def test_redis_counts_until_the_last_moment_of_a_window_and_one_that_is_full_is_said_once(
    make_app: Callable[..., Flask],
    redis_server: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(counters, "REST", 0)
    with make_app(RATELIMITS=True, RATELIMIT_STORAGE_URI=redis_server).app_context():
        mine = store()
        assert isinstance(mine, InRedis)
        with time_machine.travel(now(), tick=False):  # else a busy machine may come to the end of the window
            ends = now() + timedelta(seconds=0.99)

            def count(key: str) -> list[object]:
                three = [mine.hit(key, ends) for _ in range(3)]
                return [*three, mine.read(key), mine.hit_all({f"y {key}": ends, key: ends})]

            # Redis goes by a clock of its own: where the machine stood still meanwhile, it has forgotten the key.
            assert any(count(key) == [1, 2, 3, 3, {f"y {key}": 1, key: 4}] for key in "abcde")
        for times in (1, 2):
            mine.client.config_set("maxmemory", 1)  # it answers, and counts nothing
            for _ in range(2):
                mine.hit("x", ends)
                mine.read("x")
            assert len(caplog.records) == times
            mine.client.config_set("maxmemory", 0)
            mine.hit("x", ends)
        mine.client.close()
