"""A letter on the desk of its owner, who is logged in."""

import pytest

from tests.factories import owner_of
from tests.page import Reader
from tribune.letters.models import Letter


@pytest.fixture
def owner(client: Reader, letter: Letter) -> Reader:
    """The browser of its owner."""
    client.log_in(owner_of(letter))
    return client
