"""What happens in teams: founded, renamed, joined, left. Who may is asked again inside each transaction."""

import sqlalchemy as sa

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import db, now, there_is, write
from tribune.organisers import actions as organisers
from tribune.organisers.models import LogIn, Organiser
from tribune.teams import mails
from tribune.teams.models import Membership, Role, Team, TeamInvitation
from tribune.teams.queries import (
    members_of,
    memberships_of,
    open_invitations,
    teams_to_write_in,
)


class NotAllowed(Exception):
    """The role one has in the team at this moment does not reach this."""


class LastOwner(Exception):
    """The team would be left without an owner."""


class MemberGone(Exception):
    """No such member is in the team, or not any more."""


def open_account(email: str, name: str = "") -> Organiser:
    """Make an account and the team it carries letters with. Raises AddressRefused or AlreadyThere."""
    with write():
        organiser = organisers.add(email, name)
        give_a_home(organiser)
    return organiser


def register(email: str, name: str, *, browser: str = "", instead_of: LogIn | None = None) -> LogIn:
    """Make an account of somebody who opened our mail, and let them in. Raises AddressRefused or AlreadyThere."""
    with write():
        organiser = open_account(email, name)
        return organisers.open_log_in(organiser.id, browser=browser, instead_of=instead_of)


def found(name: str, *, by: Organiser) -> Team:
    """Make a team; who makes it owns it."""
    with write():
        team = _found(by, name)
        record(Verb.TEAM_FOUNDED, team_id=team.id, by=by, subject=name)
    return team


def _found(owner: Organiser, name: str) -> Team:
    team = Team(name=name)
    db.session.add(team)
    db.session.flush()
    join(team.id, owner, Role.OWNER)
    return team


def join(team_id: int, organiser: Organiser, role: Role) -> Membership:
    """Make somebody a member, in the caller's transaction."""
    membership = Membership(team_id=team_id, organiser_id=organiser.id, role=role)
    db.session.add(membership)
    db.session.flush()
    return membership


def give_a_home(organiser: Organiser) -> None:
    """In the caller's transaction: whoever may write in no team gets one, so that each account can make a letter."""
    db.session.flush()
    # Not alone with those whose rows name them, as the log does, and a place in another team: each would wait for both.
    db.session.execute(sa.select(Organiser.id).where(Organiser.id == organiser.id).with_for_update(key_share=True))
    if not teams_to_write_in(organiser):
        _found(organiser, _home_of(organiser))


def _home_of(organiser: Organiser) -> str:
    """What a team of one is called at first. No address, be it masked: a team's name stands in mails."""
    return organiser.name or organiser.called.partition("@")[0]


def rename_organiser(organiser: Organiser, name: str) -> None:
    """Call somebody otherwise, and with them a team of theirs alone that is called as they were."""
    with write():
        before = {_home_of(organiser), organiser.called}
        owned = [m.team for m in memberships_of(organiser) if m.role is Role.OWNER]
        homes = [team for team in owned if team.name in before and len(members_of(team)) == 1]
        for number in sorted(team.id for team in homes):  # before the account, as everywhere
            hold(number, by=organiser)
        organisers.rename(organiser, name)
        for team in homes:
            rename(team, _home_of(organiser), by=organiser)


def hold(team_id: int, *, by: Organiser, needed: Role = Role.OWNER) -> Membership:
    """Hold a team until the end of the caller's transaction, and see what one is in it now. Raises NotAllowed.

    Two owners who take the role from each other at once come here one after the other.
    """
    db.session.flush()
    db.session.execute(sa.select(Team.id).where(Team.id == team_id).with_for_update())
    query = sa.select(Membership).where(Membership.team_id == team_id, Membership.organiser_id == by.id)
    membership = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if membership is None or not membership.role.reaches(needed):
        raise NotAllowed
    return membership


def rename(team: Team, name: str, *, by: Organiser) -> None:
    """Call the team otherwise. Raises NotAllowed."""
    with write():
        hold(team.id, by=by)
        if team.name != name:
            record(Verb.TEAM_RENAMED, team_id=team.id, by=by, subject=name, before=team.name)
            team.name = name


def change_role(team: Team, membership_id: int, role: Role, *, by: Organiser) -> None:
    """Give a member another role. Raises NotAllowed, MemberGone or LastOwner."""
    with write():
        hold(team.id, by=by)
        membership = _member(team, membership_id)
        before = membership.role
        if before is not role:
            _see_that_an_owner_stays(membership)
            who = membership.organiser
            record(Verb.ROLE_CHANGED, team_id=team.id, by=by, subject=who.called, before=before, after=role)
            membership.role = role
            if before is Role.OWNER:
                _revoke_invitations(team, by)
            give_a_home(who)


def remove(team: Team, membership_id: int, *, by: Organiser) -> None:
    """Take a member out of the team. Raises NotAllowed, MemberGone or LastOwner."""
    with write():
        hold(team.id, by=by)
        membership = _member(team, membership_id)
        organiser = membership.organiser
        take_out(membership, Verb.MEMBER_REMOVED, by)
        give_a_home(organiser)


def leave(team: Team, *, by: Organiser) -> None:
    """Go out of the team. Raises NotAllowed or LastOwner."""
    with write():
        take_out(hold(team.id, by=by, needed=Role.VIEWER), Verb.MEMBER_LEFT, by)
        give_a_home(by)


def _member(team: Team, membership_id: int) -> Membership:
    query = sa.select(Membership).where(Membership.id == membership_id, Membership.team_id == team.id)
    membership = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if membership is None:
        raise MemberGone
    return membership


def take_out(membership: Membership, verb: Verb, by: Organiser) -> None:
    """In the caller's transaction, which holds the team: a member goes. Raises LastOwner."""
    _see_that_an_owner_stays(membership)
    record(verb, team_id=membership.team_id, by=by, subject=membership.organiser.called, role=membership.role)
    db.session.delete(membership)
    if membership.role is Role.OWNER:
        _revoke_invitations(membership.team, by)


def _revoke_invitations(team: Team, by: Organiser) -> None:
    """With an owner go the invitations that wait: one of them may be their own way back. Others invite again."""
    for invitation in open_invitations(team):
        revoke(invitation, by)


def revoke(invitation: TeamInvitation, by: Organiser) -> None:
    """In the caller's transaction, which holds the team: the link of an invitation opens nothing any more."""
    invitation.revoked_at = now()
    mails.drop_invitation(invitation)
    who, role = invitation.called, invitation.role
    record(Verb.INVITATION_REVOKED, team_id=invitation.team_id, by=by, subject=who, role=role)


def _see_that_an_owner_stays(without: Membership) -> None:
    """The team is held: nobody else changes its owners meanwhile."""
    others = Membership.team_id == without.team_id, Membership.role == Role.OWNER, Membership.id != without.id
    if without.role is Role.OWNER and not there_is(*others):
        raise LastOwner
