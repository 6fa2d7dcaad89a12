"""Who names an owner, or takes one away, shows first who they are; with an owner go the invitations that wait."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_organiser, owner_of
from tests.page import Reader
from tribune.database import db, now
from tribune.letters import carrying
from tribune.organisers.actions import shut_out, unblock
from tribune.teams import actions, invitations
from tribune.teams.models import Role, TeamInvitation
from tribune.teams.queries import membership_of

pytestmark = ON_SQLITE


@pytest.mark.parametrize(("role", "asks"), [("owner", True), ("editor", False)])
def test_an_owner_is_invited_only_by_who_just_showed_who_they_are(client: Reader, role: str, asks: bool) -> None:
    letter = make_letter()
    client.log_in(owner_of(letter))
    page = f"/manage/teams/{letter.team_id}/invite"
    with time_machine.travel(now() + timedelta(hours=1)):
        form = {**client.fields(page), "email": "thief@example.org", "role": role}
        answer = client.post(page, data=form)
    assert ("/organisers/prove" in answer.location) is asks
    assert (db.session.query(TeamInvitation).count() == 0) is asks


def test_a_member_is_made_an_owner_only_by_who_just_showed_who_they_are(client: Reader) -> None:
    letter = make_letter()
    member = make_member(letter, Role.VIEWER)
    client.log_in(owner_of(letter))
    membership = membership_of(member, letter.team_id)
    assert membership
    page = f"/manage/teams/{letter.team_id}/members/{membership.id}"
    with time_machine.travel(now() + timedelta(hours=1)):
        answer = client.post(page, data={**client.fields(page), "role": "owner"})
    assert "/organisers/prove" in answer.location and membership.role is Role.VIEWER


@pytest.mark.parametrize(("role", "asks"), [(Role.OWNER, True), (Role.EDITOR, False)])
def test_an_owner_is_demoted_or_removed_only_by_who_just_showed_who_they_are(
    client: Reader, role: Role, asks: bool
) -> None:
    letter = make_letter()
    member = make_member(letter, role)
    client.log_in(owner_of(letter))
    membership = membership_of(member, letter.team_id)
    assert membership
    page = f"/manage/teams/{letter.team_id}/members/{membership.id}"
    with time_machine.travel(now() + timedelta(hours=1)):
        for path, typed in ((page, {"role": "viewer"}), (f"{page}/remove", {})):
            answer = client.post(path, data={**client.fields(page), **typed})
            assert ("/organisers/prove" in answer.location) is asks
    assert (membership_of(member, letter.team_id) is not None) is asks


def test_an_owner_leaves_only_after_showing_who_they_are(client: Reader) -> None:
    letter = make_letter()
    leaving = owner_of(letter)
    make_member(letter, Role.OWNER)
    client.log_in(leaving)
    page = f"/manage/teams/{letter.team_id}/leave"
    with time_machine.travel(now() + timedelta(hours=1)):
        answer = client.post(page, data=client.fields(page))
    assert "/organisers/prove" in answer.location and membership_of(leaving, letter.team_id)


def test_an_owner_who_was_removed_does_not_come_back_by_an_invitation_of_their_own(app: Flask) -> None:
    letter = make_letter()
    first, second = owner_of(letter), make_member(letter, Role.OWNER)
    invitation = invitations.invite(letter.team, "second@example.com", Role.OWNER, by=second, locale="fr")
    membership = membership_of(second, letter.team_id)
    assert membership
    actions.remove(letter.team, membership.id, by=first)
    with pytest.raises(invitations.InvitationSpent):
        invitations.accept(invitation.id, invitation.link_nonce, by=make_organiser(email="second@example.com"))


def test_an_owner_who_is_blocked_is_not_the_one_a_team_needs(client: Reader) -> None:
    letter = make_letter()
    alice, bob = owner_of(letter), make_member(letter, Role.OWNER)
    make_member(letter, Role.EDITOR)
    shut_out(bob)
    team = f"/manage/teams/{letter.team_id}"
    client.log_in(alice)
    assert "make another member an owner first" in client.get(f"{team}/leave?lang=en").text
    assert "no other owner who can log in" in client.get("/manage/account/delete?lang=en").text
    said = "(blocked by whoever runs this site: cannot log in)"
    assert f'{bob.called} <span class="soft">{said}</span></th>' in client.get(f"{team}?lang=en").text
    for act in (carrying.leave, actions.leave):
        with pytest.raises(actions.LastOwner):
            act(letter.team, by=alice)
    with pytest.raises(carrying.StillTied):
        carrying.delete_account(alice)
    unblock(bob)
    assert said not in client.get(f"{team}?lang=en").text
    assert "make another member an owner first" not in client.get(f"{team}/leave?lang=en").text
    carrying.leave(letter.team, by=alice)


def test_only_owners_read_who_is_blocked(client: Reader) -> None:
    letter = make_letter()
    shut_out(make_member(letter, Role.VIEWER))
    for reader, reads in (owner_of(letter), True), (make_member(letter, Role.EDITOR), False):
        client.log_in(reader)
        page = client.get(f"/manage/teams/{letter.team_id}?lang=en")
        assert page.status_code == 200 and ("(blocked by whoever runs this site" in page.text) is reads
