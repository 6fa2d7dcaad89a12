"""An organiser is an account that publishes letters; a log-in is one browser in which they are at home."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tribune.database import Base, BigId, Moment, now
from tribune.outbox.models import KEY_LENGTH

LOG_IN_LASTS = timedelta(days=14)


class Organiser(Base):
    """An account: an address, and a nonce that each used log-in link replaces."""

    __tablename__ = "organisers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    mailbox_key: Mapped[str] = mapped_column(sa.String(KEY_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    link_nonce: Mapped[str] = mapped_column(sa.String(32))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class LogIn(Base, UserMixin):  # type: ignore[misc]
    """One browser of an organiser, until they log out: the cookie only names this row, so a copied one dies with it."""

    __tablename__ = "log_ins"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    organiser_id: Mapped[int] = mapped_column(sa.ForeignKey(Organiser.id), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    organiser: Mapped[Organiser] = relationship(lazy="joined")

    @property
    def is_current(self) -> bool:
        """Neither logged out nor older than LOG_IN_LASTS."""
        return self.ended_at is None and now() - self.created_at < LOG_IN_LASTS
