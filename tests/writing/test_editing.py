"""The edit page: every field comes back as it was typed, and what cannot be is said beside its field."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_correction, make_letter, make_member, make_organiser, make_signature, owner_of
from tests.page import Reader, hidden_fields
from tests.writing.writer import begin, edit_page, field
from tribune.audit.models import Event
from tribune.database import db, write
from tribune.history.actions import add
from tribune.letters import life
from tribune.letters.models import WORDS, Letter, Version
from tribune.teams.actions import found
from tribune.teams.models import Membership, Role

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


@pytest.fixture
def desk(client: Reader, letter: Letter) -> Reader:
    client.log_in(owner_of(letter))
    return client


def save(desk: Reader, letter: Letter, **typed: str) -> int:
    """Type into the edit page and save: the status of the answer."""
    return desk.post(edit_page(letter), data={**begin(desk, letter), **typed}).status_code


def events(letter: Letter) -> list[tuple[str, object]]:
    query = sa.select(Event).where(Event.letter_id == letter.id, Event.verb.in_(["letter_edited", "letter_corrected"]))
    return [(event.verb, event.details.get("fields")) for event in db.session.scalars(query.order_by(Event.id))]


def test_a_title_is_enough_to_begin(client: Reader) -> None:
    organiser = make_organiser(name="Alice", email="alice@example.org")
    client.log_in(organiser)
    fields = client.fields("/manage/letters/new")
    assert client.post("/manage/letters/new", data={**fields, "title": " "}).status_code == 422
    answer = client.post("/manage/letters/new", data={**fields, "title": "Des bancs"})
    letter = db.session.scalars(sa.select(Letter)).one()
    assert (answer.status_code, answer.location) == (303, edit_page(letter))
    assert (letter.state, letter.slug, letter.version.title) == ("draft", "des-bancs", "Des bancs")
    assert (letter.controller, letter.contact) == ("Alice", "alice@example.org")
    assert client.get(edit_page(letter)).status_code == 200


def test_a_double_click_begins_one_letter(client: Reader) -> None:
    client.log_in(make_organiser())
    form = {**client.fields("/manage/letters/new"), "title": "Des bancs"}
    answers = [client.post("/manage/letters/new", data=form) for _click in range(2)]
    assert {answer.location for answer in answers} == {edit_page(db.session.scalars(sa.select(Letter)).one())}


@ON_SQLITE
def test_who_writes_in_several_teams_chooses_one_and_no_other(client: Reader) -> None:
    organiser = make_organiser()
    second = found("Les Bancs", by=organiser)
    watched = make_letter()
    make_member(watched, Role.VIEWER)
    client.log_in(organiser)
    fields = client.fields("/manage/letters/new")
    assert "Les Bancs" in client.get("/manage/letters/new").text
    theirs = {**fields, "title": "Des bancs", "team": str(watched.team_id)}
    assert client.post("/manage/letters/new", data=theirs).status_code == 422
    assert client.post("/manage/letters/new", data={**theirs, "team": str(second.id)}).status_code == 303
    assert db.session.scalars(sa.select(Letter).order_by(Letter.id.desc())).first().team_id == second.id  # type: ignore[union-attr]


@ON_SQLITE
def test_a_viewer_is_told_that_they_cannot_write(client: Reader) -> None:
    letter = make_letter()
    viewer = make_member(letter, Role.VIEWER)
    with write() as session:
        own = sa.delete(Membership).where(Membership.organiser_id == viewer.id, Membership.role == Role.OWNER)
        session.execute(own)
    client.log_in(viewer)
    assert "<form class" not in client.get("/manage/letters/new").text
    assert client.get(edit_page(letter)).status_code == 403
    assert edit_page(letter) not in client.get(f"/manage/letters/{letter.id}").text


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
    [(_, words), (_, columns)] = events(letter)
    assert words == list(WORDS) and set(columns) == set(TYPED) - set(words) | {"public_file"}  # type: ignore[call-overload,arg-type]


@ON_SQLITE
def test_who_would_close_it_now_is_told_where(client: Reader) -> None:
    letter = make_letter(slug="places")
    client.log_in(owner_of(letter))
    answer = client.post(edit_page(letter), data={**begin(client, letter), "closes_at": "2020-01-01T10:00"})
    assert answer.status_code == 422 and "allez à « Publication », puis « La clore… »." in answer.text
    assert ">Publication</a>" in answer.text
    assert ">La clore…</a>" in client.get(f"/manage/letters/{letter.id}/publish").text


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


@ON_SQLITE
def test_another_language_sets_the_same_words_anew(desk: Reader, letter: Letter) -> None:
    assert save(desk, letter, text="Vraiment ?") == 303
    assert "Vraiment\u202f?" in letter.version.html
    assert save(desk, letter, locale="en") == 303
    assert "Vraiment?" in letter.version.html


def test_another_language_sets_earlier_versions_and_additions_anew_too(client: Reader) -> None:
    letter = make_letter(slug="rues", text="Really ?")
    make_correction(letter, text="Indeed ?")
    add(letter, "So what ?", owner_of(letter))
    client.log_in(owner_of(letter))
    said = {"Really": "/letters/rues/versions/1", "Indeed": "/letters/rues", "So what": "/letters/rues"}
    assert all(f"{words}\u202f?" in client.get(path).text for words, path in said.items())
    assert save(client, letter, locale="en") == 303 and letter.version_number == 2
    assert all(f"{words}?" in client.get(path).text for words, path in said.items())


@ON_SQLITE
def test_a_letter_may_ask_to_be_left_out_of_searches_and_tell_its_goal(client: Reader) -> None:
    letter = make_letter(slug="rues")
    robots = '<meta name="robots" content="noindex">'
    for path in ("/letters/rues", "/letters/rues/signatories"):
        assert robots not in client.get(path).text
    with write():
        letter.noindex, letter.goal = True, 12_000
    for path in ("/letters/rues", "/letters/rues/signatories"):
        page = client.get(f"{path}?lang=en").text
        assert robots in page and "of 12,000 hoped for" in page


@ON_SQLITE
@pytest.mark.parametrize("state", ["published", "scheduled"])
def test_a_published_letter_keeps_what_it_needed_to_be_published(client: Reader, state: str) -> None:
    letter = make_letter(controller="Alice")
    if state == "scheduled":
        with write():
            letter.published_at = datetime.now(UTC) + timedelta(days=3)
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/edit?lang=en"
    form = {**client.fields(page), "title": "Un titre", "text": "Un texte.", "controller": "Alice"}
    texts = ("", "![Une rue](https://x.example/a.png)", "&nbsp;")
    for without in (*({"text": text} for text in texts), {"controller": ""}):
        answer = client.post(page, data={**form, **without})
        assert answer.status_code == 422 and "A published letter needs this" in answer.text, without
    assert letter.version_number == 1 and letter.version.text


@ON_SQLITE
def test_a_text_that_only_held_a_picture_can_be_left_as_it_was(client: Reader) -> None:
    letter = make_letter(text="![](https://x.example/a.png)")
    client.log_in(owner_of(letter))
    assert save(client, letter, goal="12") == 303


@ON_SQLITE
def test_an_address_that_the_site_made_can_be_saved_as_it_is(app: Flask, client: Reader) -> None:
    for _ in range(2):
        letter = make_letter(title="x" * 80, published=False)
    client.log_in(owner_of(letter))
    assert letter.slug.endswith("-2")
    assert client.post(edit_page(letter), data={**begin(client, letter), "authors": "Léa"}).status_code == 303
