"""The browser in which the pages of signatures and of their order are read."""

import pytest

from tests.page import Reader


@pytest.fixture
def desk(desk: Reader, in_english: None) -> Reader:
    """The browser of the owner of the test's `letter`, in English."""
    return desk
