"""Letters of one title made at the same instant: each has its own address, and nobody meets an error."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from tests.factories import make_letter, make_organiser, owner_of
from tribune.database import db
from tribune.letters.actions import SlugTaken, create
from tribune.letters.models import Letter
from tribune.teams.models import Team
from tribune.teams.queries import team_of
from tribune.writing.actions import save

AT_ONCE = 6
PATIENCE = 60  # seconds for all to be ready, on a busy machine


def at_once(app: Flask, task: Callable[[int], Any]) -> list[Any]:
    """What the task gives, or raises, in each of AT_ONCE threads that begin together."""
    barrier, found = threading.Barrier(AT_ONCE), []

    def run(number: int) -> None:
        with app.app_context():
            barrier.wait(PATIENCE)
            try:
                found.append(task(number))
            except Exception as error:
                found.append(type(error))

    db.session.rollback()
    threads = [threading.Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return found


def test_each_gets_the_next_number(app: Flask) -> None:
    team_id = team_of(make_organiser()).id
    slugs = at_once(app, lambda _: create(db.session.get_one(Team, team_id), title="Des rues", text="Un.").slug)
    assert sorted(slugs) == ["des-rues", *(f"des-rues-{number}" for number in range(2, AT_ONCE + 1))]


def test_an_address_that_was_asked_for_is_given_once_and_refused_in_words(app: Flask) -> None:
    team_id = team_of(make_organiser()).id
    found = at_once(
        app, lambda _: create(db.session.get_one(Team, team_id), title="Des rues", text="Un.", slug="rues").slug
    )
    assert found.count("rues") == 1 and found.count(SlugTaken) == AT_ONCE - 1


def test_two_drafts_moved_to_one_address_are_not_both_there(app: Flask) -> None:
    ids = [make_letter(slug=f"lettre-{number}", published=False).id for number in range(AT_ONCE)]

    def move(number: int) -> str:
        letter = db.session.get_one(Letter, ids[number])
        save(letter, by=owner_of(letter), revision=1, published_at=None, changes={"slug": "rues"}, tab={})
        return letter.slug

    found = at_once(app, move)
    assert found.count("rues") == 1 and found.count(SlugTaken) == AT_ONCE - 1
