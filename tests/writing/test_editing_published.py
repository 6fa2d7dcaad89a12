"""A letter that readers know is edited: what may still change, what they see of it, what keeps it published."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_picture, make_signature, owner_of
from tests.page import Reader
from tests.writing.writer import begin, edit_page, events, field, save
from tribune.database import db, write
from tribune.history.actions import add
from tribune.letters import actions as letters
from tribune.letters.models import Version
from tribune.letters.rendering import render


@ON_SQLITE
def test_who_would_close_it_now_is_told_where(client: Reader) -> None:
    letter = make_letter(slug="places")
    client.log_in(owner_of(letter))
    answer = client.post(edit_page(letter), data={**begin(client, letter), "closes_at": "2020-01-01T10:00"})
    assert answer.status_code == 422 and "allez à « Publication », puis « La clore… »." in answer.text
    assert ">Publication</a>" in answer.text
    assert ">La clore…</a>" in client.get(f"/manage/letters/{letter.id}/publish").text


@ON_SQLITE
def test_the_address_can_change_while_nobody_was_given_it(client: Reader) -> None:
    letter = make_letter(slug="rues", published=True)
    client.log_in(owner_of(letter))
    page = edit_page(letter) + "?lang=en"
    answer = client.post(page, data={**begin(client, letter), "slug": "des-bancs", "authors": "Léa"})
    assert answer.status_code == 422 and (letter.slug, letter.version.authors) == ("rues", "")
    assert "can no longer change: leave “rues”." in answer.text and field(answer.text, "slug") == "des-bancs"
    assert 'name="slug"' not in client.get(page).text
    assert save(client, letter, slug="rues") == 303


@ON_SQLITE
def test_a_text_that_is_too_long_is_refused_and_given_back(client: Reader) -> None:
    letter = make_letter(slug="rues", published=True, text="Rouvrons les rues.")
    client.log_in(owner_of(letter))
    answer = client.post(edit_page(letter), data={**begin(client, letter), "text": "é" * 32769})
    assert answer.status_code == 422 and "Raccourcissez-le." in answer.text
    assert field(answer.text, "text") == "é" * 32769 and letter.version.text == "Rouvrons les rues."


def test_words_that_people_confirmed_change_with_a_reason_and_as_a_new_version(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    assert 'name="reason"' not in client.get(edit_page(letter)).text
    make_signature(letter)
    with write():
        letter.version.signed_at = letter.version.frozen_at = datetime.now(UTC) - timedelta(days=1)
    assert 'name="reason"' in client.get(edit_page(letter)).text
    assert save(client, letter, goal="12") == 303  # not of the words
    answer = client.post(edit_page(letter), data={**begin(client, letter), "title": "Un autre", "authors": "Léa"})
    assert answer.status_code == 422 and 'id="reason-error"' in answer.text
    assert letter.version.authors == "" and letter.version_number == 1  # nothing of it
    assert save(client, letter, title="Un autre", authors="Léa", reason="Une faute.") == 303
    assert (letter.version_number, letter.version.reason, letter.version.authors) == (2, "Une faute.", "Léa")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Version)) == 2
    assert [verb for verb, _ in events(letter)] == ["letter_edited", "letter_corrected"]


def chosen_kind(page: str) -> list[str]:
    kinds = [tag for tag in re.findall("<input[^>]*>", page) if 'name="kind"' in tag and "checked" in tag]
    return [value for tag in kinds for value in re.findall(r'value="(\w+)"', tag)]


@ON_SQLITE
def test_a_reason_typed_before_the_words_that_it_is_for_comes_back(client: Reader) -> None:
    letter = make_letter()
    make_correction(letter)
    client.log_in(owner_of(letter))
    assert chosen_kind(client.get(edit_page(letter)).text) == ["correction"]
    typed = {**begin(client, letter), "reason": "Une faute.", "kind": "substance"}
    assert client.post(f"{edit_page(letter)}/draft", data=typed).status_code == 303
    page = client.get(edit_page(letter)).text
    assert 'id="unsaved"' not in page and field(page, "reason") == "Une faute."
    assert chosen_kind(page) == ["substance"]


def test_another_language_sets_earlier_versions_and_additions_anew_too(
    client: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter(slug="rues", text="Really ?")
    make_correction(letter, text="Indeed ?")
    add(letter, "So what ?", owner_of(letter))
    client.log_in(owner_of(letter))
    said = {"Really": "/letters/rues/versions/1", "Indeed": "/letters/rues", "So what": "/letters/rues"}
    assert all(f"{words}\u202f?" in client.get(path).text for words, path in said.items())
    rendered: dict[str, bool] = {}

    def noted(text: str, locale: str) -> str:
        rendered[text] = "writing" in db.session.info
        return render(text, locale)

    monkeypatch.setattr(letters, "render", noted)
    assert save(client, letter, locale="en") == 303 and letter.version_number == 2
    assert rendered == {"Really ?": False, "Indeed ?": False, "So what ?": False}  # who signs does not wait for it
    assert all(f"{words}?" in client.get(path).text for words, path in said.items())


@ON_SQLITE
def test_a_letter_may_ask_to_be_left_out_of_searches_and_tell_its_goal(client: Reader) -> None:
    letter = make_letter(slug="rues")
    robots = '<meta name="robots" content="noindex">'
    make_picture(letter)
    files = ("/letters/rues/signatories.csv", f"/letters/rues/image-{letter.image and letter.image.digest}.jpg")
    for path in ("/letters/rues", "/letters/rues/signatories"):
        assert robots not in client.get(path).text
    assert [client.get(path).headers.get("X-Robots-Tag") for path in files] == [None, None]
    with write():
        letter.noindex, letter.goal = True, 12_000
    for path in ("/letters/rues", "/letters/rues/signatories"):
        page = client.get(f"{path}?lang=en").text
        assert robots in page and "12,000 hoped for here" in page
    assert [client.get(path).headers.get("X-Robots-Tag") for path in files] == ["noindex", "noindex"]


@ON_SQLITE
@pytest.mark.parametrize("state", ["published", "scheduled"])
def test_a_published_letter_keeps_what_it_needed_to_be_published(client: Reader, state: str) -> None:
    needed = {"controller": "Alice", "contact": "alice@example.org"}
    letter = make_letter(**needed)
    if state == "scheduled":
        with write():
            letter.published_at = datetime.now(UTC) + timedelta(days=3)
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/edit?lang=en"
    form = {**client.fields(page), "title": "Un titre", "text": "Un texte.", **needed}
    texts = ("", "![Une rue](https://x.example/a.png)", "&nbsp;")
    for without in (*({"text": text} for text in texts), {"controller": ""}, {"contact": ""}):
        answer = client.post(page, data={**form, **without})
        assert answer.status_code == 422 and "A published letter needs this" in answer.text, without
    assert letter.version_number == 1 and letter.version.text


@ON_SQLITE
def test_a_text_that_only_held_a_picture_can_be_left_as_it_was(client: Reader) -> None:
    letter = make_letter(text="![](https://x.example/a.png)")
    client.log_in(owner_of(letter))
    assert save(client, letter, goal="12") == 303
