"""A letter and its organiser, who is logged in."""

import pytest
from flask import Flask

from tests.factories import make_letter, owner_of
from tests.page import Reader
from tribune.letters.models import Letter


@pytest.fixture
def letter(app: Flask, client: Reader) -> Letter:
    """A draft of whoever holds the browser `client`."""
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as in production: an error of ours would be a 500
    letter = make_letter(published=False)
    client.log_in(owner_of(letter))
    return letter
