"""Alice, who has an account, and her browser."""

import pytest
from flask import Flask

from tests.factories import make_organiser
from tests.page import Reader
from tribune.organisers.models import Organiser


@pytest.fixture
def alice(app: Flask) -> Organiser:
    """Logged in nowhere."""
    return make_organiser(email="alice@example.org", name="Alice")


@pytest.fixture
def browser(client: Reader, alice: Organiser) -> Reader:
    """The browser `client`, in which she is logged in."""
    client.log_in(alice)
    return client
