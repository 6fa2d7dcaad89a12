"""A letter, from draft to closed, and the versions of its text."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tribune.database import Base, BigId, Moment, now
from tribune.organisers.models import Organiser

CONFIRMS_AFTER_CLOSING = timedelta(hours=72)


class Version(Base):
    """The text of a letter as it was at a moment; a signature names the version it signed."""

    __tablename__ = "versions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letters.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(300))
    standfirst: Mapped[str] = mapped_column(sa.Text, default="")
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (sa.UniqueConstraint("letter_id", "number"),)


class Letter(Base):
    """An open letter: who carries it, where it was printed, what its form asks, and how many have signed."""

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    organiser_id: Mapped[int] = mapped_column(sa.ForeignKey(Organiser.id), index=True)
    version_number: Mapped[int] = mapped_column(default=1)
    locale: Mapped[str] = mapped_column(sa.String(5), default="fr")
    authors: Mapped[str] = mapped_column(sa.String(300), default="")
    addressee: Mapped[str] = mapped_column(sa.String(300), default="")
    controller: Mapped[str] = mapped_column(sa.String(300), default="")
    outlet: Mapped[str] = mapped_column(sa.String(100), default="")
    outlet_url: Mapped[str] = mapped_column(sa.String(500), default="")
    printed_on: Mapped[date | None] = mapped_column(sa.Date)
    asks_role: Mapped[str] = mapped_column(sa.String(10), default="optional")
    asks_organisation: Mapped[str] = mapped_column(sa.String(10), default="optional")
    public_file: Mapped[bool] = mapped_column(default=True)
    confirmed_count: Mapped[int] = mapped_column(default=0)
    attested_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    organiser: Mapped[Organiser] = relationship()
    version: Mapped[Version] = relationship(
        primaryjoin=lambda: sa.and_(Letter.id == Version.letter_id, Letter.version_number == Version.number),
        foreign_keys=lambda: [Version.letter_id, Version.number],
        uselist=False,
        viewonly=True,
        lazy="joined",
    )

    @property
    def end(self) -> datetime | None:
        """When it closed, or will close by itself."""
        return min((moment for moment in (self.closed_at, self.closes_at) if moment), default=None)

    @property
    def is_published(self) -> bool:
        """Readers can see it, open or closed."""
        return self.published_at is not None and self.published_at <= now()

    @property
    def is_open(self) -> bool:
        """It takes signatures."""
        return self.is_published and (self.end is None or now() < self.end)

    @property
    def state(self) -> str:
        """`draft`, `published` or `closed`."""
        if not self.is_published:
            return "draft"
        return "published" if self.is_open else "closed"

    def confirms(self, signed_at: datetime) -> bool:
        """Whether a signature of that moment may still be confirmed: those who signed in time have 72 hours more."""
        if not self.is_published:
            return False
        return self.end is None or (signed_at <= self.end and now() < self.end + CONFIRMS_AFTER_CLOSING)
