"""A site that limits what one network sends."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.page import Reader


@pytest.fixture
def limited(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The site as it is shipped: limits are on. With an application context for the test."""
    app = make_app(RATELIMITS=True)
    with app.app_context():
        yield app


@pytest.fixture
def reader(limited: Flask) -> Reader:
    """A reader of that site."""
    client = limited.test_client()
    assert isinstance(client, Reader)
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"  # from elsewhere: who is on this machine is not limited
    return client
