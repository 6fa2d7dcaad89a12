"""Acts on teams: found, rename, join, leave, shut out. Each transaction checks again who may."""

import sqlalchemy as sa
from sqlalchemy.orm.exc import ObjectDeletedError

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.organisers import actions as organisers
from tribune.organisers.models import LogIn, Organiser
from tribune.teams import mails
from tribune.teams.models import Membership, Role, Team, TeamInvitation
from tribune.teams.queries import (
    members_of,
    memberships_of,
    open_invitations,
    other_owners,
    teams_to_write_in,
)


class NotAllowed(Exception):
    """One's role in the team, at this moment, does not allow this, or one's account is blocked."""


class LastOwner(Exception):
    """The team would be left without an owner."""


class MemberGone(Exception):
    """This member is not, or no longer, in the team."""


def open_account(email: str, name: str) -> Organiser:
    """Make an account and the team it carries letters with. Raises AddressRefused or AlreadyThere."""
    with write():
        organiser = organisers.add(email, name)
        give_a_home(organiser)
    return organiser


def register(email: str, name: str, *, browser: str = "", instead_of: LogIn | None = None) -> LogIn:
    """Make an account for somebody who opened our mail, and log them in. Raises AddressRefused or AlreadyThere."""
    with write():
        organiser = open_account(email, name)
        return organisers.open_log_in(organiser.id, browser=browser, instead_of=instead_of)


def found(name: str, *, by: Organiser) -> Team:
    """Make a team, owned by whoever makes it."""
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
    """Make somebody a member, in the caller's transaction. Raises ObjectDeletedError if their account is gone."""
    _lock_account(organiser)
    membership = Membership(team_id=team_id, organiser_id=organiser.id, role=role)
    db.session.add(membership)
    db.session.flush()
    return membership


def give_a_home(organiser: Organiser) -> None:
    """Give a team to whoever may write in none, so that each account can make a letter; in the caller's transaction."""
    _lock_account(organiser)
    if not teams_to_write_in(organiser):
        _found(organiser, _home_of(organiser))


def _lock_account(organiser: Organiser) -> None:
    db.session.flush()
    # FOR NO KEY UPDATE lets others write rows that refer to the account, such as lines of the log: else a transaction
    # that does so and one that is here, each with a team locked, could wait for each other.
    here = sa.select(Organiser.id).where(Organiser.id == organiser.id).with_for_update(key_share=True)
    if db.session.scalar(here) is None:
        raise ObjectDeletedError(sa.inspect(organiser))


def _home_of(organiser: Organiser) -> str:
    """Return how somebody's own team is named at first. No address, even masked: a team's name stands in mails."""
    return organiser.name or organiser.called.partition("@")[0]


def rename_organiser(organiser: Organiser, name: str) -> None:
    """Rename an account, and its team if it is alone there and the team still has its name. Raises NotAllowed."""
    with write() as session:
        before = {_home_of(organiser), organiser.called}
        numbers = [m.team_id for m in memberships_of(organiser)]
        theirs = sa.select(Team).where(Team.id.in_(numbers), Team.name.in_(before)).order_by(Team.id).with_for_update()
        named = session.scalars(theirs).all()  # teams before the account: lock order; none that is gone by now
        homes = [team for team in named if [m.organiser_id for m in members_of(team)] == [organiser.id]]
        organisers.rename(organiser, name)
        for team in homes:
            rename(team, _home_of(organiser), by=organiser)


def lock(team_id: int, *, by: Organiser, needed: Role = Role.OWNER) -> Membership:
    """Lock a team until the end of the caller's transaction, and return one's membership now. Raises NotAllowed.

    So two owners who demote each other at once come one after the other.
    """
    db.session.flush()
    db.session.execute(sa.select(Team.id).where(Team.id == team_id).with_for_update())
    query = sa.select(Membership).where(Membership.team_id == team_id, Membership.organiser_id == by.id)
    membership = db.session.scalars(query.execution_options(populate_existing=True)).first()
    # A request let in before the account was blocked may have waited here for the block itself.
    if membership is None or not membership.role.reaches(needed) or membership.organiser.blocked_at:
        raise NotAllowed
    return membership


def rename(team: Team, name: str, *, by: Organiser) -> None:
    """Rename the team. Raises NotAllowed."""
    with write():
        lock(team.id, by=by)
        if team.name != name:
            record(Verb.TEAM_RENAMED, team_id=team.id, by=by, subject=name, before=team.name)
            team.name = name


def change_role(team: Team, membership_id: int, role: Role, *, by: Organiser) -> None:
    """Give a member another role. Raises NotAllowed, MemberGone or LastOwner."""
    with write():
        lock(team.id, by=by)
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
        lock(team.id, by=by)
        membership = _member(team, membership_id)
        organiser = membership.organiser
        take_out(membership, Verb.MEMBER_REMOVED, by)
        give_a_home(organiser)


def leave(team: Team, *, by: Organiser) -> None:
    """Leave the team. Raises NotAllowed or LastOwner."""
    with write():
        take_out(lock(team.id, by=by, needed=Role.VIEWER), Verb.MEMBER_LEFT, by)
        give_a_home(by)


def _member(team: Team, membership_id: int) -> Membership:
    query = sa.select(Membership).where(Membership.id == membership_id, Membership.team_id == team.id)
    membership = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if membership is None:
        raise MemberGone
    return membership


def take_out(membership: Membership, verb: Verb, by: Organiser) -> None:
    """Remove a member, in the caller's transaction, which has locked the team. Raises LastOwner."""
    _see_that_an_owner_stays(membership)
    record(verb, team_id=membership.team_id, by=by, subject=membership.organiser.called, role=membership.role)
    db.session.delete(membership)
    if membership.role is Role.OWNER:
        _revoke_invitations(membership.team, by)


def shut_out(organiser: Organiser) -> int:
    """Block an account, and revoke what waits in the teams it owns; return how many log-ins ended."""
    owns = Membership.organiser_id == organiser.id, Membership.role == Role.OWNER
    theirs = sa.select(Team).join(Membership).where(*owns).order_by(Team.id).with_for_update(of=Team)
    with write() as session:
        for team in session.scalars(theirs).all():
            _revoke_invitations(team, None)
        return organisers.shut_out(organiser)


def _revoke_invitations(team: Team, by: Organiser | None) -> None:
    """Revoke all waiting invitations with a leaving owner: one may be their own way back. Others can invite again."""
    for invitation in open_invitations(team):
        revoke(invitation, by)


def revoke(invitation: TeamInvitation, by: Organiser | None) -> None:
    """Revoke an invitation, in the caller's transaction, which has locked the team."""
    invitation.revoked_at = now()
    mails.drop_invitation(invitation)
    who, role = invitation.called, invitation.role
    record(Verb.INVITATION_REVOKED, team_id=invitation.team_id, by=by, subject=who, role=role)


def _see_that_an_owner_stays(without: Membership) -> None:
    """Raise LastOwner if no other owner is left. The team is locked, so nobody changes that meanwhile."""
    if without.role is Role.OWNER and not other_owners(without):
        raise LastOwner
