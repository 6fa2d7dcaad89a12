"""A site's own texts of the notices: shown in the place of ours, which stand where those cannot be."""

from pathlib import Path

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter
from tests.page import Reader

pytestmark = ON_SQLITE


def test_a_site_may_put_its_own_text_in_the_place_of_ours(app: Flask, client: Reader) -> None:
    own = Path(app.instance_path) / "notices" / "fr"
    own.mkdir(parents=True)
    (own / "legal.md").write_text("## Chez nous\n\nÉditeur : {{ operator or 'personne' }}.", "utf-8")
    page = client.get("/legal").text
    assert "Chez nous" in page and "personne" in page and "hébergement" not in page.lower()


WRONG = ["{{ operatr.name }}", "{{ operator", "{% if operator %}", "{{ operator + 1 }}", "{{ 1 // 0 }}", "a" * 65_536]


@pytest.mark.parametrize(
    "wrong", [*(text.encode() for text in WRONG), "Éditeur".encode("latin-1")], ids=lambda text: ascii(text[:20])
)
def test_ours_stands_where_a_text_of_the_site_cannot_be_shown(app: Flask, client: Reader, wrong: bytes) -> None:
    ours = client.get("/legal").text
    own = Path(app.instance_path) / "notices" / "fr"
    own.mkdir(parents=True)
    (own / "legal.md").write_bytes("## Chez nous\n\nÉditeur : ".encode() + wrong)
    assert client.get("/legal").text == ours
    (own / "legal.md").write_text("## Chez nous\n\nÉditeur : {{ operator or 'personne' }}.", "utf-8")
    assert "personne" in client.get("/legal").text  # corrected: the file is read each time


def test_a_notice_is_compiled_once(client: Reader, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_letter(slug="rues")
    assert client.get("/letters/rues/privacy").status_code == 200
    monkeypatch.setattr(app.jinja_env, "from_string", None)
    make_letter(slug="places")
    assert client.get("/letters/places/privacy").status_code == 200
