"""Letters of one title made at the same instant: each has its own address, and nobody meets an error."""

from functools import partial

from flask import Flask

from tests.factories import make_letter, make_organiser, owner_of
from tests.threads import at_once
from tribune.database import db
from tribune.letters.actions import SlugTaken, create
from tribune.letters.models import Letter
from tribune.teams.models import Team
from tribune.teams.queries import team_of
from tribune.writing.actions import save

AT_ONCE = 6


def test_each_gets_the_next_number(app: Flask) -> None:
    team_id = team_of(make_organiser()).id
    slugs = at_once(
        app, [lambda: create(db.session.get_one(Team, team_id), title="Des rues", text="Un.").slug] * AT_ONCE
    )
    assert sorted(slugs) == ["des-rues", *(f"des-rues-{number}" for number in range(2, AT_ONCE + 1))]


def test_an_address_that_was_asked_for_is_given_once_and_refused_in_words(app: Flask) -> None:
    team_id = team_of(make_organiser()).id

    def ask() -> str:
        try:
            return create(db.session.get_one(Team, team_id), title="Des rues", text="Un.", slug="rues").slug
        except SlugTaken:
            return "taken"

    found = at_once(app, [ask] * AT_ONCE)
    assert found.count("rues") == 1 and found.count("taken") == AT_ONCE - 1


def test_two_drafts_moved_to_one_address_are_not_both_there(app: Flask) -> None:
    ids = [make_letter(slug=f"lettre-{number}", published=False).id for number in range(AT_ONCE)]

    def move(number: int) -> str:
        letter = db.session.get_one(Letter, number)
        try:
            save(letter, by=owner_of(letter), revision=1, published_at=None, changes={"slug": "rues"}, tab={})
        except SlugTaken:
            return "taken"
        return letter.slug

    found = at_once(app, [partial(move, number) for number in ids])
    assert found.count("rues") == 1 and found.count("taken") == AT_ONCE - 1
