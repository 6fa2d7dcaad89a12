"""The browser in which the pages of signatures and of their order are read."""

import pytest

from tests.factories import owner_of
from tests.page import Reader
from tribune.letters.models import Letter


@pytest.fixture
def desk(client: Reader, letter: Letter) -> Reader:
    """The browser of the owner of the test's `letter`, in English."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.log_in(owner_of(letter))
    return client
