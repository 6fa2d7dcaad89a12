"""What becomes of many signatures from one network: first a proof or a late mail, then held, then refused."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, latest_signature, make_letter, make_signature, owner_of, posted
from tests.page import Reader
from tests.servers import redis
from tests.servers.site import free_port
from tribune.abuse.counters import InRedis, forget_counters, store
from tribune.abuse.limits import HOLD, LATE, LIMITS, PROVE, REFUSE
from tribune.abuse.models import Counter
from tribune.abuse.networks import network_hash
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.moderation import actions as moderation
from tribune.organisers.models import PasskeyChallenge
from tribune.signatures.models import Flag

HERE = "192.0.2.7"
_number = itertools.count(1)


def came(number: int, window: object = PROVE, address: str = HERE) -> None:
    """So many signatures have just come from there."""
    for each in {PROVE, HOLD, REFUSE} if window is None else {window}:
        key, until = each.key("sign", network_hash(address)), each.ends  # type: ignore[attr-defined]
        with write():
            for _ in range(number):
                store().hit(key, until)


def sign(reader: Reader, address: str = HERE, **typed: str) -> TestResponse:
    form = reader.fields("/letters/rues/sign")
    example = {"given_name": "Zoé", "family_name": "Évrard", "email": f"p{next(_number)}@example.org"}
    return reader.post(
        "/letters/rues/sign", data={**form, **example, **typed}, environ_overrides={"REMOTE_ADDR": address}
    )


def waits() -> timedelta:
    """How long the last mail waits before it leaves."""
    message = posted()[-1]
    return timedelta(minutes=round((message.next_at - message.created_at) / timedelta(minutes=1)))


@pytest.fixture(autouse=True)
def _early_in_the_hour() -> Iterator[None]:
    with time_machine.travel(now().replace(minute=1, second=0)):
        yield


def test_the_first_twenty_are_mailed_at_once_and_the_next_a_little_later(reader: Reader) -> None:
    make_letter(slug="rues")
    for _ in range(PROVE.most):
        assert sign(reader).status_code == 303
        assert waits() == timedelta()
    assert sign(reader).status_code == 303
    assert waits() == LATE
    sign(reader, address="192.0.2.1")
    assert waits() == timedelta()


def test_the_window_ends(reader: Reader) -> None:
    make_letter(slug="rues")
    came(PROVE.most)
    with time_machine.travel(now() + timedelta(seconds=PROVE.seconds)):
        sign(reader)
        assert waits() == timedelta()


@ON_SQLITE
def test_one_home_is_one_network(reader: Reader) -> None:
    make_letter(slug="rues")
    came(PROVE.most, address="2001:db8:1:2::1")
    sign(reader, address="2001:db8:1:2:ffff::9")
    assert waits() == LATE
    sign(reader, address="2001:db8:1:3::1")
    assert waits() == timedelta()


@ON_SQLITE
@pytest.mark.parametrize("address", [HERE, "127.0.0.1"])
def test_an_address_of_version_4_is_itself_in_version_6_too(app: Flask, address: str) -> None:
    """As a proxy tells it that listens to both by one socket; else all of version 4 would be one network."""
    assert network_hash(f"::ffff:{address}") == network_hash(address)


@pytest.mark.parametrize("written", [f"{HERE}:4711", f"[::ffff:{HERE}]:4711"])
def test_an_address_is_known_that_a_proxy_writes_with_its_port(app: Flask, written: str) -> None:
    """Else nobody behind such a proxy would be limited."""
    assert network_hash(written) == network_hash(HERE)
    assert network_hash("nowhere:4711") is network_hash("[:1]:2]") is None


def test_no_address_is_kept_of_where_anybody_comes_from(reader: Reader) -> None:
    make_letter(slug="rues")
    sign(reader, address="192.0.2.77")
    keys = db.session.scalars(sa.select(Counter.key)).all()
    assert len(keys) == 2 and not any("192.0.2" in key for key in keys)


def test_two_processes_on_one_database_count_together(reader: Reader, make_app: Callable[..., Flask]) -> None:
    make_letter(slug="rues")
    other = make_app(RATELIMITS=True)
    with other.app_context():
        came(PROVE.most)
    sign(reader)
    assert waits() == LATE


def test_above_two_hundred_an_hour_a_signature_is_held_and_looks_taken(reader: Reader) -> None:
    letter = make_letter(slug="rues")
    usual = sign(reader)
    came(HOLD.most, HOLD)
    held = sign(reader)
    assert (held.status_code, held.location, held.data) == (usual.status_code, usual.location, usual.data)
    signature = latest_signature()
    assert signature.held_at and "network" in {flag.kind for flag in signature.flags}
    assert "C’est signé" in reader.get(reader.post(confirm_path(signature)).location).text
    db.session.expire_all()
    assert signature.confirmed_at and signature.counted_at is None and letter.confirmed_count == 0


@pytest.mark.parametrize("confirmed_first", [True, False])
def test_a_held_signature_that_is_released_counts_once(reader: Reader, confirmed_first: bool) -> None:
    letter = make_letter(slug="rues")
    came(HOLD.most, HOLD)
    sign(reader)
    signature = latest_signature()
    steps = [lambda: reader.post(confirm_path(signature)), lambda: release(letter)]
    for step in steps if confirmed_first else reversed(steps):
        step()
    reader.post(confirm_path(signature))
    db.session.expire_all()
    assert signature.counted_at and letter.confirmed_count == 1


def release(letter: Letter) -> None:
    batch = moderation.start(letter, by=owner_of(letter), verb="release", choice={"flag": "network"})
    moderation.advance(batch, 5)


def test_the_organiser_finds_them_among_what_to_review(reader: Reader) -> None:
    letter = make_letter(slug="rues")
    came(HOLD.most, HOLD)
    sign(reader, family_name="Duval")
    reader.log_in(owner_of(letter))
    page = reader.get(f"/manage/letters/{letter.id}/review?kind=network").text
    assert "Zoé Duval" in page and f"/manage/letters/{letter.id}/signatures?flag=network" in page


@ON_SQLITE
def test_far_too_many_are_told_when_to_come_back_and_keep_what_they_typed(reader: Reader) -> None:
    make_letter(slug="rues")
    came(REFUSE.most, REFUSE)
    answer = sign(reader, family_name="Duval")
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= REFUSE.seconds
    assert 'value="Duval"' in answer.text and "Beaucoup de demandes viennent de votre réseau" in answer.text
    assert "Too many requests are coming from your network" in sign(reader, lang="en").text
    assert sign(reader, address="192.0.2.1").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Flag).where(Flag.kind == "network")) == 0


@ON_SQLITE
def test_signing_itself_comes_to_that(reader: Reader) -> None:
    make_letter(slug="rues")
    came(REFUSE.most - 1, REFUSE)
    assert [sign(reader).status_code for _ in range(2)] == [303, 429]


@ON_SQLITE
def test_the_answer_is_the_same_for_an_address_that_has_signed(reader: Reader) -> None:
    letter = make_letter(slug="rues")
    make_signature(letter, email="known@example.org")
    for before in (0, PROVE.most, HOLD.most):
        came(before, HOLD)
        known, unknown = sign(reader, email="known@example.org"), sign(reader)
        assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)


@ON_SQLITE
@pytest.mark.parametrize(
    ("what", "path"),
    [
        ("new-link", "/signatures/new-link"),
        ("find", "/signatures/find"),
        ("report", "/letters/rues/report"),
        ("log-in", "/organisers/log-in"),
    ],
)
def test_whatever_makes_us_write_has_its_limit(reader: Reader, limited: Flask, what: str, path: str) -> None:
    limited.config["OPERATOR_CONTACT"] = "operator@example.org"
    make_letter(slug="rues")
    most = LIMITS[what][0].most
    form = {**reader.fields(path), "email": "not an address"}
    codes = [reader.post(path, data=form).status_code for _ in range(most + 1)]
    assert codes == [422] * most + [429]
    answer = reader.post(path, data=form)
    assert 0 < int(answer.headers["Retry-After"]) <= 600 and "minutes" in answer.text
    assert reader.post(path, data=form, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code == 422


def test_asking_a_passkey_to_answer_has_the_limit_of_the_door(reader: Reader, limited: Flask) -> None:
    headers, most = {"X-CSRFToken": reader.fields("/organisers/log-in")["csrf_token"]}, LIMITS["log-in"][0].most
    codes = [reader.post("/organisers/passkey/options", headers=headers).status_code for _ in range(most + 1)]
    assert codes == [200] * most + [429]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PasskeyChallenge)) == most


@ON_SQLITE
def test_only_a_proxy_we_trust_tells_where_a_request_comes_from(reader: Reader, make_app: Callable[..., Flask]) -> None:
    make_letter(slug="rues")
    came(PROVE.most)
    forged = {"X-Forwarded-For": "192.0.2.1"}
    assert reader.get("/letters/rues/proof", headers=forged).status_code == 200
    behind = make_app(RATELIMITS=True, TRUSTED_PROXIES=1).test_client()
    assert behind.get("/letters/rues/proof", headers=forged).status_code == 204
    told_twice = {"X-Forwarded-For": "192.0.2.1, 192.0.2.7"}  # the first is what the client made up
    assert behind.get("/letters/rues/proof", headers=told_twice).status_code == 200


@ON_SQLITE
def test_behind_a_proxy_that_is_not_counted_nobody_is_limited(reader: Reader) -> None:
    make_letter(slug="rues")
    for address in ("127.0.0.1", "::1", "10.1.2.3", "172.17.0.1", "192.168.1.1", "fd00::1"):
        assert sign(reader, address=address).status_code == 303 and waits() == timedelta(), address
        assert latest_signature().network_hash is None, address
    for _ in range(PROVE.most + 1):
        assert sign(reader, address=address).status_code == 303 and waits() == timedelta()


def test_what_was_counted_is_forgotten(reader: Reader) -> None:
    make_letter(slug="rues")
    sign(reader)
    forget_counters()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Counter)) == 2
    with time_machine.travel(now() + timedelta(hours=2)):
        forget_counters()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Counter)) == 0


@ON_SQLITE
def test_redis_away_limits_all_the_same_and_is_said_once(
    make_app: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(RATELIMITS=True, RATELIMIT_STORAGE_URI=f"redis://127.0.0.1:{free_port()}/0")
    with app.app_context():
        make_letter(slug="rues")
        reader = app.test_client()
        assert isinstance(reader, Reader)
        for _ in range(PROVE.most):
            assert sign(reader).status_code == 303 and waits() == timedelta()
        assert sign(reader).status_code == 303 and waits() == LATE
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
def test_redis_counts_until_the_last_moment_of_a_window(make_app: Callable[..., Flask], redis_server: str) -> None:
    with make_app(RATELIMITS=True, RATELIMIT_STORAGE_URI=redis_server).app_context():
        counters = store()
        assert isinstance(counters, InRedis)
        with time_machine.travel(now(), tick=False):  # else a busy machine may come to the end of the window
            ends = now() + timedelta(seconds=0.99)
            assert [counters.hit("x", ends) for _ in range(3)] == [1, 2, 3] and counters.read("x") == 3
        counters.client.close()
