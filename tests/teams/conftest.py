"""Alice, who owns the team of a letter."""

import pytest
from flask import Flask

from tests.factories import make_letter, make_organiser
from tribune.letters.models import Letter


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A published letter of a team that Alice alone carries."""
    return make_letter(make_organiser(email="alice@example.org", name="Alice"), slug="rues")
