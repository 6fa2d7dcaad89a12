"""With an owner go the invitations that wait, since one may be their own way back; whoever stays is told of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_invitation, make_member, make_organiser, owner_of, posted
from tests.page import Reader
from tests.teams.joining import log, membership
from tests.turns import take_turns
from tribune.database import db, now
from tribune.letters.carrying import delete_account
from tribune.letters.models import Letter
from tribune.notices.actions import block
from tribune.organisers.models import Organiser
from tribune.teams import actions
from tribune.teams.invitations import invite
from tribune.teams.models import Role, Team
from tribune.teams.queries import open_invitations


@pytest.fixture
def bob(letter: Letter) -> Organiser:
    """The second owner of the team."""
    return make_member(letter, Role.OWNER, make_organiser(name="Bob"))


WAYS_OUT: dict[str, tuple[Callable[[Letter, Organiser], object], tuple[str, str, str] | None, str]] = {
    "leaves": (lambda letter, bob: actions.leave(letter.team, by=bob), ("member_left", "Bob", "Bob"), "Bob"),
    "deletes the account": (lambda _, bob: delete_account(bob), ("member_left", "Bob", "Bob"), "Bob"),
    "is removed": (
        lambda letter, bob: actions.remove(letter.team, membership(bob, letter).id, by=owner_of(letter)),
        ("member_removed", "Alice", "Bob"),
        "Alice",
    ),
    "is no owner any more": (
        lambda letter, bob: actions.change_role(
            letter.team, membership(bob, letter).id, Role.EDITOR, by=owner_of(letter)
        ),
        ("role_changed", "Alice", "Bob"),
        "Alice",
    ),
    "is blocked": (lambda _, bob: block(bob), None, ""),  # by whoever runs the site
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_invitations_that_wait_go_with_an_owner_and_the_log_says_so(
    letter: Letter, bob: Organiser, way: str
) -> None:
    waiting = [make_invitation(letter.team, f"{name}@example.org", Role.OWNER) for name in ("zoe", "yves")]
    go, first, by = WAYS_OUT[way]
    go(letter, bob)
    assert not any(each.is_waiting for each in waiting)
    revoked = [("invitation_revoked", by, address) for address in ("z…@example.org", "y…@example.org")]
    assert [line[:3] for line in log()] == [*filter(None, [first]), *revoked]


def test_they_stay_where_somebody_goes_who_is_no_owner(letter: Letter) -> None:
    invitation, member = make_invitation(letter.team), make_member(letter, Role.EDITOR)
    actions.leave(letter.team, by=member)
    delete_account(make_member(letter, Role.VIEWER))
    block(make_member(letter, Role.EDITOR))
    assert invitation.is_waiting


def test_an_owner_who_is_being_blocked_makes_no_other(app: Flask, letter: Letter, bob: Organiser) -> None:
    """The invitation was let in before the block, and waits for it."""
    who, team = bob.id, letter.team_id

    def invite_another() -> None:
        by = db.session.get_one(Organiser, who)
        with pytest.raises(actions.NotAllowed):
            invite(db.session.get_one(Team, team), "zoe@example.org", Role.OWNER, by=by, locale="fr")

    take_turns(app, lambda: block(db.session.get_one(Organiser, who)), invite_another, 1)
    assert not open_invitations(db.session.get_one(Team, team)) and not posted()


@ON_SQLITE
def test_it_is_said_before_the_button(client: Reader, letter: Letter, bob: Organiser) -> None:
    team = f"/manage/teams/{letter.team_id}"
    pages = [f"{team}/leave?lang=en", f"{team}/members/{membership(bob, letter).id}?lang=en"]
    editor = membership(make_member(letter, Role.EDITOR), letter)
    client.log_in(owner_of(letter))
    said = "1 invitation has not been accepted yet"
    assert not any(said in client.get(page).text for page in pages)
    make_invitation(letter.team)
    assert all(said in client.get(page).text for page in pages)
    assert said not in client.get(f"{team}/members/{editor.id}?lang=en").text
    page = client.get("/manage/account/delete?lang=en").text
    assert "invitations not yet accepted are revoked" in page and "and so do the invitations into it" in page


def test_it_is_said_of_one_that_is_too_old_and_not_to_an_owner_who_cannot_go(client: Reader, letter: Letter) -> None:
    alice = owner_of(letter)
    page = f"/manage/teams/{letter.team_id}/members/{membership(alice, letter).id}?lang=en"
    with time_machine.travel(now() - timedelta(days=20)):
        make_invitation(letter.team)
    client.log_in(alice)
    said = "1 invitation has not been accepted yet"
    assert said not in client.get(page).text
    make_member(letter, Role.OWNER)
    assert said in client.get(page).text
