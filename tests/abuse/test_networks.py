"""Where a request comes from: one network for a home, told by a proxy if it is trusted, and kept by no address."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.abuse.signing import HERE, came, sign, waits
from tests.databases import ON_SQLITE
from tests.factories import latest_signature, make_letter
from tests.page import Reader
from tribune.abuse.limits import LATE, PROVE
from tribune.abuse.models import Counter
from tribune.abuse.networks import network_hash
from tribune.database import db

pytestmark = pytest.mark.usefixtures("early_in_the_hour")


@ON_SQLITE
def test_one_home_is_one_network(reader: Reader) -> None:
    make_letter(slug="rues")
    came(PROVE.most, address="2001:db8:1:2::1")
    for address in ("2001:db8:1:2:ffff::9", "2001:db8:1:ff::1"):  # the second by another of the 256 it was given
        sign(reader, address=address)
        assert waits() == LATE, address
    sign(reader, address="2001:db8:1:102::1")
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
    of_version_4 = ("127.0.0.1", "10.1.2.3", "172.17.0.1", "192.168.1.1", "100.64.0.3", "169.254.1.1")
    for address in (*of_version_4, "::1", "fe80::1", "fd00::1"):
        assert sign(reader, address=address).status_code == 303 and waits() == timedelta(), address
        assert latest_signature().network_hash is None, address
    for _ in range(PROVE.most + 1):
        assert sign(reader, address=address).status_code == 303 and waits() == timedelta()
