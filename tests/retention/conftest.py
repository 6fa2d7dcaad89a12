"""The letter of these tests."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.factories import make_letter
from tribune.letters.models import Letter


@pytest.fixture
def letter(app: Flask) -> Iterator[Letter]:
    yield make_letter(slug="rues", first="Ada Un\nBea Deux, apicultrice (Ruche d’or)")
