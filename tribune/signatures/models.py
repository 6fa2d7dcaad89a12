"""A signature: one person's name under one letter, as a row."""

from datetime import datetime, timedelta
from random import SystemRandom
from string import ascii_lowercase

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tribune.database import Base, BigId, Moment, SortKey, now
from tribune.letters.models import Letter
from tribune.outbox.models import KEY_LENGTH

UNCONFIRMED = timedelta(days=14)  # after signing, for how long a row is kept that nobody confirms

_random = SystemRandom()

# The one definition of who is shown, word for word in the indexes and in the queries that use them.
SHOWN = sa.text("signatures.counted_at IS NOT NULL AND signatures.hidden_at IS NULL AND signatures.published")


UNCLEARED = sa.text("flags.cleared_at IS NULL")  # flags still to be looked at: word for word as in their index


def new_public_id() -> str:
    """Name a signature in public addresses and files: 66 random bits as letters, which no spreadsheet rewrites."""
    return "".join(_random.choices(ascii_lowercase, k=14))


class Signature(Base):
    """One submission of the form, one attested or one imported name; each has its own content and its own link."""

    __tablename__ = "signatures"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id))
    letter_version: Mapped[int]
    origin: Mapped[str] = mapped_column(sa.String(10), default="web")

    given_name: Mapped[str] = mapped_column(sa.String(100))
    family_name: Mapped[str] = mapped_column(sa.String(100))
    role: Mapped[str] = mapped_column(sa.String(200), default="")
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")  # as typed
    printed_organisation: Mapped[str | None] = mapped_column(sa.String(200))  # as merged with other spellings, if it is
    merge_id: Mapped[int | None] = mapped_column(sa.BigInteger)  # of that Merge
    capacity: Mapped[str] = mapped_column(sa.String(12), default="")
    section: Mapped[str] = mapped_column(sa.String(100), default="")
    affiliation: Mapped[str | None] = mapped_column(sa.String(400))  # as printed elsewhere; else of role, organisation
    # Of a first signatory's line, in the organiser's order; those who share it share the line.
    position: Mapped[int | None]
    # The organisation signs, represented by the person.
    as_organisation: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    organisation_key: Mapped[str] = mapped_column(SortKey, default="")
    sort_key: Mapped[str] = mapped_column(SortKey)
    search_key: Mapped[str] = mapped_column(sa.Text)

    email: Mapped[str | None] = mapped_column(sa.String(254))
    mailbox_key: Mapped[str | None] = mapped_column(sa.String(KEY_LENGTH))
    domain: Mapped[str | None] = mapped_column(sa.String(254))  # of the address
    network_hash: Mapped[str | None] = mapped_column(sa.String(43))  # keyed hash of where it came from, for 30 days
    locale: Mapped[str] = mapped_column(sa.String(5))
    link_nonce: Mapped[str] = mapped_column(sa.String(32))
    browser_hash: Mapped[str | None] = mapped_column(sa.String(64))
    code_tries: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")  # at the code of its mail

    published: Mapped[bool]  # agreed to have the line shown
    news: Mapped[bool]  # agreed to be written to about this letter
    wording: Mapped[str] = mapped_column(sa.String(20), default="")  # which sentences of consent were shown

    signed_at: Mapped[datetime] = mapped_column(Moment, default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    attested_at: Mapped[datetime | None] = mapped_column(Moment)
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    hidden_at: Mapped[datetime | None] = mapped_column(Moment)
    counted_at: Mapped[datetime | None] = mapped_column(Moment)  # since when it counts; empty while it does not
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)  # its owner has left, and may come back
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)  # asked once more to confirm, for the only time
    disagreed_at: Mapped[datetime | None] = mapped_column(Moment)  # asked about a new text, its owner does not sign it
    anonymised_at: Mapped[datetime | None] = mapped_column(Moment)  # since when it names nobody, and at most counts

    letter: Mapped[Letter] = relationship()
    flags: Mapped[list["Flag"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def is_shown(self) -> bool:
        """Readers see its line: as SHOWN says, where the letter lists people like this one."""
        return self.counted_at is not None and self.hidden_at is None and self.will_show

    @property
    def is_listed(self) -> bool:
        """Its letter shows people like this one, if they agree: then whether they do is theirs to say."""
        return self.letter.public_list != "no" or self.position is not None

    @property
    def will_show(self) -> bool:
        """Readers see its line once it counts."""
        return self.published and self.is_listed

    @property
    def status(self) -> str:
        """`pending`, `confirmed`, `attested`, `held`, `hidden` or `withdrawn`."""
        for name in ("withdrawn", "held", "hidden", "confirmed", "attested"):
            if getattr(self, f"{name}_at"):
                return name
        return "pending"

    @property
    def is_vouched_for(self) -> bool:
        """Its owner has confirmed it, or the organisers answer for it, be it withdrawn since: as VOUCHED_FOR says."""
        return bool(self.confirmed_at or self.attested_at)

    @property
    def waits_for_agreement(self) -> bool:
        """It does not count because its owner was asked to agree to the words of today, as organisers read in a table.

        Whether they still have to: `agreement.has_to_agree`.
        """
        return self.is_vouched_for and self.counted_at is None and self.held_at is None and self.withdrawn_at is None


# The others wait to be confirmed: anybody may have typed them.
VOUCHED_FOR = sa.or_(Signature.confirmed_at.is_not(None), Signature.attested_at.is_not(None))


class Flag(Base):
    """Something an organiser should look at; it changes nothing by itself."""

    __tablename__ = "flags"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id))
    signature_id: Mapped[int] = mapped_column(sa.ForeignKey(Signature.id, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    cleared_at: Mapped[datetime | None] = mapped_column(Moment)  # an organiser looked, and finds nothing wrong

    __table_args__ = (sa.UniqueConstraint("signature_id", "kind"),)


class Erasure(Base):
    """What is gone for good: the public name of a signature that was erased, or a name of `signatures/erased.py`."""

    __tablename__ = "erasures"

    public_id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Merge(Base):
    """One spelling of an organisation that is printed as another under one letter."""

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id))
    from_key: Mapped[str] = mapped_column(SortKey)  # as `organisation_key` of what people typed
    into: Mapped[str] = mapped_column(sa.String(200))  # what is printed; empty once undone, until its last line is
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (sa.UniqueConstraint("letter_id", "from_key"),)


