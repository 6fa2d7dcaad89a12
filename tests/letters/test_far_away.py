"""A letter that closes at the end of all years, as people type "never"."""

from datetime import UTC, datetime

import pytest

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, latest_signature, make_letter, owner_of
from tests.page import Reader
from tests.writing.writer import begin, edit_page
from tribune.database import write


@ON_SQLITE
@pytest.mark.parametrize("year", ["9999", "2199"])
def test_what_is_a_century_away_is_no_moment_to_close(client: Reader, year: str) -> None:
    letter = make_letter()
    client.log_in(owner_of(letter))
    sent = {**begin(client, letter), "closes_at": f"{year}-12-31T23:59"}
    answer = client.post(edit_page(letter) + "?lang=en", data=sent)
    assert answer.status_code == 422 and "Choose another year." in answer.text and letter.closes_at is None


@ON_SQLITE
def test_nor_to_publish(client: Reader) -> None:
    letter = make_letter(published=False, contact="a@example.org")
    with write():
        letter.timezone = "UTC"
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/publish?lang=en"
    later = {"when": "later", "day": "9999-12-31", "hour": "23:30"}
    answer = client.post(page, data={**client.fields(page), **later})
    assert answer.status_code == 422 and "Choose another year." in answer.text and letter.state == "draft"


def test_who_typed_it_before_it_was_refused_has_a_letter_that_is_signed_and_confirmed(client: Reader) -> None:
    letter = make_letter(slug="rues", closes_at=datetime(9999, 12, 31, 22, 59, tzinfo=UTC))
    assert client.sign("rues").status_code == 303
    path = confirm_path(latest_signature())
    assert client.post(path, data=client.fields(path)).status_code == 303 and letter.confirmed_count == 1
    client.log_in(owner_of(letter))
    assert client.get(f"/manage/letters/{letter.id}/asking").status_code == 200
