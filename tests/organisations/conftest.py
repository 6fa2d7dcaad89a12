"""A letter whose people write one organisation in three ways."""

import pytest
from flask import Flask

from tests.factories import make_letter, make_signature
from tribune.letters.models import Letter

THREE = ["CNRS", "C.N.R.S.", "Centre national de la recherche scientifique"]


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = make_letter(slug="rues")
    for name in (*THREE, "CNRS", "Inserm"):
        make_signature(letter, given_name="Zoé", family_name="Évrard", organisation=name)
    return letter
