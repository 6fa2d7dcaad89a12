"""Everybody here is logged in."""

import pytest
from flask import Flask

from tests.factories import make_organiser
from tests.page import Reader
from tribune.organisers.models import Organiser


@pytest.fixture
def organiser(app: Flask, client: Reader) -> Organiser:
    """Whose browser `client` is."""
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as in production: an error of ours would be a 500
    organiser = make_organiser()
    client.log_in(organiser)
    return organiser
