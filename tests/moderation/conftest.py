"""Whose browser opens the table."""

import pytest

from tests.page import Reader


@pytest.fixture
def desk(browser: Reader) -> Reader:
    """Alice's browser."""
    return browser
