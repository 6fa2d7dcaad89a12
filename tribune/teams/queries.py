"""Questions about teams."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.database import db
from tribune.organisers.models import Organiser
from tribune.teams.models import Membership, Role, Team


def membership_of(organiser: Organiser, team_id: int) -> Membership | None:
    """What this organiser is in that team; None for a stranger."""
    query = sa.select(Membership).where(Membership.organiser_id == organiser.id, Membership.team_id == team_id)
    return db.session.scalars(query).first()


def memberships_of(organiser: Organiser) -> Sequence[Membership]:
    """Every team of this organiser, the oldest membership first."""
    query = sa.select(Membership).where(Membership.organiser_id == organiser.id).order_by(Membership.id)
    return db.session.scalars(query).all()


def team_of(organiser: Organiser) -> Team:
    """Where a new letter of this organiser goes unless they say otherwise: the first team they may write in."""
    writes = [m for m in memberships_of(organiser) if m.role.reaches(Role.EDITOR)]
    return writes[0].team
