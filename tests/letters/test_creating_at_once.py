"""Letters of one title made at the same instant: each has its own address, and nobody meets an error."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.factories import make_letter, make_organiser, owner_of
from tribune.database import db, now, write
from tribune.letters.actions import SlugTaken, create
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.pasting.actions import keep_once
from tribune.reading.people import read_people
from tribune.signatures.models import Signature
from tribune.teams.models import Team
from tribune.teams.queries import team_of
from tribune.writing.actions import begin, save

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


LIST = "Léa Martin et Zoé Roux, maires (Mairie)\nAda Un"
PAGE = {"title": "Des rues", "text": "Un.", "printed_on": None, "contact": "zoe@example.org"}


def begun(team_id: int, organiser_id: int) -> int:
    by = db.session.get_one(Organiser, organiser_id)
    return begin(db.session.get_one(Team, team_id), by=by, title="Des rues", locale="fr").id


def kept(team_id: int, organiser_id: int, people: str = LIST, **changed: Any) -> int:
    by, people_of_it = db.session.get_one(Organiser, organiser_id), read_people(people).people
    return keep_once(db.session.get_one(Team, team_id), people_of_it, by=by, **{**PAGE, **changed}).id


@pytest.mark.parametrize("press", [begun, kept])
def test_a_button_pressed_again_and_again_begins_one_draft(app: Flask, press: Callable[[int, int], int]) -> None:
    organiser = make_organiser()
    ids = team_of(organiser).id, organiser.id
    numbers = at_once(app, lambda _: press(*ids))
    [letter] = db.session.scalars(sa.select(Letter)).all()
    assert numbers == [letter.id] * AT_ONCE and press(*ids) == letter.id and letter.slug == "des-rues"
    stand = db.session.scalar(sa.select(sa.func.count()).select_from(Signature))
    assert stand == letter.attested_count == (3 if press is kept else 0)


def test_what_was_changed_before_pressing_again_is_another_draft(app: Flask) -> None:
    organiser = make_organiser()
    ids = team_of(organiser).id, organiser.id
    first = kept(*ids)
    others = [LIST.replace("Zoé", "Zoë"), LIST.replace("maires (", "élues ("), "Ada Un\n" + LIST[:-7], LIST[:-7], ""]
    more = [{"title": "Des rues !"}, {"text": "Deux."}, {"outlet": "Mediapart"}]
    made = [*(kept(*ids, people) for people in others), *(kept(*ids, **changed) for changed in more)]
    assert len({first, *made}) == 1 + len(made) and kept(*ids) == first


def test_a_letter_that_was_begun_earlier_or_edited_since_is_not_begun_again(app: Flask) -> None:
    organiser = make_organiser()
    ids = team_of(organiser).id, organiser.id
    first = begun(*ids)
    with write():
        db.session.get_one(Letter, first).revision += 1
    second = begun(*ids)
    with time_machine.travel(now() + timedelta(minutes=2)):
        third = begun(*ids)
    assert len({first, second, third}) == 3
