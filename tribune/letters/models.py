"""Tables of a letter: the letter, the versions of its text, unsaved drafts, additions, and its picture."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tribune.database import Base, BigId, Moment, now
from tribune.organisers.models import Organiser
from tribune.teams.models import Team

CONFIRMS_AFTER_CLOSING = timedelta(hours=72)
WORDS = ("title", "standfirst", "text", "authors", "addressee")  # the columns of a version that people sign


class Version(Base):
    """The text of a letter at a moment, with its authors and addressee. A signature names the version it signed."""

    __tablename__ = "versions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letters.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(300))
    standfirst: Mapped[str] = mapped_column(sa.Text, default="")
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    authors: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    addressee: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    # False for versions from before migration 0014, without authors and addressee: a printed digest never changes.
    names_in_digest: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    reason: Mapped[str] = mapped_column(sa.Text, default="")  # why it replaces the one before; readers see it
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    signed_at: Mapped[datetime | None] = mapped_column(Moment)  # first signed, or asked about: never edited since
    frozen_at: Mapped[datetime | None] = mapped_column(Moment)  # first confirmed: the next version needs a reason
    asks_again: Mapped[bool] = mapped_column(default=False)  # whoever signed earlier words has to agree to count
    withheld: Mapped[str] = mapped_column(sa.String(10), default="", server_default="")  # or "reason", or "text": both
    withheld_for: Mapped[str] = mapped_column(sa.Text, default="", server_default="")  # what its organisers are told

    __table_args__ = (sa.UniqueConstraint("letter_id", "number"),)

    @property
    def words(self) -> dict[str, str]:
        """Return what people sign, by column name."""
        return {name: getattr(self, name) for name in WORDS}

    @property
    def is_withheld(self) -> bool:
        """Whether readers no longer see its words, nor why it was written, by a decision of whoever runs the site."""
        return self.withheld == "text"

    @property
    def told_reason(self) -> str:
        """Return the reason as readers and signatories see it: "" if it is withheld."""
        return "" if self.withheld else self.reason

    @property
    def digest(self) -> str:
        """Identify exactly these words, in forms: the first 32 hexadecimal digits of `whole_digest`.

        Of 16 digits, somebody who writes both texts finds two that share them within hours, and could have people sign
        the one while they read the other.
        """
        return self.whole_digest[:32]

    @property
    def whole_digest(self) -> str:
        """Return the SHA-256 of WORDS in UTF-8, joined by zero bytes, as 64 hexadecimal digits: for proofs."""
        signed = WORDS if self.names_in_digest else WORDS[:3]
        return sha256("\0".join(getattr(self, name) for name in signed).encode()).hexdigest()


class Letter(Base):
    """An open letter: who carries it, where it was printed, what its form asks, and how many have signed."""

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    team_id: Mapped[int] = mapped_column(sa.ForeignKey(Team.id), index=True)
    revision: Mapped[int] = mapped_column(default=1)  # rises at each change: whoever saves over another is told
    version_number: Mapped[int] = mapped_column(default=1)
    locale: Mapped[str] = mapped_column(sa.String(5), default="fr")
    timezone: Mapped[str] = mapped_column(sa.String(40), default="Europe/Paris")  # of moments as typed and shown
    controller: Mapped[str] = mapped_column(sa.String(300), default="")
    contact: Mapped[str] = mapped_column(sa.String(254), default="")  # the controller's address, shown on the form
    goal: Mapped[int | None]
    outlet: Mapped[str] = mapped_column(sa.String(100), default="")
    outlet_url: Mapped[str] = mapped_column(sa.String(500), default="")
    printed_on: Mapped[date | None] = mapped_column(sa.Date)
    asks_role: Mapped[str] = mapped_column(sa.String(10), default="optional")
    asks_organisation: Mapped[str] = mapped_column(sa.String(10), default="optional")
    public_file: Mapped[bool] = mapped_column(default=True)
    public_list: Mapped[str] = mapped_column(sa.String(10), default="yes")  # or "initials", or "no"
    noindex: Mapped[bool] = mapped_column(default=False)  # search engines are asked to leave it out
    preview_nonce: Mapped[str | None] = mapped_column(sa.String(32))  # of the private link, if there is one
    # Counted from closing; empty: as long as the site keeps names.
    names_kept_months: Mapped[int | None]
    confirmed_count: Mapped[int] = mapped_column(default=0)
    attested_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    announced_at: Mapped[datetime | None] = mapped_column(Moment)  # first signatories were told of the publication
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    taken_down_at: Mapped[datetime | None] = mapped_column(Moment)  # by whoever runs the site: hidden from readers
    taken_down_for: Mapped[str] = mapped_column(sa.Text, default="", server_default="")  # what its organisers are told

    team: Mapped[Team] = relationship()
    version: Mapped[Version] = relationship(
        primaryjoin=lambda: sa.and_(Letter.id == Version.letter_id, Letter.version_number == Version.number),
        foreign_keys=lambda: [Version.letter_id, Version.number],
        uselist=False,
        viewonly=True,
        lazy="joined",
    )
    image: Mapped["Image | None"] = relationship(
        primaryjoin=lambda: sa.and_(Letter.id == Image.letter_id, Image.removed_at.is_(None)),
        uselist=False,
        viewonly=True,
        lazy="joined",
    )

    @property
    def end(self) -> datetime | None:
        """Return when it closed or was taken down, or will close by itself."""
        ends = self.closed_at, self.closes_at, self.taken_down_at
        return min((moment for moment in ends if moment), default=None)

    @property
    def is_published(self) -> bool:
        """Whether readers see it, open or closed, or did before it was taken down."""
        return self.published_at is not None and self.published_at <= now()

    @property
    def is_readable(self) -> bool:
        """Whether readers see it now, open or closed."""
        return self.is_published and not self.taken_down_at

    @property
    def is_open(self) -> bool:
        """Whether it takes signatures now."""
        return self.is_published and (self.end is None or now() < self.end)

    @property
    def is_printed(self) -> bool:
        """Whether its newspaper has printed it: the given day has come or, without one, it is published here."""
        if self.printed_on:
            return self.printed_on <= now().astimezone(self.zone).date()
        return self.is_published

    @property
    def zone(self) -> ZoneInfo:
        """Return its timezone."""
        return ZoneInfo(self.timezone)

    @property
    def state(self) -> str:
        """Return `draft`, `scheduled`, `published` or `closed`."""
        if not self.is_published:
            return "scheduled" if self.published_at else "draft"
        return "published" if self.is_open else "closed"

    @property
    def confirms_until(self) -> datetime | None:
        """Return until when signatures can be confirmed; None if no end is set."""
        if self.taken_down_at:
            return self.taken_down_at
        last = datetime.max.replace(tzinfo=UTC) - CONFIRMS_AFTER_CLOSING  # some letters close in 9999, meaning never
        return min(self.end, last) + CONFIRMS_AFTER_CLOSING if self.end else None

    @property
    def takes_answers(self) -> bool:
        """Whether people asked now to agree again can answer: always before publication, even past `closes_at`."""
        return not self.is_published or self.confirms_until is None or now() < self.confirms_until

    def confirms(self, signed_at: datetime) -> bool:
        """Whether a signature of that moment may still be confirmed: up to 72 hours after the end, if made before."""
        if not self.is_published:
            return False
        end, until = self.end, self.confirms_until
        return end is None or until is None or (signed_at <= end and now() < until)


class Draft(Base):
    """What one organiser has typed and not saved; only they see it, until they save it or throw it away."""

    __tablename__ = "drafts"

    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id), primary_key=True)
    organiser_id: Mapped[int] = mapped_column(sa.ForeignKey(Organiser.id), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # the fields of the form, by name
    revision: Mapped[int]  # of the letter when the draft was begun
    saved_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Addendum(Base):
    """A paragraph added after people signed: it stands outside the signed text."""

    __tablename__ = "addenda"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Image(Base):
    """The picture of a letter as it is served; re-encoded, so that it holds nothing but pixels."""

    __tablename__ = "images"

    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id), primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(16))  # part of its address, so that a new picture has a new one
    data: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)  # JPEG
    width: Mapped[int]  # pixels
    height: Mapped[int]
    description: Mapped[str] = mapped_column(sa.String(300))
    credit: Mapped[str] = mapped_column(sa.String(200), default="")
    removed_at: Mapped[datetime | None] = mapped_column(Moment)  # hidden since then; can be put back
