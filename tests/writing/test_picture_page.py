"""The page where a letter is given its picture, and where readers see it."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_picture, owner_of
from tests.page import Reader
from tests.writing.pixels import bomb, decoded, file_of, moving, two_colours
from tribune.audit.models import Event
from tribune.database import db, now
from tribune.letters import life
from tribune.letters.models import Letter
from tribune.notices.actions import take_down
from tribune.writing.actions import remove_picture
from tribune.writing.views import PASS_LASTS


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", published=False)


def send(desk: Reader, letter: Letter, data: bytes | None, **words: str) -> tuple[int, str]:
    """Upload, and the status and the page of the answer."""
    path = f"/manage/letters/{letter.id}/image"
    hidden = desk.fields(path)
    file = {"file": (io.BytesIO(data), "photo.jpg")} if data is not None else {}
    typed = {**hidden, "description": "Une rue, des enfants", "credit": "Photo Léa", **words}
    answer = desk.post(f"{path}?lang=en", data={**typed, **file}, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the client leaves a large one open
    return answer.status_code, answer.text


def events(letter: Letter) -> list[object]:
    query = sa.select(Event.details).where(Event.letter_id == letter.id, Event.verb == "letter_edited")
    return [details["fields"] for details in db.session.scalars(query)]


@ON_SQLITE
def test_it_is_shown_under_the_title_with_its_size_and_where_the_letter_is_shared(client: Reader) -> None:
    letter = make_letter(slug="rues")
    assert "<figure" not in client.get("/letters/rues").text
    path = f"/letters/rues/image-{make_picture(letter).digest}.jpg"
    page = client.get("/letters/rues").text
    assert f'<img src="{path}" width="40" height="30" alt="Une rue">' in page and "Alice</figcaption>" in page
    assert f'<meta property="og:image" content="http://localhost{path}">' in page
    assert page.count('property="og:image"') == 1 and "/card-" not in page  # which is for letters without one
    assert '<meta property="og:image:width" content="40">' in page and 'og:image:height" content="30">' in page
    assert '<meta property="og:image:alt" content="Une rue">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    answer = client.get(path)
    assert decoded(answer.data).size == (40, 30) and answer.mimetype == "image/jpeg"
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@ON_SQLITE
def test_no_cache_keeps_a_picture_longer_than_the_page_it_stands_on(client: Reader) -> None:
    path = f"/letters/rues/image-{make_picture(make_letter(slug='rues')).digest}.jpg"
    told = [client.get(each).headers["Cache-Control"] for each in (path, "/letters/rues")]
    assert told[0] == told[1] and "max-age=10" in told[0]
    assert "Vary" not in client.get(path).headers  # or a proxy kept one for each language of a browser


@ON_SQLITE
def test_only_its_own_address_shows_it(client: Reader, letter: Letter) -> None:
    digest = make_picture(letter).digest
    other = make_letter(slug="autre")
    assert client.get(f"/letters/rues/image-{digest}.jpg").status_code == 404  # of a draft: only on its preview
    life.publish(letter)
    assert client.get(f"/letters/rues/image-{digest}.jpg").status_code == 200
    for path in (f"autre/image-{digest}", "rues/image-0000000000000000", f"rues/image-{digest}x", "rues/image-"):
        assert client.get(f"/letters/{path}.jpg").status_code == 404
    assert other.image is None


@ON_SQLITE
def test_its_team_sees_that_of_a_letter_taken_down_and_no_search_engine_does(desk: Reader, letter: Letter) -> None:
    make_picture(letter)
    life.publish(letter)
    take_down(letter, "Une image illicite.")
    page = desk.get(f"/manage/letters/{letter.id}/image").text
    shown = page.partition('<img src="')[2].partition('"')[0]
    answer = desk.get(shown)
    assert (answer.status_code, answer.headers.get("X-Robots-Tag")) == (200, "noindex")
    assert answer.headers["Cache-Control"] == "no-store"
    make_picture(make_letter(slug="autre", published=False))
    assert desk.get(shown.replace("/rues/", "/autre/")).status_code == 404
    with time_machine.travel(now() + timedelta(seconds=PASS_LASTS + 1), tick=False):
        assert desk.get(shown).status_code == 404


def test_it_is_given_replaced_described_and_removed(desk: Reader, letter: Letter) -> None:
    life.publish(letter)
    assert send(desk, letter, file_of(two_colours(), "PNG"))[0] == 303
    first = letter.image
    assert first and (first.width, first.description, first.credit) == (60, "Une rue, des enfants", "Photo Léa")
    digest = first.digest
    assert send(desk, letter, None, description="Une rue vide", credit="")[0] == 303
    assert letter.image and (letter.image.description, letter.image.credit, letter.image.digest) == (
        "Une rue vide",
        "",
        digest,
    )
    assert send(desk, letter, file_of(two_colours((30, 30)), "WEBP"))[0] == 303
    assert letter.image.width == 30 and letter.image.digest != digest
    assert desk.get(f"/letters/rues/image-{digest}.jpg").status_code == 404
    path = f"/manage/letters/{letter.id}/image"
    assert desk.post(f"{path}/remove", data=desk.fields(path)).status_code == 303
    assert letter.image is None
    assert desk.post(f"{path}/remove", data=desk.fields(path)).status_code == 303  # twice does no harm
    assert events(letter) == [["image"]] * 4


def test_a_picture_that_was_removed_is_seen_by_nobody_and_put_back_as_it_was(desk: Reader, letter: Letter) -> None:
    other = make_letter()
    make_picture(other)
    remove_picture(other, by=owner_of(other))
    life.publish(letter)
    digest, path = make_picture(letter).digest, f"/manage/letters/{letter.id}/image"
    assert "Put it back" not in desk.get(f"{path}?lang=en").text
    assert desk.get(f"/letters/rues/image-{digest}.jpg").status_code == 200
    desk.post(f"{path}/remove", data=desk.fields(path))
    assert letter.image is None and desk.get(f"/letters/rues/image-{digest}.jpg").status_code == 404
    assert "Put it back" in desk.get(f"{path}?lang=en").text
    assert desk.post(f"{path}/put-back?lang=en", data=desk.fields(path)).status_code == 303
    assert letter.image and (letter.image.digest, letter.image.description) == (digest, "Une rue")
    assert "The picture is back." in desk.get(f"{path}?lang=en").text
    assert desk.post(f"{path}/put-back?lang=en", data=desk.fields(path)).status_code == 303  # twice does no harm
    page = desk.get(f"{path}?lang=en").text
    assert events(letter) == [["image"]] * 3 and "is back" not in page and "Nothing was changed" in page
    desk.post(f"{path}/remove", data=desk.fields(path))
    assert send(desk, letter, file_of(two_colours(), "PNG"))[0] == 303  # another takes its place
    assert letter.image and letter.image.digest != digest
    assert "Put it back" not in desk.get(f"{path}?lang=en").text


@ON_SQLITE
def test_what_cannot_be_shown_is_refused_in_a_sentence(desk: Reader, letter: Letter) -> None:
    for data, words, said in (
        (b"Bonjour", {}, "This picture cannot be read"),
        (bomb(), {}, "more than 50 million pixels"),
        (moving("PNG"), {}, "This picture is animated"),
        (None, {}, "Choose a picture."),
        (file_of(two_colours(), "PNG"), {"description": " "}, "Say what the picture shows."),
    ):
        status, page = send(desk, letter, data, **words)
        assert status == 422 and said in page and 'value="Photo Léa"' in page, said
    assert letter.image is None


@ON_SQLITE
def test_a_file_is_called_optional_only_where_there_is_a_picture(desk: Reader, letter: Letter) -> None:
    def is_optional() -> bool:
        page = desk.get(f"/manage/letters/{letter.id}/image?lang=en").text
        return "(optional)" in page.partition('<label for="file">')[2].partition("</label>")[0]

    assert not is_optional()
    make_picture(letter)
    assert is_optional()


@ON_SQLITE
def test_a_picture_beside_a_mistake_has_to_be_chosen_again_and_is_told_so(desk: Reader, letter: Letter) -> None:
    make_picture(letter)
    status, page = send(desk, letter, file_of(two_colours(), "PNG"), description="")
    assert status == 422 and page.count("Choose the file again") == 2  # beside the field, and on top of the page
    status, page = send(desk, letter, None, description="")
    assert status == 422 and "Choose the file again" not in page


@ON_SQLITE
def test_a_picture_may_weigh_ten_megabytes_and_no_more(desk: Reader, letter: Letter) -> None:
    heavy = file_of(two_colours(), "JPEG") + b"\0" * (10 * 1024 * 1024 - 2000)
    assert send(desk, letter, heavy)[0] == 303
    status, page = send(desk, letter, heavy + b"\0" * 1024 * 1024)
    assert status == 413 and "10 MB" in page
    path = f"/manage/letters/{letter.id}/edit"
    assert desk.post(path, data={**desk.fields(path), "text": "x" * 300_000}).status_code == 413  # this page alone
