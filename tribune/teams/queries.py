"""Questions about teams."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.database import db
from tribune.organisers.models import Organiser
from tribune.outbox.models import Message
from tribune.statements import the_one
from tribune.teams.models import KIND, Membership, Role, Team, TeamInvitation


def membership_of(organiser: Organiser, team_id: int) -> Membership | None:
    """Return this organiser's membership of that team; None for a stranger."""
    return the_one(Membership, Membership.organiser_id == organiser.id, Membership.team_id == team_id)


def memberships_of(organiser: Organiser) -> Sequence[Membership]:
    """Return every membership of this organiser, oldest first."""
    query = sa.select(Membership).where(Membership.organiser_id == organiser.id).order_by(Membership.id)
    return db.session.scalars(query).all()


def members_of(team: Team) -> Sequence[Membership]:
    """Return the members of the team, in the order they came."""
    return db.session.scalars(sa.select(Membership).where(Membership.team_id == team.id).order_by(Membership.id)).all()


def other_owners(membership: Membership) -> Sequence[Membership]:
    """Return the other owners of this team. One who is blocked is none: they could name nobody in their place."""
    others = Membership.team_id == membership.team_id, Membership.role == Role.OWNER, Membership.id != membership.id
    able = Membership.organiser.has(Organiser.blocked_at.is_(None))
    return db.session.scalars(sa.select(Membership).where(*others, able)).all()


def owned_by_others(organiser: Organiser) -> set[int]:
    """Return the ids of their teams that have `other_owners` than they."""
    mine = sa.select(Membership.team_id).where(Membership.organiser_id == organiser.id)
    others = Membership.team_id.in_(mine), Membership.role == Role.OWNER, Membership.organiser_id != organiser.id
    able = Membership.organiser.has(Organiser.blocked_at.is_(None))
    return set(db.session.scalars(sa.select(Membership.team_id).where(*others, able)))


def member_of(team: Team, membership_id: int) -> Membership | None:
    """Return one member of this team."""
    return the_one(Membership, Membership.id == membership_id, Membership.team_id == team.id)


def _open(team: Team) -> sa.Select[TeamInvitation]:
    return sa.select(TeamInvitation).where(
        TeamInvitation.team_id == team.id, TeamInvitation.accepted_at.is_(None), TeamInvitation.revoked_at.is_(None)
    )


def open_invitations(team: Team) -> Sequence[TeamInvitation]:
    """Return those neither accepted nor revoked, oldest first; also expired ones, which can be sent again."""
    return db.session.scalars(_open(team).order_by(TeamInvitation.id)).all()


def open_invitation(team: Team, mailbox_key: str) -> TeamInvitation | None:
    """Return the one that waits for this mailbox."""
    return db.session.scalars(_open(team).where(TeamInvitation.mailbox_key == mailbox_key)).first()


def refused_invitations(team: Team) -> set[int]:
    """Return the ids of those whose last mail a server refused, or sent back."""
    theirs = Message.mailbox_key == TeamInvitation.mailbox_key, Message.created_at >= TeamInvitation.created_at
    mails = sa.select(Message.gave_up_at).where(Message.kind == KIND, *theirs).order_by(Message.created_at)
    # The first since then is its own: those that follow are of other teams.
    refused = mails.limit(1).scalar_subquery().is_not(None)
    return set(db.session.scalars(_open(team).with_only_columns(TeamInvitation.id).where(refused)))


def invitation_of(team: Team, invitation_id: int) -> TeamInvitation | None:
    """Return one invitation into this team, whatever became of it."""
    return the_one(TeamInvitation, TeamInvitation.id == invitation_id, TeamInvitation.team_id == team.id)


def invitation_of_link(invitation_id: int, nonce: str) -> TeamInvitation | None:
    """Return the invitation a link opens, while it waits."""
    invitation = the_one(TeamInvitation, TeamInvitation.id == invitation_id, TeamInvitation.link_nonce == nonce)
    return invitation if invitation is not None and invitation.is_waiting else None


def teams_to_write_in(organiser: Organiser) -> list[Team]:
    """Return the teams whose letters this organiser may change, the oldest membership first."""
    return [m.team for m in memberships_of(organiser) if m.role.reaches(Role.EDITOR)]


def team_of(organiser: Organiser) -> Team:
    """Return the team that gets a new letter of this organiser by default."""
    return teams_to_write_in(organiser)[0]
