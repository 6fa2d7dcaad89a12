"""What is typed, as readers would see it: in the type of the letter, and harmless."""

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import everything, make_letter, make_picture, make_signature, owner_of
from tests.page import Reader
from tests.writing.writer import begin, edit_page
from tribune.letters import actions
from tribune.letters.models import Letter

pytestmark = ON_SQLITE


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", published=False)


def preview(client: Reader, letter: Letter, **typed: str) -> str:
    answer = client.post(f"{edit_page(letter)}/preview", data={**begin(client, letter), **typed})
    assert answer.status_code == 200
    return answer.text


def test_it_shows_what_is_typed_set_as_it_will_be_printed_and_writes_nothing(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    picture = make_picture(letter)
    before = everything()
    page = preview(client, letter, title="Vraiment ?", text="## Oui\n\n*Enfin* !", authors="Léa", outlet="Mediapart")
    for seen in ("Vraiment\u202f?</h1>", "<h2>Oui</h2>", "<em>Enfin</em>\u202f!", "Léa", "Mediapart", picture.digest):
        assert seen in page
    assert "Really?</h1>" in preview(client, letter, title="Really ?", locale="en")
    assert everything() == before


def test_what_is_wrong_does_not_stop_it_and_harms_nobody(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    page = preview(client, letter, title="", text="<script>alert(1)</script>", goal="x", closes_at="x", locale="xx")
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    page = preview(client, letter, outlet="Mediapart", outlet_url="javascript:alert(1)")
    assert "javascript:" not in page
    assert "64" in preview(client, letter, text="é" * 40_000)


def test_a_letter_that_was_corrected_can_be_previewed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    make_signature(letter)
    actions.revise(letter, by=None, title="Un autre", text="Autre.", reason="Une faute.")
    page = preview(client, letter, title="Encore un", outlet="Mediapart")
    assert "Encore un</h1>" in page and "Parue dans Mediapart" in page
