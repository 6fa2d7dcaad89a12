"""An organiser is an account that publishes letters; a log-in is one browser in which they are logged in."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tribune.database import Base, BigId, Moment, now
from tribune.outbox.models import KEY_LENGTH

LOG_IN_LASTS = timedelta(days=14)
FRESH = timedelta(minutes=15)  # how long after proving who one is the most sensitive acts are open


def masked(address: str) -> str:
    """Shorten an address so that its owner recognises it and nobody else learns it: "z…@example.org"."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


class Organiser(Base):
    """An account: an address, and a nonce that each used log-in link replaces."""

    __tablename__ = "organisers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    mailbox_key: Mapped[str] = mapped_column(sa.String(KEY_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    link_nonce: Mapped[str] = mapped_column(sa.String(32))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    blocked_at: Mapped[datetime | None] = mapped_column(Moment)  # by whoever runs the site: nobody can log in

    @property
    def called(self) -> str:
        """The name others see, else the masked address."""
        return self.name or masked(self.email)


class LogIn(Base, UserMixin):  # type: ignore[misc]
    """One logged-in browser of an organiser: the cookie only names this row, so copies of it end with the row."""

    __tablename__ = "log_ins"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    organiser_id: Mapped[int] = mapped_column(sa.ForeignKey(Organiser.id), index=True)
    browser: Mapped[str] = mapped_column(sa.String(60), default="")  # in a few words: `browsers.py`
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    proved_at: Mapped[datetime] = mapped_column(Moment, default=now)  # when they last proved who they are
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    organiser: Mapped[Organiser] = relationship(lazy="joined")

    @property
    def is_current(self) -> bool:
        """Whether it is neither ended nor older than LOG_IN_LASTS, and its account not blocked."""
        lasts = self.ended_at is None and now() - self.created_at < LOG_IN_LASTS
        return lasts and self.organiser.blocked_at is None

    @property
    def is_fresh(self) -> bool:
        """Whether who they are was proved less than FRESH ago."""
        return now() - self.proved_at < FRESH


class Passkey(Base):
    """A second way in: the public key of one of an organiser's devices."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organiser_id: Mapped[int] = mapped_column(sa.ForeignKey(Organiser.id), index=True)
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    organiser: Mapped[Organiser] = relationship()


class PasskeyChallenge(Base):
    """A challenge for a passkey; its row is deleted when it is answered, so that no answer works twice."""

    __tablename__ = "passkey_challenges"

    value: Mapped[bytes] = mapped_column(sa.LargeBinary(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
