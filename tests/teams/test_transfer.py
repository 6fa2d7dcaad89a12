"""A letter is handed on to another team: by an owner, to a team they may write in, and both logs tell it."""

from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import everything, make_letter, make_member, make_organiser, make_signature, owner_of
from tests.page import Reader, words
from tests.turns import take_turns
from tribune.audit.models import Event
from tribune.database import db, is_postgresql, write
from tribune.letters.carrying import delete_account, transfer
from tribune.letters.life import make_preview_link, publish
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.teams.actions import NotAllowed
from tribune.teams.models import Membership, Role, Team
from tribune.teams.queries import membership_of, team_of


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(make_organiser(name="Alice"), title="Pour des rues")


def team_with(letter: Letter, role: Role) -> Team:
    """Another team, in which the owner of the letter has that role."""
    team = team_of(make_organiser(name="Bob"))
    with write() as session:
        session.add(Membership(team_id=team.id, organiser_id=owner_of(letter).id, role=role))
    return team


def send(client: Reader, letter: Letter, into: int) -> tuple[int, str | None]:
    page = f"/manage/letters/{letter.id}/transfer"
    answer = client.post(page, data={**client.fields("/manage/account"), "team": str(into)})
    return answer.status_code, answer.location


@ON_SQLITE
def test_the_other_team_has_the_letter_and_those_left_behind_do_not(app: Flask, client: Reader, letter: Letter) -> None:
    giver, into, stays = letter.team, team_with(letter, Role.EDITOR), make_member(letter, Role.EDITOR)
    make_signature(letter)
    theirs = app.test_client()
    theirs.log_in(stays)
    client.log_in(owner_of(letter))
    before, page = everything(), client.get(f"/manage/letters/{letter.id}/transfer").text
    assert stays.name in page and into.name in page and everything() == before
    assert send(client, letter, into.id) == (303, f"/manage/teams/{into.id}")
    assert client.get(f"/manage/letters/{letter.id}").status_code == 200
    assert theirs.get(f"/manage/letters/{letter.id}").status_code == 404
    told = db.session.execute(
        sa.select(Event.team_id, Event.letter_id, Event.subject, Event.details).where(
            Event.verb == "letter_transferred"
        )
    )
    names = {"before": "Alice", "after": "Bob"}
    assert sorted(map(tuple, told), key=lambda row: row[0]) == [
        (giver.id, None, "Pour des rues", names),
        (into.id, letter.id, "Pour des rues", names),
    ]
    created = db.session.scalars(sa.select(Event).where(Event.verb == "letter_created", Event.letter_id == letter.id))
    assert created.one().team_id == giver.id  # what happened before stays where it happened


@ON_SQLITE
def test_the_page_says_what_a_private_link_still_opens(client: Reader) -> None:
    letter = make_letter(published=False)
    team_with(letter, Role.EDITOR)
    make_member(letter, Role.EDITOR)
    client.log_in(owner_of(letter))
    page, said = f"/manage/letters/{letter.id}/transfer?lang=en", "A private link to a draft still opens it"
    assert said not in client.get(page).text
    make_preview_link(letter, owner_of(letter))
    assert said in client.get(page).text
    publish(letter)
    assert said not in client.get(page).text


@ON_SQLITE
def test_the_page_says_who_still_receives_questions_and_who_can_give_the_letter_back(client: Reader) -> None:
    letter = make_letter(make_organiser(name="Alice"), contact="alice@example.org")
    team_with(letter, Role.EDITOR)
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/transfer?lang=en"
    asked = words(client.get(page).text)
    assert "questions and answers will keep arriving at alice@example.org until another address is given" in asked
    assert "Only an owner of the new team who may also edit letters in Alice can transfer it back." in asked
    with write():
        letter.contact = ""
    assert "keep arriving" not in client.get(page).text


@ON_SQLITE
def test_pressed_twice_it_is_there_and_the_log_says_so_once(client: Reader, letter: Letter) -> None:
    into, alice = team_with(letter, Role.OWNER), owner_of(letter)
    client.log_in(alice)
    assert [send(client, letter, into.id) for _ in range(2)] == [(303, f"/manage/teams/{into.id}")] * 2
    transfer(letter, into, by=alice)  # as when both presses arrive at the same moment
    lines = sa.select(sa.func.count()).where(Event.verb == "letter_transferred", Event.letter_id == letter.id)
    assert db.session.scalar(lines) == 1
    # where one only edits in the other team, the second press would be told that one's role does not allow this
    assert "data-once" in client.get(f"/manage/letters/{letter.id}/transfer").text


def test_only_teams_one_may_write_in_are_offered(client: Reader, letter: Letter) -> None:
    reads, strangers = team_with(letter, Role.VIEWER), team_of(make_organiser())
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/transfer").text
    assert 'type="radio"' not in page and 'href="/manage/teams/new"' in page
    for team in (reads.id, strangers.id, 999_999, 10**30):
        assert send(client, letter, team)[0] == 422
    assert owner_of(letter).name == "Alice"


def test_an_owner_who_goes_and_one_who_hands_on_do_not_wait_in_a_ring(app: Flask) -> None:
    for pause in count(1):
        alice, bob = make_organiser(), make_organiser()
        letter = make_letter(alice, contact=bob.email)
        make_member(letter, Role.OWNER, bob)
        into, ids = team_with(letter, Role.EDITOR), (alice.id, bob.id, letter.id)

        def hand_on(ids: tuple[int, ...] = ids, into: int = into.id) -> None:
            by, letter = db.session.get_one(Organiser, ids[0]), db.session.get_one(Letter, ids[2])
            transfer(letter, db.session.get_one(Team, into), by=by)

        def go(ids: tuple[int, ...] = ids) -> None:
            delete_account(db.session.get_one(Organiser, ids[1]))

        if not take_turns(app, hand_on, go, pause) or not is_postgresql():
            break
    assert db.session.get_one(Letter, ids[2]).team_id == into.id


def test_a_role_lost_meanwhile_hands_nothing_on(letter: Letter) -> None:
    into, alice = team_with(letter, Role.EDITOR), owner_of(letter)
    make_member(letter, Role.OWNER)
    for team, role in ((letter.team, Role.EDITOR), (into, Role.VIEWER)):
        membership = membership_of(alice, team.id)
        assert membership is not None
        before = membership.role
        with write():
            membership.role = role
        with pytest.raises(NotAllowed):
            transfer(letter, into, by=alice)
        with write():
            membership.role = before
    transfer(letter, into, by=alice)
    assert letter.team_id == into.id
