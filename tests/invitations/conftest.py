"""A letter and its organiser, who is logged in; somebody invited to it."""

import pytest
from flask import Flask

from tests.factories import make_invited, make_letter, owner_of
from tests.invitations.answers import LINE
from tests.page import Reader
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter


@pytest.fixture
def letter(app: Flask, client: Reader) -> Letter:
    """A draft of whoever holds the browser `client`."""
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as in production: an error of ours would be a 500
    letter = make_letter(published=False)
    client.log_in(owner_of(letter))
    return letter


@pytest.fixture
def invitation(letter: Letter) -> Invitation:
    """Léa Martin, invited."""
    return make_invited(letter, **{**LINE, "email": "lea.martin@example.org"})


@pytest.fixture
def desk(desk: Reader, in_english: None) -> Reader:
    """The browser of the letter's owner, in English."""
    return desk
