"""A team carries letters; a membership says what one organiser may do in it; an invitation waits to be accepted."""

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tribune.database import Base, BigId, Moment, now
from tribune.organisers.models import Organiser, masked
from tribune.outbox.models import KEY_LENGTH

INVITATION_LASTS = timedelta(days=14)
KIND = "team_invitation"  # of its mail


class Role(StrEnum):
    """What a member may do, the most powerful first. A viewer reads everything but addresses, and changes nothing."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"

    def reaches(self, needed: "Role") -> bool:
        """Whether this role may do what the other may."""
        ranks = list(Role)
        return ranks.index(self) <= ranks.index(needed)


class Team(Base):
    """Organisers who carry letters together. Everybody with an account has at least the team made with it."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(254))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Membership(Base):
    """One organiser in one team."""

    __tablename__ = "memberships"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    team_id: Mapped[int] = mapped_column(sa.ForeignKey(Team.id))
    organiser_id: Mapped[int] = mapped_column(sa.ForeignKey(Organiser.id), index=True)
    role: Mapped[Role] = mapped_column(sa.Enum(Role, native_enum=False, length=10, values_callable=lambda r: [*r]))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    team: Mapped[Team] = relationship(lazy="joined")
    organiser: Mapped[Organiser] = relationship(lazy="joined")

    __table_args__ = (sa.UniqueConstraint("team_id", "organiser_id"),)


class TeamInvitation(Base):
    """A mail that asks the owner of one mailbox into a team; nobody else can accept it."""

    __tablename__ = "team_invitations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    team_id: Mapped[int] = mapped_column(sa.ForeignKey(Team.id), index=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    mailbox_key: Mapped[str] = mapped_column(sa.String(KEY_LENGTH))
    role: Mapped[Role] = mapped_column(sa.Enum(Role, native_enum=False, length=10, values_callable=lambda r: [*r]))
    link_nonce: Mapped[str] = mapped_column(sa.String(32))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    team: Mapped[Team] = relationship()

    @property
    def is_waiting(self) -> bool:
        """Neither accepted, nor revoked, nor too old."""
        return not self.accepted_at and not self.revoked_at and now() - self.created_at < INVITATION_LASTS

    @property
    def called(self) -> str:
        """Its address, masked: as others than owners see it."""
        return masked(self.email)
