"""Roles are given and taken, members removed, teams left; and no team is ever left without an owner."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_invitation, make_letter, make_member, make_organiser, owner_of
from tests.page import Reader, words
from tests.teams.joining import log, membership
from tests.turns import take_turns
from tribune.audit.models import Event
from tribune.database import db, now, write
from tribune.letters import carrying
from tribune.letters.life import make_preview_link, publish
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.teams import actions, invitations
from tribune.teams.actions import LastOwner, MemberGone, NotAllowed
from tribune.teams.models import Membership, Role, Team, TeamInvitation
from tribune.teams.queries import members_of, membership_of, memberships_of, team_of


@ON_SQLITE
def test_an_owner_gives_a_member_another_role(client: Reader, letter: Letter) -> None:
    member = make_member(letter, Role.VIEWER)
    client.log_in(owner_of(letter))
    page = f"/manage/teams/{letter.team_id}/members/{membership(member, letter).id}"
    assert "checked" in client.get(page).text
    assert (
        client.post(page, data={**client.fields(page), "role": "editor"}).location == f"/manage/teams/{letter.team_id}"
    )
    assert membership(member, letter).role is Role.EDITOR
    assert log() == [("role_changed", "Alice", member.name, {"before": "viewer", "after": "editor"})]


@ON_SQLITE
@pytest.mark.parametrize("role", ["", "emperor", "Owner"])
def test_a_role_that_does_not_exist_is_refused(client: Reader, letter: Letter, role: str) -> None:
    member = make_member(letter, Role.VIEWER)
    client.log_in(owner_of(letter))
    page = f"/manage/teams/{letter.team_id}/members/{membership(member, letter).id}"
    assert client.post(page, data={**client.fields(page), "role": role}).status_code == 422
    assert membership(member, letter).role is Role.VIEWER


def test_a_removed_member_sees_nothing_of_the_team_at_once(app: Flask, client: Reader, letter: Letter) -> None:
    member = make_member(letter, Role.EDITOR)
    theirs = app.test_client()
    theirs.log_in(member)
    assert theirs.get(f"/manage/letters/{letter.id}").status_code == 200
    client.log_in(owner_of(letter))
    page = f"/manage/teams/{letter.team_id}/members/{membership(member, letter).id}"
    asked = client.get(f"{page}?lang=en").text
    assert f"Once removed, {member.name} can no longer see any letter of" in asked and "private link" not in asked
    assert client.post(f"{page}/remove", data=client.fields(page)).location == f"/manage/teams/{letter.team_id}"
    assert theirs.get(f"/manage/letters/{letter.id}").status_code == 404
    assert (
        client.get(page).status_code == client.post(f"{page}/remove", data=client.fields("/manage/")).status_code == 404
    )
    assert log() == [("member_removed", "Alice", member.name, {"role": "editor"})]


@ON_SQLITE
def test_who_removes_a_member_is_told_that_private_links_still_open(client: Reader) -> None:
    letter = make_letter(published=False)
    member, owner = make_member(letter, Role.EDITOR), owner_of(letter)
    make_preview_link(letter, owner)
    client.log_in(owner)
    page = f"/manage/teams/{letter.team_id}/members/{membership(member, letter).id}?lang=en"
    assert "A private link to a draft still opens it" in client.get(page).text
    publish(letter, owner, now() + timedelta(days=1))
    assert "A private link to a draft still opens it" in client.get(page).text
    publish(letter, owner)
    assert "private link" not in client.get(page).text


@ON_SQLITE
def test_who_removes_a_member_is_told_which_letters_still_send_them_what_people_answer(client: Reader) -> None:
    letter = make_letter(contact="Paul+tribune@example.org")
    make_letter(contact="paul@example.org")  # of another team
    member = make_member(letter, Role.EDITOR, make_organiser(email="paul@example.org"))
    client.log_in(owner_of(letter))
    page = f"/manage/teams/{letter.team_id}/members/{membership(member, letter).id}?lang=en"
    path = f"/manage/letters/{letter.id}/edit?lang=en#contact"
    assert "Their address is the contact of this letter: " in client.get(page).text and path in client.get(page).text
    with write():
        letter.contact = "contact@example.org"
    assert "contact of this letter" not in client.get(page).text and path not in client.get(page).text


@ON_SQLITE
@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_who_leaves_is_told_which_letters_still_send_them_what_people_answer(client: Reader, role: Role) -> None:
    letter = make_letter(title="Pour des rues", contact="Paul+tribune@example.org")
    client.log_in(make_member(letter, role, make_organiser(email="paul@example.org")))
    page = client.get(f"/manage/teams/{letter.team_id}/leave?lang=en").text
    assert "Your address is the contact of this letter: " in page and "Pour des rues" in page
    assert (f"/manage/letters/{letter.id}/edit?lang=en#contact" in page) is (role is Role.EDITOR)  # who can change it
    with write():
        letter.contact = "contact@example.org"
    page = client.get(f"/manage/teams/{letter.team_id}/leave?lang=en").text
    assert "contact of this letter" not in page and "Pour des rues" not in page


@ON_SQLITE
def test_both_are_told_which_letters_go_on_naming_them_as_responsible(client: Reader) -> None:
    letter, paul = make_letter(controller="Paul"), make_organiser(name="Paul")
    make_letter(owner_of(letter), controller="Paul et les autres")
    team, number = f"/manage/teams/{letter.team_id}", membership(make_member(letter, Role.EDITOR, paul), letter).id
    for reader, page, said in (
        (owner_of(letter), f"{team}/members/{number}?lang=en", "This letter names them as responsible"),
        (paul, f"{team}/leave?lang=en", "This letter names you as responsible"),
    ):
        client.delete_cookie("tribune_organiser")
        client.log_in(reader)
        text = client.get(page).text
        assert said in text and f"/manage/letters/{letter.id}/edit?lang=en#controller" in text
        with write():
            letter.controller = "Pauline"
        assert "responsible" not in client.get(page).text
        with write():
            letter.controller = "Paul"


@ON_SQLITE
def test_a_member_leaves_after_reading_what_it_means(client: Reader, letter: Letter) -> None:
    member = make_member(letter, Role.VIEWER)
    client.log_in(member)
    page = f"/manage/teams/{letter.team_id}/leave"
    assert client.get(page).status_code == 200 and membership_of(member, letter.team_id)
    assert client.post(page, data=client.fields(page)).location == "/manage/teams"
    assert membership_of(member, letter.team_id) is None
    assert log() == [("member_left", member.name, member.name, {"role": "viewer"})]


@ON_SQLITE
def test_the_last_owner_can_neither_leave_nor_step_down_and_is_told_why(client: Reader, letter: Letter) -> None:
    owner, team = owner_of(letter), f"/manage/teams/{letter.team_id}"
    make_member(letter, Role.EDITOR)
    client.log_in(owner)
    member = f"{team}/members/{membership(owner, letter).id}"
    form = client.fields(f"{team}/leave")
    for page, data in ((f"{team}/leave", form), (member, {**form, "role": "viewer"}), (f"{member}/remove", form)):
        assert client.post(f"{page}?lang=en", data=data).location == f"{team}?lang=en"
        assert "A team needs an owner" in client.get(f"{team}?lang=en").text, page
    assert membership(owner, letter).role is Role.OWNER and log() == []


@ON_SQLITE
def test_the_only_owner_reads_it_before_trying_to_leave(client: Reader, letter: Letter) -> None:
    page = f"/manage/teams/{letter.team_id}/leave?lang=en"
    alone, among = "invite somebody as an owner, or transfer its letters", "make another member an owner first"
    client.log_in(owner_of(letter))
    for role, said in ((None, alone), (Role.EDITOR, among), (Role.OWNER, "")):
        if role:
            make_member(letter, role)
        text = client.get(page).text
        assert [each for each in (alone, among) if each in text] == [said] * bool(said), role


def test_a_team_made_by_mistake_goes_with_its_last_member(client: Reader, letter: Letter) -> None:
    owner = owner_of(letter)
    team = actions.found("Par erreur", by=owner)
    make_invitation(team)
    number, home = team.id, letter.team_id
    client.log_in(owner)
    page = f"/manage/teams/{number}/leave?lang=en"
    carrying.transfer(letter, team, by=owner)
    assert "transfer its letters to another team" in client.get(page).text  # it has a letter
    with pytest.raises(LastOwner):
        carrying.leave(team, by=owner)
    carrying.transfer(letter, db.session.get_one(Team, home), by=owner)
    assert "along with its log. So will 1 invitation that has not been accepted yet." in words(client.get(page).text)
    assert client.post(page, data=client.fields(page)).location == "/manage/teams?lang=en"
    assert db.session.get(Team, number) is None and db.session.scalars(sa.select(TeamInvitation)).all() == []
    assert [m.team_id for m in memberships_of(owner)] == [home]
    handed_on = sa.select(Event.team_id).where(Event.verb == "letter_transferred", Event.letter_id == letter.id)
    assert set(db.session.scalars(handed_on)) == {home}  # what was done to the letter meanwhile stays in its log


def test_a_team_without_letters_that_has_others_in_it_stays_and_keeps_an_owner(client: Reader, letter: Letter) -> None:
    owner = owner_of(letter)
    team = actions.found("À deux", by=owner)
    with write():
        other = actions.join(team.id, make_organiser(), Role.EDITOR)
    with pytest.raises(LastOwner):
        carrying.leave(team, by=owner)
    actions.change_role(team, other.id, Role.OWNER, by=owner)
    carrying.leave(team, by=owner)
    assert [m.organiser_id for m in members_of(team)] == [other.organiser_id]


def test_an_owner_goes_once_there_is_another(letter: Letter) -> None:
    owner, other = owner_of(letter), make_member(letter, Role.EDITOR)
    with pytest.raises(LastOwner):
        actions.leave(letter.team, by=owner)
    actions.change_role(letter.team, membership(other, letter).id, Role.OWNER, by=owner)
    actions.leave(letter.team, by=owner)
    assert owner_of(letter).id == other.id


AT_ONCE: list[Callable[[Letter, Organiser, Organiser], None]] = [
    lambda letter, me, other: actions.change_role(letter.team, membership(other, letter).id, Role.VIEWER, by=me),
    lambda letter, me, other: actions.remove(letter.team, membership(other, letter).id, by=me),
    lambda letter, me, _: actions.leave(letter.team, by=me),
]


@pytest.mark.parametrize("act", AT_ONCE, ids=["demote", "remove", "leave"])
def test_two_owners_who_act_at_once_leave_one(
    app: Flask, letter: Letter, act: Callable[[Letter, Organiser, Organiser], None]
) -> None:
    pair = [owner_of(letter).id, make_member(letter, Role.OWNER).id]
    letter_id, together = letter.id, Barrier(2)
    db.session.rollback()

    def play(mine: int, theirs: int) -> bool:
        with app.app_context():
            found = db.session.get(Letter, letter_id)
            me, other = db.session.get(Organiser, mine), db.session.get(Organiser, theirs)
            assert found and me and other and membership(other, found)
            together.wait()
            try:
                act(found, me, other)
            except (LastOwner, NotAllowed, MemberGone, AssertionError):  # the last: the member is gone already
                return False
            return True

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(play, pair, reversed(pair))) == 1
    db.session.rollback()
    roles = db.session.scalars(sa.select(Membership.role).where(Membership.team_id == letter.team_id)).all()
    assert roles.count(Role.OWNER) == 1


def test_a_role_taken_away_meanwhile_does_nothing_more(letter: Letter) -> None:
    member, former = make_member(letter, Role.VIEWER), make_member(letter, Role.OWNER)
    with write():
        membership(former, letter).role = Role.EDITOR
    for act in (
        lambda: actions.remove(letter.team, membership(member, letter).id, by=former),
        lambda: actions.change_role(letter.team, membership(member, letter).id, Role.OWNER, by=former),
        lambda: actions.rename(letter.team, "Autre", by=former),
        lambda: invitations.invite(letter.team, "zoe@example.org", Role.OWNER, by=former, locale="fr"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_whoever_may_write_nowhere_any_more_gets_a_team_of_their_own(letter: Letter) -> None:
    other = make_member(letter, Role.OWNER)
    own = membership_of(other, team_of(other).id)
    with write() as session:
        session.delete(own)  # as when they had left it to somebody else
    assert team_of(other).id == letter.team_id
    actions.change_role(letter.team, membership(other, letter).id, Role.VIEWER, by=owner_of(letter))
    home = team_of(other)
    assert home.name == other.name and home.id != letter.team_id
    actions.leave(letter.team, by=other)
    assert [m.team_id for m in memberships_of(other)] == [home.id]


def test_so_does_whoever_is_removed_from_the_only_one_or_leaves_it(letter: Letter) -> None:
    removed, leaving = (make_member(letter, Role.EDITOR) for _ in range(2))
    with write() as session:
        for each in (removed, leaving):
            session.delete(membership_of(each, team_of(each).id))
    actions.remove(letter.team, membership(removed, letter).id, by=owner_of(letter))
    actions.leave(letter.team, by=leaving)
    alone = make_organiser()
    carrying.leave(team_of(alone), by=alone)
    for each in (removed, leaving, alone):
        home = team_of(each)
        assert home.name == each.name and home.id != letter.team_id


def test_an_owner_removes_nobody_from_another_team(letter: Letter) -> None:
    other = make_letter()
    with pytest.raises(MemberGone):
        actions.remove(letter.team, membership(owner_of(other), other).id, by=owner_of(letter))


@ON_SQLITE
def test_who_removes_a_member_whom_another_removes_at_that_moment_finds_nobody(
    app: Flask, client: Reader, letter: Letter
) -> None:
    other, member = make_member(letter, Role.OWNER).id, membership(make_member(letter, Role.VIEWER), letter)
    client.log_in(owner_of(letter))
    page, team_id, number = f"/manage/teams/{letter.team_id}/members/{member.id}", letter.team_id, member.id
    sent, answers = client.fields(page), []

    def remove() -> None:
        actions.remove(db.session.get_one(Team, team_id), number, by=db.session.get_one(Organiser, other))

    assert take_turns(app, remove, lambda: answers.append(client.post(f"{page}/remove", data=sent)), 1)
    assert [answer.status_code for answer in answers] == [404]
