"""The card of a letter: its title drawn, where a letter without a picture is shared."""

import io
import json
import sys
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import PIL.Image
import pytest
import typst
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import card_digest, make_letter, owner_of
from tests.page import Reader
from tribune.database import write
from tribune.exports import card
from tribune.exports.card_worker import TEMPLATE, draw
from tribune.letters.models import Letter

TITLE = "Des rues « où l'on joue »: pourquoi attendre?"
SET = "Des rues «\u00a0où l’on joue\u00a0»\u00a0: pourquoi attendre\u202f?"


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", title=TITLE, authors="Un collectif")


@pytest.fixture
def nothing_drawn() -> Iterator[None]:
    """As after a start."""
    card._drawn.cache_clear()
    yield
    card._drawn.cache_clear()


def said(title: str, authors: str) -> str:
    return json.dumps({"lang": "fr", "kicker": "Tribune", "title": title, "authors": authors, "site": "example.org"})


@ON_SQLITE
def test_the_page_of_a_letter_without_a_picture_names_it_wherever_it_is_shared(client: Reader, letter: Letter) -> None:
    path = f"/letters/rues/card-{card_digest(letter)}.png"
    page = client.get("/letters/rues?lang=en").text
    assert f'<meta property="og:image" content="http://localhost{path}">' in page
    assert '<meta property="og:image:width" content="1200">' in page and 'og:image:height" content="630">' in page
    assert f'<meta property="og:image:alt" content="{SET} – Un collectif">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    answer = client.get(path)
    assert answer.mimetype == "image/png" and PIL.Image.open(io.BytesIO(answer.data)).size == (1200, 630)
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert answer.headers["Cache-Control"] == client.get("/letters/rues").headers["Cache-Control"]
    assert "Vary" not in answer.headers and "X-Robots-Tag" not in answer.headers
    with write():
        letter.noindex = True
    assert client.get(path).headers["X-Robots-Tag"] == "noindex"


@ON_SQLITE
def test_its_address_is_that_of_what_it_says_today(client: Reader, letter: Letter) -> None:
    before = card_digest(letter)
    assert client.get(f"/letters/rues/card-{before[:-1]}x.png").status_code == 404
    with write():
        letter.version.authors = "Des citoyen⋅nes contre le CO₂"
    assert client.get(f"/letters/rues/card-{before}.png").status_code == 404
    assert client.get(f"/letters/rues/card-{card_digest(letter)}.png").status_code == 200


@ON_SQLITE
@pytest.mark.parametrize("title", ["Jouons 🌱", "لنلعب في الشارع", "在街上玩耍", ""])
def test_a_title_that_the_font_cannot_print_has_none(client: Reader, letter: Letter, title: str) -> None:
    address = f"/letters/rues/card-{card_digest(letter)}.png"
    with write():
        letter.version.title = title
    page = client.get("/letters/rues").text
    assert card.card_of(letter) is None and "og:image" not in page and "twitter:card" not in page
    assert client.get(address).status_code == 404
    client.log_in(owner_of(letter))
    assert "card.png" not in client.get(f"/manage/letters/{letter.id}/image").text
    assert client.get(f"/manage/letters/{letter.id}/card.png").status_code == 404


@ON_SQLITE
def test_its_editors_see_it_before_the_publication(client: Reader) -> None:
    letter = make_letter(published=False)
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/image?lang=en").text
    assert f'<img src="/manage/letters/{letter.id}/card.png"' in page and "the title is drawn like this" in page
    answer = client.get(f"/manage/letters/{letter.id}/card.png")
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "image/png", "no-store")
    assert client.get(f"/letters/{letter.slug}/card-{card_digest(letter)}.png").status_code == 404


@ON_SQLITE
def test_one_that_cannot_be_drawn_is_asked_for_again_later(
    client: Reader,
    nothing_drawn: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    letter, worker = make_letter(slug="rues"), tmp_path / "worker.py"
    monkeypatch.setattr(card, "WORKER", worker)
    client.log_in(owner_of(letter))
    for path in f"/letters/rues/card-{card_digest(letter)}.png", f"/manage/letters/{letter.id}/card.png":
        worker.write_text("raise SystemExit(3)")
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")
        told = [record for record in caplog.records if record.levelname == "ERROR"]
        assert told[-1].getMessage() == "no card: exit code 3" and not told[-1].exc_info
        with monkeypatch.context() as machine:  # as one that has no room for another process, or no Python any more
            machine.setattr(sys, "executable", str(tmp_path / "python"))
            assert client.get(path).status_code == 503
        told = [record for record in caplog.records if record.levelname == "ERROR"]
        assert told[-1].getMessage() == "no card: not started (No such file or directory)"
        worker.write_text("print('drawn')")
        assert client.get(path).status_code == 200
        card._drawn.cache_clear()


def test_the_font_has_each_letter_that_is_taken_to_be_printed() -> None:
    every = [chr(code) for code in range(sys.maxunicode) if card.PRINTED.fullmatch(chr(code))]
    seen = "".join(each for each in every if unicodedata.category(each) not in {"Cn", "Cf"})
    assert len(seen) > 1000
    for start in range(0, len(seen), 150):
        some = "".join(f"o{each}" for each in seen[start : start + 150])  # an accent needs a letter to stand on
        given = {"data": said(some, some)}  # as a title and as authors, which have two weights; PDF/UA-1 refuses a box
        typst.compile(TEMPLATE, format="pdf", pdf_standards="ua-1", ignore_system_fonts=True, sys_inputs=given)


@pytest.mark.parametrize(
    "title",
    [
        "W" * 300,
        "A" * 60,
        "Jouons dehors, même la nuit ! " * 10,
        "intergouvernementales et M" + "m" * 22,
        "J",
        "Démocratie\u00a0: réinventons-la",
    ],
)
def test_whatever_is_typed_fits_on_it_and_weighs_little(title: str) -> None:
    drawn = draw(said(title, title))
    grey = PIL.Image.open(io.BytesIO(drawn)).convert("L")
    left, top, right, bottom = grey.point(lambda value: 255 * (value < 200)).getbbox() or (0, 0, 0, 0)
    assert grey.size == (1200, 630) and len(drawn) < 60_000
    assert left > 60 and top > 40 and right <= 1121 and bottom < 600


@ON_SQLITE
def test_a_card_that_many_ask_for_at_once_is_drawn_once_in_the_language_of_its_letter(
    app: Flask, nothing_drawn: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, drawings = tmp_path / "worker.py", tmp_path / "drawings"
    worker.write_text(f"import json\nopen({str(drawings)!r}, 'a').write('.')\nprint(json.loads(input())['kicker'])")
    monkeypatch.setattr(card, "WORKER", worker)

    def asked(_number: int) -> bytes:
        with app.app_context():
            return card.draw(card.Card("en", "Let us play", "Un collectif", "example.org"))

    with ThreadPoolExecutor(8) as crowd:
        assert set(crowd.map(asked, range(20))) == {b"Open letter\n"}
    assert drawings.read_text() == "."