class Tally(Base):
    """How many signed, were reminded and confirmed under one letter in one hour; never lowered, whoever leaves."""

    __tablename__ = "tallies"

    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id), primary_key=True)
    hour: Mapped[datetime] = mapped_column(Moment, primary_key=True)  # its beginning, in UTC
    signed: Mapped[int] = mapped_column(default=0)
    confirmed: Mapped[int] = mapped_column(default=0)
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    confirmed_after: Mapped[int] = mapped_column(default=0, server_default="0")  # of `confirmed`, those reminded before


def _index(name: str, *columns: object, where: sa.TextClause, unique: bool = False) -> sa.Index:
    return sa.Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)  # type: ignore[arg-type]


_bare = sa.text(SHOWN.text.replace("signatures.", ""))
_index(
    "uq_signatures_one_per_person",
    Signature.letter_id,
    Signature.mailbox_key,
    where=sa.text("confirmed_at IS NOT NULL AND withdrawn_at IS NULL"),
    unique=True,
)
_index(
    "ix_signatures_recent",
    Signature.letter_id,
    Signature.counted_at,
    Signature.id,
    where=sa.text(f"{_bare.text} AND position IS NULL"),
)
_index(
    "ix_signatures_surname",
    Signature.letter_id,
    Signature.sort_key,
    Signature.id,
    where=sa.text(f"{_bare.text} AND position IS NULL"),
)
_index(
    "ix_signatures_first", Signature.letter_id, Signature.position, Signature.id, where=sa.text("position IS NOT NULL")
)
_index("ix_signatures_organisation", Signature.letter_id, Signature.organisation_key, where=_bare)
sa.Index("ix_signatures_table", Signature.letter_id, Signature.id)
_index(
    "ix_signatures_mailbox",
    Signature.mailbox_key,
    Signature.letter_id,
    where=sa.text("mailbox_key IS NOT NULL"),
)
_index(
    "ix_signatures_pending",
    Signature.letter_id,
    Signature.id,
    where=sa.text(
        "confirmed_at IS NULL AND attested_at IS NULL"
        " AND held_at IS NULL AND hidden_at IS NULL AND withdrawn_at IS NULL"
    ),
)
_index(
    "ix_signatures_unreminded",
    Signature.signed_at,
    Signature.id,
    where=sa.text(
        "confirmed_at IS NULL AND attested_at IS NULL AND held_at IS NULL AND hidden_at IS NULL "
        "AND reminded_at IS NULL AND email IS NOT NULL"
    ),
)
_index("ix_signatures_browser", Signature.browser_hash, where=sa.text("browser_hash IS NOT NULL"))
_index("ix_signatures_attested", Signature.letter_id, Signature.id, where=sa.text("attested_at IS NOT NULL"))
_index(
    "ix_signatures_held",
    Signature.letter_id,
    Signature.id,
    where=sa.text("held_at IS NOT NULL AND withdrawn_at IS NULL"),
)
_index(
    "ix_signatures_asked",  # about a new text, and silent
    Signature.letter_id,
    Signature.id,
    where=sa.text(
        "counted_at IS NULL AND held_at IS NULL AND withdrawn_at IS NULL AND disagreed_at IS NULL"
        " AND (confirmed_at IS NOT NULL OR attested_at IS NOT NULL)"
    ),
)
_index("ix_signatures_hidden", Signature.letter_id, Signature.id, where=sa.text("hidden_at IS NOT NULL"))
_index("ix_signatures_withdrawn", Signature.letter_id, Signature.id, where=sa.text("withdrawn_at IS NOT NULL"))
_index("ix_signatures_nameless", Signature.letter_id, Signature.id, where=sa.text("anonymised_at IS NOT NULL"))
_index("ix_signatures_merge", Signature.merge_id, where=sa.text("merge_id IS NOT NULL"))
_index("ix_signatures_sections", Signature.letter_id, Signature.section, Signature.id, where=sa.text("section <> ''"))
# The letter last, or SQLite would walk it for a list by surname, for which it is not made.
_index("ix_signatures_counted", Signature.sort_key, Signature.letter_id, where=sa.text("counted_at IS NOT NULL"))
sa.Index("ix_signatures_table_surname", Signature.letter_id, Signature.sort_key, Signature.id)
sa.Index("ix_signatures_table_organisation", Signature.letter_id, Signature.organisation_key, Signature.id)
_index(
    "ix_signatures_domain",
    Signature.letter_id,
    Signature.domain,
    Signature.signed_at,
    where=sa.text("domain IS NOT NULL"),
)
_index(
    "ix_signatures_network",
    Signature.letter_id,
    Signature.network_hash,
    Signature.signed_at,
    where=sa.text("network_hash IS NOT NULL"),
)
_index("ix_signatures_networks_by_age", Signature.signed_at, where=sa.text("network_hash IS NOT NULL"))
_index(
    "ix_flags_open", Flag.letter_id, Flag.kind, Flag.signature_id, where=sa.text(UNCLEARED.text.replace("flags.", ""))
)
