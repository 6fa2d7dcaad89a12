"""Questions about teams."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.database import db
from tribune.organisers.models import Organiser
from tribune.teams.models import Membership, Role, Team, TeamInvitation


def membership_of(organiser: Organiser, team_id: int) -> Membership | None:
    """What this organiser is in that team; None for a stranger."""
    query = sa.select(Membership).where(Membership.organiser_id == organiser.id, Membership.team_id == team_id)
    return db.session.scalars(query).first()


def memberships_of(organiser: Organiser) -> Sequence[Membership]:
    """Every team of this organiser, the oldest membership first."""
    query = sa.select(Membership).where(Membership.organiser_id == organiser.id).order_by(Membership.id)
    return db.session.scalars(query).all()


def members_of(team: Team) -> Sequence[Membership]:
    """Who is in the team, in the order they came."""
    return db.session.scalars(sa.select(Membership).where(Membership.team_id == team.id).order_by(Membership.id)).all()


def member_of(team: Team, membership_id: int) -> Membership | None:
    """One member of this team."""
    query = sa.select(Membership).where(Membership.id == membership_id, Membership.team_id == team.id)
    return db.session.scalars(query).first()


def _open(team: Team) -> sa.Select[TeamInvitation]:
    return sa.select(TeamInvitation).where(
        TeamInvitation.team_id == team.id, TeamInvitation.accepted_at.is_(None), TeamInvitation.revoked_at.is_(None)
    )


def open_invitations(team: Team) -> Sequence[TeamInvitation]:
    """Neither accepted nor revoked, those that are too old among them: they can be sent again. Oldest first."""
    return db.session.scalars(_open(team).order_by(TeamInvitation.id)).all()


def open_invitation(team: Team, mailbox_key: str) -> TeamInvitation | None:
    """The one that waits for this mailbox."""
    return db.session.scalars(_open(team).where(TeamInvitation.mailbox_key == mailbox_key)).first()


def invitation_of(team: Team, invitation_id: int) -> TeamInvitation | None:
    """One invitation into this team, whatever became of it."""
    query = sa.select(TeamInvitation).where(TeamInvitation.id == invitation_id, TeamInvitation.team_id == team.id)
    return db.session.scalars(query).first()


def invitation_of_link(invitation_id: int, nonce: str) -> TeamInvitation | None:
    """The invitation a link opens, while it waits to be accepted."""
    query = sa.select(TeamInvitation).where(TeamInvitation.id == invitation_id, TeamInvitation.link_nonce == nonce)
    invitation = db.session.scalars(query).first()
    return invitation if invitation is not None and invitation.is_waiting else None


def teams_to_write_in(organiser: Organiser) -> list[Team]:
    """The teams whose letters this organiser may change, the oldest membership first."""
    return [m.team for m in memberships_of(organiser) if m.role.reaches(Role.EDITOR)]


def team_of(organiser: Organiser) -> Team:
    """Where a new letter of this organiser goes unless they say otherwise."""
    return teams_to_write_in(organiser)[0]
