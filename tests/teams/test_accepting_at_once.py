"""An invitation into a team is accepted once, by one mailbox, whatever was shown and whatever happens meanwhile."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import make_invitation, make_organiser, owner_of
from tests.teams.joining import ZOE, role_of_zoe
from tests.threads import at_once
from tests.turns import take_turns
from tribune.database import db
from tribune.letters.models import Letter
from tribune.organisers.models import LogIn, Organiser
from tribune.teams.actions import register
from tribune.teams.invitations import InvitationSpent, OtherMailbox, accept, revoke
from tribune.teams.models import Role, TeamInvitation


def accept_at(invitation: TeamInvitation, by: Organiser | None = None) -> None:
    accept(invitation.id, invitation.link_nonce, by=by)


def test_the_rules_hold_where_the_page_did_not_see_it_coming(letter: Letter) -> None:
    invitation = make_invitation(letter.team)
    with pytest.raises(OtherMailbox):
        accept_at(invitation, by=make_organiser())
    with pytest.raises(InvitationSpent):
        accept(invitation.id, "another nonce")
    accept_at(invitation)
    with pytest.raises(InvitationSpent):
        accept_at(invitation)
    with pytest.raises(InvitationSpent):
        revoke(invitation, by=owner_of(letter))
    revoked = make_invitation(letter.team, "bob@example.org")
    revoke(revoked, by=owner_of(letter))
    with pytest.raises(InvitationSpent):
        accept_at(revoked)


def test_pressed_by_many_at_once_it_is_accepted_once(app: Flask, letter: Letter) -> None:
    invitation = make_invitation(letter.team)
    number, nonce = invitation.id, invitation.link_nonce

    def press_it() -> bool:
        try:
            return bool(accept(number, nonce))
        except InvitationSpent:
            return False

    assert sum(at_once(app, [press_it] * 4)) == 1
    assert role_of_zoe(letter) is Role.EDITOR
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LogIn)) == 1


def test_accepted_while_the_account_is_made_it_is_joined(app: Flask, letter: Letter) -> None:
    invitation = make_invitation(letter.team)
    number, nonce, letter_id = invitation.id, invitation.link_nonce, letter.id
    take_turns(app, lambda: register(ZOE, "Zoé"), lambda: accept(number, nonce), 1)
    assert role_of_zoe(db.session.get_one(Letter, letter_id)) is Role.EDITOR


def test_revoked_while_it_is_accepted_it_stays_accepted(app: Flask, letter: Letter) -> None:
    invitation, alice = make_invitation(letter.team), owner_of(letter).id
    number, nonce = invitation.id, invitation.link_nonce

    def take_back() -> None:
        with pytest.raises(InvitationSpent):
            revoke(db.session.get_one(TeamInvitation, number), by=db.session.get_one(Organiser, alice))

    take_turns(app, lambda: accept(number, nonce), take_back, 1)
    assert db.session.get_one(TeamInvitation, number).revoked_at is None
