"""Requests that no page of ours would send: see fuzz.py. Some over the wire, some within this process."""

from contextvars import Context
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.abuse import fuzz
from tests.abuse.odd_requests import draw
from tests.abuse.places import Ground, make_ground

REQUESTS = 250  # on each database


def test_no_request_over_the_wire_is_an_error_of_ours(database_url: str, tmp_path: Path) -> None:
    found = fuzz.run(database_url, tmp_path, REQUESTS, seed=0)
    assert (found.faults, found.errors) == ([], {})
    assert found.share_reached > 0.3 and len(found.reached) > 60


@pytest.fixture
def ground(app: Flask) -> Ground:
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as in production: an error of ours would be a 500
    return make_ground(app)


# The library that reads forms leaves a file it began to the garbage collector, where the rest makes no sense.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <function SpooledTemporaryFile")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=True))
def test_no_request_is_an_error_of_ours(app: Flask, ground: Ground, random: Random) -> None:
    request = draw(random, ground)
    headers = [(name.decode(), value.decode("latin-1")) for name, value in request.headers]
    client = FlaskClient(app, use_cookies=False)
    target = request.target.decode("latin-1")
    answer = Context().run(
        client.open, target, method=request.method, headers=headers, data=request.body, buffered=True
    )
    assert answer.status_code < 500
