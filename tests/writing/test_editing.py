"""The edit page: every field comes back as it was typed, and what cannot be is said beside its field."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, owner_of
from tests.page import Reader, hidden_fields, words
from tests.writing.writer import begin, edit_page, events, field, save
from tribune.database import write
from tribune.letters import life
from tribune.letters.models import WORDS, Letter

TODAY = datetime(2025, 11, 24, 12, tzinfo=UTC)


TYPED = {
    "title": "Des bancs au soleil",
    "standfirst": "Un banc par rue, c’est peu.",
    "text": "Un premier paragraphe.\n\n## Un titre\n\nUn *second*.",
    "authors": "Le collectif des bancs",
    "addressee": "Madame la maire",
    "controller": "Les Amis des bancs",
    "contact": "bancs@example.org",
    "outlet": "Mediapart",
    "outlet_url": "https://example.org/bancs",
    "printed_on": "2025-11-20",
    "goal": "10 000",
    "closes_at": "2026-06-01T18:30",
    "names_kept_months": "3",
    "timezone": "America/Martinique",
    "asks_role": "required",
    "asks_organisation": "absent",
    "public_list": "initials",
    "noindex": "y",
    "slug": "des-bancs",
    "locale": "en",
}


@pytest.fixture(autouse=True)
def _before_the_clocks_change() -> Iterator[None]:
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", published=False, text="Un paragraphe.  \nUne ligne.\n")


def test_every_field_comes_back_as_it_was_typed(desk: Reader, letter: Letter) -> None:
    typed = {name: value for name, value in begin(desk, letter).items() if name != "public_file"} | TYPED
    typed["text"] = typed["text"].replace("\n", "\r\n")  # as browsers send it
    assert desk.post(edit_page(letter), data=typed).status_code == 303
    version = letter.version
    assert all(getattr(version, name) == TYPED[name] for name in WORDS)
    assert "<h2>Un titre</h2>" in version.html
    same = "controller contact outlet outlet_url timezone asks_role asks_organisation public_list"
    assert all(getattr(letter, name) == TYPED[name] for name in [*same.split(), "slug", "locale"])
    assert (letter.printed_on, letter.goal) == (date(2025, 11, 20), 10_000)
    assert letter.closes_at == datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    assert letter.noindex and not letter.public_file
    assert letter.revision == 2
    page = desk.get(edit_page(letter)).text
    for name in "title standfirst text authors addressee contact outlet_url printed_on closes_at slug".split():
        assert field(page, name) == TYPED[name], name
    assert field(page, "goal") == "10000"
    [(_, of_text), (_, columns)] = events(letter)
    assert of_text == list(WORDS) and set(columns) == set(TYPED) - set(WORDS) | {"public_file"}  # type: ignore[call-overload,arg-type]


@ON_SQLITE
def test_saving_what_was_not_touched_changes_nothing_to_the_byte(desk: Reader, letter: Letter) -> None:
    with write():
        letter.closes_at = datetime(2026, 10, 25, 1, 30, 7, tzinfo=UTC)  # the second 02:30 in Paris, and seven seconds
    assert save(desk, letter) == 303
    assert letter.revision == 1 and events(letter) == []
    assert save(desk, letter, goal="12") == 303
    assert letter.version.text == "Un paragraphe.  \nUne ligne.\n"
    assert letter.closes_at == datetime(2026, 10, 25, 1, 30, 7, tzinfo=UTC)
    assert events(letter) == [("letter_edited", ["goal"])] and letter.revision == 2


@ON_SQLITE
def test_an_hour_that_the_clocks_jump_over_is_refused_and_one_they_show_twice_is_the_first(
    desk: Reader, letter: Letter
) -> None:
    page = desk.post(edit_page(letter), data={**begin(desk, letter), "closes_at": "2026-03-29T02:30"})
    assert page.status_code == 422 and field(page.text, "closes_at") == "2026-03-29T02:30"
    assert 'id="closes_at-error"' in page.text and letter.closes_at is None
    assert save(desk, letter, closes_at="2026-10-25T02:30") == 303
    assert letter.closes_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert save(desk, letter, timezone="Europe/London") == 303  # the same words, elsewhere
    assert letter.closes_at == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    assert save(desk, letter, closes_at="") == 303 and letter.closes_at is None


@ON_SQLITE
def test_a_letter_that_waits_keeps_its_moment_in_another_time_zone_and_it_is_said(desk: Reader, letter: Letter) -> None:
    with write():
        letter.published_at = waits = datetime(2025, 12, 1, 7, tzinfo=UTC)
    desk.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    shown = words(desk.get(edit_page(letter)).text)
    assert "whichever you choose: 1 Dec 2025, 08:00 (Paris time)" in shown
    assert save(desk, letter, timezone="America/New_York") == 303 and letter.published_at == waits
    assert events(letter) == [("letter_edited", ["timezone"])]
    said = words(desk.get(edit_page(letter)).text)
    assert "It will be published at the same moment as before: 1 Dec 2025, 02:00 (New York time)." in said
    assert "same moment" not in words(desk.get(edit_page(letter)).text)


CANNOT_BE = [
    ("title", " "),
    ("title", "x" * 301),
    ("standfirst", "x" * 3001),
    ("text", "é" * 40_000),
    ("authors", "Léa\u202eMartin"),
    ("contact", "bancs@"),
    ("outlet_url", "javascript:alert(1)"),
    ("outlet_url", "https://"),
    ("outlet_url", "http://[x"),
    ("outlet_url", "https://example.org/without-a-newspaper"),
    ("printed_on", "hier"),
    ("printed_on", "0026-11-24"),  # as a browser sends the year 26
    ("goal", "0"),
    ("goal", "beaucoup"),
    ("goal", "9" * 5000),
    ("closes_at", "demain"),
    ("closes_at", "2025-11-24T07:59"),
    ("closes_at", "0001-01-01T00:00"),
    ("closes_at", "9999-12-31T23:59"),
    ("timezone", "../etc/passwd"),
    ("locale", "xx"),
    ("asks_role", "maybe"),
    ("public_list", "maybe"),
    ("slug", "Des Bancs"),
    ("slug", "a/b"),
    ("slug", "preview"),
    ("slug", "autre"),
]


@ON_SQLITE
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(desk: Reader, letter: Letter) -> None:
    make_letter(slug="autre")
    begun = {**begin(desk, letter), "addressee": "Madame la maire", "timezone": "America/Martinique"}
    for name, typed in CANNOT_BE:
        answer = desk.post(edit_page(letter), data={**begun, name: typed})
        assert answer.status_code == 422, (name, typed)
        assert f'id="{name}-error"' in answer.text or name in {"timezone", "locale"}, (name, typed)
        assert field(answer.text, "addressee") == "Madame la maire", (name, typed)
    assert letter.version.addressee == "" and letter.revision == 1


@ON_SQLITE
def test_an_address_copied_without_its_beginning_is_completed(desk: Reader, letter: Letter) -> None:
    assert save(desk, letter, outlet="Mediapart", outlet_url="www.mediapart.fr/une-tribune") == 303
    assert letter.outlet_url == "https://www.mediapart.fr/une-tribune"
    assert save(desk, letter, outlet_url="Www.mediapart.fr/une-autre") == 303  # as a phone begins what is typed
    assert letter.outlet_url == "https://Www.mediapart.fr/une-autre"
    assert save(desk, letter, outlet_url="www. mediapart") == 422


@ON_SQLITE
def test_an_address_typed_before_it_was_scheduled_is_not_dropped_without_a_word(desk: Reader, letter: Letter) -> None:
    typed = {**begin(desk, letter), "slug": "des-bancs"}
    desk.post(f"{edit_page(letter)}/draft", data=typed)
    life.publish(letter, at=TODAY + timedelta(days=1))
    assert desk.post(edit_page(letter), data=typed).status_code == 422
    again = desk.get(edit_page(letter))  # what was kept
    assert field(again.text, "slug") == "des-bancs"
    without = {name: value for name, value in typed.items() if name != "slug"}
    assert desk.post(edit_page(letter), data={**without, **dict(hidden_fields(again.text))}).status_code == 303
    assert save(desk, letter, slug="rues") == 303 and letter.slug == "rues"


@ON_SQLITE
def test_another_language_sets_the_same_words_anew(desk: Reader, letter: Letter) -> None:
    assert save(desk, letter, text="Vraiment ?") == 303
    assert "Vraiment\u202f?" in letter.version.html
    assert save(desk, letter, locale="en") == 303
    assert "Vraiment?" in letter.version.html


@ON_SQLITE
def test_an_address_that_the_site_made_can_be_saved_as_it_is(app: Flask, client: Reader) -> None:
    for _ in range(2):
        letter = make_letter(title="x" * 80, published=False)
    client.log_in(owner_of(letter))
    assert letter.slug.endswith("-2")
    assert client.post(edit_page(letter), data={**begin(client, letter), "authors": "Léa"}).status_code == 303
