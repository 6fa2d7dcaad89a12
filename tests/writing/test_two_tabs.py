"""One person who writes in two tabs: what the other tab keeps is overwritten only by whoever has chosen so."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import make_letter, make_picture, owner_of
from tests.page import Reader, hidden_fields
from tests.statements import listening
from tests.threads import at_once
from tests.turns import take_turns
from tests.writing.pixels import file_of, two_colours
from tests.writing.writer import begin, edit_page, events, field
from tribune.database import db
from tribune.fingerprint import ChangedMeanwhile
from tribune.letters.models import Draft, Letter
from tribune.organisers.models import Organiser
from tribune.writing import actions
from tribune.writing.pictures import read_picture

JSON = {"Accept": "application/json"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", published=False, title="Des rues", text="Un.")


@pytest.fixture
def alice(client: Reader, letter: Letter) -> Reader:
    client.log_in(owner_of(letter))
    return client


def drafted() -> list[str]:
    """The titles of all drafts."""
    return [content["title"] for content in db.session.scalars(sa.select(Draft.content))]


def keep(alice: Reader, letter: Letter, typed: dict[str, str], **words: str) -> int:
    """What a tab does by itself while one types: the status of the answer."""
    return alice.post(f"{edit_page(letter)}/draft", data={**typed, **words}, headers=JSON).status_code


@ON_SQLITE
def test_a_tab_keeps_again_and_again_what_it_kept_even_when_it_never_heard_the_answer(
    alice: Reader, letter: Letter
) -> None:
    tab = begin(alice, letter)
    assert [keep(alice, letter, tab, title=title) for title in ("Un", "Deux", "Trois")] == [200, 200, 200]
    assert drafted() == ["Trois"]


def test_what_a_second_tab_types_does_not_take_the_place_of_what_the_first_kept(alice: Reader, letter: Letter) -> None:
    first, second = begin(alice, letter), begin(alice, letter)
    keep(alice, letter, first, title="Du premier")
    answer = alice.post(f"{edit_page(letter)}/draft", data={**second, "title": "Du second"}, headers=JSON)
    assert answer.status_code == 422 and answer.json["said"]
    assert drafted() == ["Du premier"]
    assert keep(alice, letter, first, title="Du premier encore") == 200


@ON_SQLITE
def test_a_tab_that_began_from_the_draft_goes_on_with_it_until_the_other_types_again(
    alice: Reader, letter: Letter
) -> None:
    first = begin(alice, letter)
    keep(alice, letter, first, title="Du premier")
    second = dict(hidden_fields(alice.get(edit_page(letter)).text))
    assert field(alice.get(edit_page(letter)).text, "title") == "Du premier"
    keep(alice, letter, first, title="Du premier encore")
    assert keep(alice, letter, {**first, **second}, title="Du second") == 422
    third = dict(hidden_fields(alice.get(edit_page(letter)).text))
    assert keep(alice, letter, {**first, **third}, title="Du troisième") == 200
    assert keep(alice, letter, first, title="Du premier") == 422
    assert drafted() == ["Du troisième"]


def test_who_saves_over_the_draft_of_another_tab_chooses_field_by_field(alice: Reader, letter: Letter) -> None:
    first, second = begin(alice, letter), begin(alice, letter)
    keep(alice, letter, first, title="Du premier", authors="Léa")
    page = alice.post(f"{edit_page(letter)}?lang=en", data={**second, "title": "Du second", "goal": "10"})
    assert page.status_code == 409 and "another tab" in page.text
    assert letter.version.title == "Des rues" and drafted() == ["Du premier"]
    assert page.text.count("<fieldset") == 3  # title, authors, goal
    answer = dict(hidden_fields(page.text))
    answer |= {"choice-title": "mine", "choice-authors": "theirs", "choice-goal": "mine"}
    assert alice.post(edit_page(letter), data=answer).status_code == 303
    assert (letter.version.title, letter.version.authors, letter.goal) == ("Du second", "Léa", 10) and drafted() == []


@ON_SQLITE
@pytest.mark.parametrize(("take", "kept"), [("mine", "Du second"), ("theirs", "Du premier")])
def test_who_keeps_a_draft_over_another_chooses_too(alice: Reader, letter: Letter, take: str, kept: str) -> None:
    first, second = begin(alice, letter), begin(alice, letter)
    keep(alice, letter, first, title="Du premier")
    path = f"{edit_page(letter)}/draft"
    page = alice.post(path, data={**second, "title": "Du second"})
    assert page.status_code == 409 and drafted() == ["Du premier"]
    assert "hreflang" not in page.text  # at this address scripts ask for something else
    assert alice.post(path, data={**dict(hidden_fields(page.text)), "take": take}).location == edit_page(letter)
    assert drafted() == [kept] and letter.revision == 1


@ON_SQLITE
def test_what_is_typed_while_one_chooses_is_not_overwritten_either(alice: Reader, letter: Letter) -> None:
    first, second = begin(alice, letter), begin(alice, letter)
    keep(alice, letter, first, title="Du premier")
    page = alice.post(edit_page(letter), data={**second, "title": "Du second"})
    keep(alice, letter, first, title="Du premier encore")
    again = alice.post(edit_page(letter), data={**dict(hidden_fields(page.text)), "take": "mine"})
    assert again.status_code == 409 and "Du premier encore" in again.text and letter.version.title == "Des rues"


def thrown_away(alice: Reader, letter: Letter, page: str) -> str:
    """The page after pressing the button of this one that throws away what was kept."""
    button = page.partition('id="unsaved"')[2].partition("</form>")[0]
    answer = alice.post(f"{edit_page(letter)}/throw-away?lang=en", data=dict(hidden_fields(button)))
    return alice.get(answer.location).text


@ON_SQLITE
def test_who_throws_away_what_is_kept_does_not_lose_what_another_tab_kept_since(alice: Reader, letter: Letter) -> None:
    keep(alice, letter, begin(alice, letter), title="Du premier")
    shown, second = alice.get(edit_page(letter)).text, begin(alice, letter)
    keep(alice, letter, second, title="Du second")
    page = thrown_away(alice, letter, shown)
    assert "Nothing was discarded" in page and field(page, "title") == "Du second" and drafted() == ["Du second"]
    assert "are gone" in thrown_away(alice, letter, page) and drafted() == []


def test_a_tab_throws_away_what_it_has_kept_by_itself_since_it_was_opened(alice: Reader, letter: Letter) -> None:
    keep(alice, letter, begin(alice, letter), title="Hier")
    shown = alice.get(edit_page(letter)).text
    assert keep(alice, letter, {**begin(alice, letter), **dict(hidden_fields(shown))}, title="Ce matin") == 200
    assert "are gone" in thrown_away(alice, letter, shown) and drafted() == []
    assert "are gone" in thrown_away(alice, letter, shown)  # pressed twice


def test_a_tab_that_no_page_of_ours_has_throws_nothing_away(alice: Reader, letter: Letter) -> None:
    tab = begin(alice, letter)
    keep(alice, letter, tab, title="Du premier")
    for strange in ({"pen": "\0"}, {"left": "a\0b"}, {"draft": "\0"}):
        answer = alice.post(f"{edit_page(letter)}/throw-away", data={**tab, "pen": "", "left": "", **strange})
        assert answer.status_code == 303 and drafted() == ["Du premier"], strange


@ON_SQLITE
def test_two_tabs_that_say_the_same_need_not_choose(alice: Reader, letter: Letter) -> None:
    first, second = begin(alice, letter), begin(alice, letter)
    assert [keep(alice, letter, tab, title="Pareil") for tab in (first, second)] == [200, 200]
    assert alice.post(edit_page(letter), data={**first, "title": "Pareil"}).status_code == 303
    assert letter.version.title == "Pareil"


@ON_SQLITE
def test_after_a_tab_has_saved_the_other_is_told_as_two_people_are(alice: Reader, letter: Letter) -> None:
    first, second = begin(alice, letter), begin(alice, letter)
    assert alice.post(edit_page(letter), data={**first, "title": "Du premier"}).status_code == 303
    assert keep(alice, letter, second, title="Du second") == 200  # there is no draft it could overwrite
    page = alice.post(edit_page(letter), data={**second, "title": "Du second"})
    assert page.status_code == 409 and letter.version.title == "Du premier"


@ON_SQLITE
def test_a_draft_of_another_tab_is_not_lost_when_somebody_else_saved_too(alice: Reader, letter: Letter) -> None:
    first, second, saver = (begin(alice, letter) for _ in range(3))
    alice.post(edit_page(letter), data={**saver, "addressee": "Madame la maire"})
    keep(alice, letter, first, title="Du premier")
    page = alice.post(edit_page(letter), data={**second, "title": "Du second"})
    assert page.status_code == 409 and drafted() == ["Du premier"]
    page = alice.post(edit_page(letter), data={**dict(hidden_fields(page.text)), "take": "mine"})
    assert page.status_code == 409 and letter.version.title == "Des rues"  # now about what is saved
    answer = {**dict(hidden_fields(page.text)), "choice-title": "mine", "choice-addressee": "theirs"}
    assert alice.post(edit_page(letter), data=answer).status_code == 303
    assert (letter.version.title, letter.version.addressee) == ("Du second", "Madame la maire")


def test_a_tab_that_keeps_at_the_moment_in_which_somebody_elses_words_are_shown_loses_nothing(
    app: Flask, alice: Reader, letter: Letter
) -> None:
    first, second, saver = (begin(alice, letter) for _ in range(3))
    alice.post(edit_page(letter), data={**saver, "addressee": "Madame la maire"})
    number, organiser, came = letter.id, owner_of(letter).id, [""]

    def keep_first() -> None:
        content = {**first, "title": "Du premier"}
        by = db.session.get_one(Organiser, organiser)
        actions.keep_draft(db.session.get_one(Letter, number), by=by, content=content, revision=1)

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("DELETE FROM drafts"):
            came[0] = "saving"
        elif statement.startswith("SELECT") and came == ["refused"]:  # read again, to show what differs
            came[0] = "kept"
            with app.app_context():  # apart from the session of the page
                at_once(app, [keep_first])

    def note_refusal(_connection: Any) -> None:
        if came == ["saving"]:
            came[0] = "refused"

    with listening("before_cursor_execute", note), listening("rollback", note_refusal):
        page = alice.post(f"{edit_page(letter)}?lang=en", data={**second, "title": "Du second"})
    assert page.status_code == 409 and "another tab" in page.text and "Du premier" in page.text
    assert came == ["kept"] and drafted() == ["Du premier"]


@ON_SQLITE
@pytest.mark.parametrize(
    "wrong", [{"draft": "hier"}, {"draft": "9" * 40}, {"draft": "0001-01-01T00:00+14:00"}, {"pen": ""}, {"pen": "\0"}]
)
def test_a_form_that_does_not_know_its_draft_overwrites_none(
    alice: Reader, letter: Letter, wrong: dict[str, str]
) -> None:
    first, second = begin(alice, letter), begin(alice, letter)
    keep(alice, letter, first, title="Du premier")
    assert keep(alice, letter, second, title="Du second", **wrong) == 422
    assert drafted() == ["Du premier"]


@ON_SQLITE
def test_a_page_goes_on_with_what_the_page_left_in_its_tab_keeps_last(alice: Reader, letter: Letter) -> None:
    left, page = begin(alice, letter), begin(alice, letter)
    keep(alice, letter, left, title="Du premier")
    assert keep(alice, letter, page, title="Du second", left=left["pen"]) == 200
    assert keep(alice, letter, {**page, "pen": "", "left": page["pen"]}, title="Sans nom") == 200
    assert keep(alice, letter, begin(alice, letter), title="Du troisième", draft="") == 422
    assert drafted() == ["Sans nom"]


@ON_SQLITE
def test_who_changes_the_words_of_a_picture_that_changed_meanwhile_is_shown_both(alice: Reader, letter: Letter) -> None:
    make_picture(letter)
    path = f"/manage/letters/{letter.id}/image"
    first, second = alice.fields(path), alice.fields(path)
    words = {"description": "Une rue vide", "credit": "Léa"}
    assert alice.post(path, data={**first, **words}).status_code == 303
    page = alice.post(f"{path}?lang=en", data={**second, "description": "Une rue pleine", "credit": "Noé"})
    assert page.status_code == 409 and letter.image and letter.image.description == "Une rue vide"
    assert "Une rue vide" in page.text and "Léa" in page.text and field(page.text, "description") == "Une rue pleine"
    again = {**dict(hidden_fields(page.text)), "description": "Une rue pleine", "credit": "Noé"}
    assert alice.post(path, data=again).status_code == 303
    assert (letter.image.description, letter.image.credit) == ("Une rue pleine", "Noé")


@ON_SQLITE
def test_a_picture_does_not_take_the_place_of_one_that_was_not_seen(alice: Reader, letter: Letter) -> None:
    path = f"/manage/letters/{letter.id}/image"
    before = alice.fields(path)
    digest = make_picture(letter).digest
    sent = {**before, "description": "Autre", "file": (io.BytesIO(file_of(two_colours(), "PNG")), "a.png")}
    page = alice.post(path, data=sent, content_type="multipart/form-data")
    assert page.status_code == 409 and letter.image and letter.image.digest == digest
    assert re.search(r'name="seen"[^>]*value="\w+"', page.text)


@ON_POSTGRESQL
def test_what_two_do_to_a_picture_at_once_is_done_once(app: Flask, letter: Letter) -> None:
    picture = read_picture(io.BytesIO(file_of(two_colours(), "PNG")))
    number, organiser, refused = letter.id, owner_of(letter).id, 0

    def give(its: Letter, by: Organiser) -> None:
        nonlocal refused
        try:
            actions.set_picture(its, by=by, picture=picture, description="Une rue", seen_as="none")
        except ChangedMeanwhile:
            refused += 1

    for do in (give, actions.remove_picture, actions.put_picture_back):

        def act(do: Callable[..., object] = do) -> None:
            do(db.session.get_one(Letter, number), by=db.session.get_one(Organiser, organiser))

        take_turns(app, act, act, pause=2)
    assert refused == 1 and events(letter) == [("letter_edited", ["image"])] * 3


@ON_SQLITE
def test_a_choice_that_is_none_of_the_form_is_shown_as_it_was_sent(alice: Reader, letter: Letter) -> None:
    first, second = begin(alice, letter), begin(alice, letter)
    keep(alice, letter, first, title="Du premier")
    for odd in ("Mars/Olympus", ""):
        answer = alice.post(f"{edit_page(letter)}/draft", data={**second, "timezone": odd, "asks_role": odd})
        assert answer.status_code == 409 and answer.text.count(f">{odd or '(vide)'}</div>") == 2
