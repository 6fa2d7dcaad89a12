"""What is saved at the very moment at which the letter is published is held to what a published letter may change."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, owner_of
from tests.page import Reader
from tests.turns import take_turns
from tests.writing.writer import begin, edit_page
from tribune.database import db, now
from tribune.invitations.announcing import launch
from tribune.letters.models import Letter
from tribune.letters.queries import missing
from tribune.writing.actions import PublishedMeanwhile, save


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(published=False, slug="rues", contact="alice@example.org")


@pytest.mark.parametrize("typed", [{"slug": "autres-rues"}, {"controller": ""}, {"text": ""}])
def test_what_was_looked_at_before_is_looked_at_again(
    app: Flask, client: Reader, letter: Letter, typed: dict[str, str]
) -> None:
    client.log_in(owner_of(letter))
    form, number, answers = begin(client, letter) | typed, letter.id, []

    def publish() -> None:
        launch(db.session.get_one(Letter, number))

    def press_save() -> None:
        answers.append(client.post(edit_page(db.session.get_one(Letter, number)), data=form))

    take_turns(app, publish, press_save, pause=1)
    letter = db.session.get_one(Letter, number)
    assert letter.is_published and letter.slug == "rues" and missing(letter) == []
    assert answers[0].status_code == 422 and f'id="{next(iter(typed))}-error"' in answers[0].text


def test_an_end_that_was_typed_for_a_draft_is_not_kept_before_a_moment_that_was_set_since(letter: Letter) -> None:
    launch(letter, at=now() + timedelta(days=9))
    changes = {"closes_at": now() + timedelta(days=3)}
    with pytest.raises(PublishedMeanwhile):
        save(letter, by=owner_of(letter), revision=1, published_at=None, changes=changes, tab={})
    assert letter.closes_at is None


@ON_SQLITE
def test_a_page_opened_before_anybody_stood_under_the_words_says_what_kind_of_change_it_is(client: Reader) -> None:
    letter = make_letter(published=False, first="Léa Martin", contact="alice@example.org")
    client.log_in(owner_of(letter))
    form = begin(client, letter) | {"text": "Tout autre chose."}
    assert "kind" not in form
    launch(letter)
    page = client.post(edit_page(letter), data=form)
    assert page.status_code == 422 and 'id="kind-error"' in page.text and "checked" not in page.text.split('"kind-')[1]
    for _ in range(2):  # a button that is pressed twice leads on as one that is pressed once
        assert client.post(edit_page(letter), data=form | {"kind": "substance"}).location.endswith("/asking")
    assert letter.version.asks_again and letter.version_number == 2
    for kind in ("", "correction"):  # none of the words is changed
        answer = client.post(edit_page(letter), data=begin(client, letter) | {"goal": "12", "kind": kind})
        assert answer.location == edit_page(letter)
