"""A letter is begun with a title, once, by somebody who may write."""

import sqlalchemy as sa

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_organiser
from tests.page import Reader
from tests.writing.writer import edit_page
from tribune.database import db, write
from tribune.letters.models import Letter
from tribune.teams.actions import found
from tribune.teams.models import Membership, Role


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
