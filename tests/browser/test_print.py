"""As a newspaper prints: every name in the type of the letter."""

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.servers.browser import visit
from tests.servers.site import Site


@pytest.mark.parametrize("name", ["Zoé", "Łukasz", "Nguyễn Thị Ánh Tuyết"])
def test_each_letter_of_a_name_is_in_the_type_of_the_letter(
    chromium: Browser, served: tuple[Site, Flask], name: str
) -> None:
    load = "letter => document.fonts.load('1rem \"Source Serif 4\"', letter).then(faces => faces.length > 0)"
    with visit(chromium, served[0].url) as page:
        page.goto("/")
        assert [letter for letter in name if not page.evaluate(load, letter)] == []
