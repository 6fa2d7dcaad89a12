"""Tables of signatures: the rows, their flags, erasures, merged spellings and tallies."""

from datetime import datetime
from random import SystemRandom
from string import ascii_lowercase

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tribune.database import Base, BigId, Moment, SortKey, now
from tribune.letters.models import Letter
from tribune.outbox.models import KEY_LENGTH

_random = SystemRandom()

# The one definition of who is shown; the indexes repeat it word for word, else the databases do not use them.
SHOWN = sa.text("signatures.counted_at IS NOT NULL AND signatures.hidden_at IS NULL AND signatures.published")
UNCLEARED = sa.text("flags.cleared_at IS NULL")  # flags still to be looked at; word for word as in their index
_open = sa.text(UNCLEARED.text.replace("flags.", ""))


def new_public_id() -> str:
    """Return a name for public addresses and files: 66 random bits, as letters, so that no spreadsheet rewrites it."""
    return "".join(_random.choices(ascii_lowercase, k=14))


class Signature(Base):
    """One submission of the form, or one attested or imported name, with its own content and link."""

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
    printed_organisation: Mapped[str | None] = mapped_column(sa.String(200))  # if its spelling is merged with another
    merge_id: Mapped[int | None] = mapped_column(sa.BigInteger)  # the Merge that gave printed_organisation
    capacity: Mapped[str] = mapped_column(sa.String(12), default="")
    section: Mapped[str] = mapped_column(sa.String(100), default="")
    # What follows the name, as printed elsewhere; NULL: built from role and organisation.
    affiliation: Mapped[str | None] = mapped_column(sa.String(400))
    # Place of a first signatory's line, in the organiser's order; people with the same position share the line.
    position: Mapped[int | None]
    # Where they stand among those who share the line; where that is the same, they stand as they were added.
    line_place: Mapped[int] = mapped_column(default=0, server_default="0")
    # The organisation itself signs, represented by the person.
    as_organisation: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    organisation_key: Mapped[str] = mapped_column(SortKey, default="")
    sort_key: Mapped[str] = mapped_column(SortKey)
    search_key: Mapped[str] = mapped_column(sa.Text)

    email: Mapped[str | None] = mapped_column(sa.String(254))
    mailbox_key: Mapped[str | None] = mapped_column(sa.String(KEY_LENGTH))
    domain: Mapped[str | None] = mapped_column(sa.String(254))  # of the address, without subdomains
    network_hash: Mapped[str | None] = mapped_column(sa.String(43))  # keyed hash of the sender's network, for 30 days
    locale: Mapped[str] = mapped_column(sa.String(5))
    link_nonce: Mapped[str] = mapped_column(sa.String(32))
    browser_hash: Mapped[str | None] = mapped_column(sa.String(64))

    published: Mapped[bool]  # agreed to have the line shown
    news: Mapped[bool]  # agreed to receive mails about this letter
    wording: Mapped[str] = mapped_column(sa.String(20), default="")  # which sentences of consent were shown

    signed_at: Mapped[datetime] = mapped_column(Moment, default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    attested_at: Mapped[datetime | None] = mapped_column(Moment)
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    hidden_at: Mapped[datetime | None] = mapped_column(Moment)
    counted_at: Mapped[datetime | None] = mapped_column(Moment)  # since when it counts; empty while it does not
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)  # its owner has left, and may sign again
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)  # the one reminder to confirm was posted
    disagreed_at: Mapped[datetime | None] = mapped_column(Moment)  # its owner declined a new text
    anonymised_at: Mapped[datetime | None] = mapped_column(Moment)  # names nobody since then, and may still count

    letter: Mapped[Letter] = relationship()
    flags: Mapped[list["Flag"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def is_shown(self) -> bool:
        """Whether readers see its line: as in SHOWN, and the letter lists people like this one."""
        return self.counted_at is not None and self.hidden_at is None and self.will_show

    @property
    def is_listed(self) -> bool:
        """Whether its letter shows people like this one if they agree to it."""
        return self.letter.public_list != "no" or self.position is not None

    @property
    def will_show(self) -> bool:
        """Whether readers see its line once it counts, unless hidden."""
        return self.published and self.is_listed

    @property
    def status(self) -> str:
        """Return `pending`, `confirmed`, `attested`, `held`, `hidden` or `withdrawn`."""
        for name in ("withdrawn", "held", "hidden", "confirmed", "attested"):
            if getattr(self, f"{name}_at"):
                return name
        return "pending"

    @property
    def is_vouched_for(self) -> bool:
        """Whether it was confirmed or attested, even if withdrawn since: as in VOUCHED_FOR."""
        return bool(self.confirmed_at or self.attested_at)

    @property
    def waits_for_agreement(self) -> bool:
        """Whether it does not count because its owner was asked to agree to a new text: for the organisers' table.

        Whether they still have to agree: `agreement.has_to_agree`, which queries the database.
        """
        return self.is_vouched_for and self.counted_at is None and self.held_at is None and self.withdrawn_at is None


# For pages that many read: the attributes of the class take half as long again, to build a statement and to read its
# rows. What the session has not flushed yet, a statement of these does not see.
COLUMNS = Signature.__table__.c
# All others are pending: anybody may have typed them.
VOUCHED_FOR = sa.or_(Signature.confirmed_at.is_not(None), Signature.attested_at.is_not(None))


class Flag(Base):
    """A reason for an organiser to look at a signature; it changes nothing by itself."""

    __tablename__ = "flags"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id))
    signature_id: Mapped[int] = mapped_column(sa.ForeignKey(Signature.id, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    cleared_at: Mapped[datetime | None] = mapped_column(Moment)  # off the list: an organiser looked or decided

    __table_args__ = (
        sa.UniqueConstraint("signature_id", "kind"),
        sa.Index("ix_flags_open", "letter_id", "kind", "signature_id", sqlite_where=_open, postgresql_where=_open),
    )


class Erasure(Base):
    """Something erased for good: the public id of a signature, or an `owner_name` of `signatures/erased.py`."""

    __tablename__ = "erasures"

    public_id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Merge(Base):
    """A spelling of an organisation that one letter prints as another."""

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id))
    from_key: Mapped[str] = mapped_column(SortKey)  # `organisation_key` of what people typed
    into: Mapped[str] = mapped_column(sa.String(200))  # what is printed; "" while it is being undone
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (sa.UniqueConstraint("letter_id", "from_key"),)


class Tally(Base):
    """How many signed, were reminded and confirmed under one letter in one hour; never lowered when people leave."""

    __tablename__ = "tallies"

    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id), primary_key=True)
    hour: Mapped[datetime] = mapped_column(Moment, primary_key=True)  # when it begins, in UTC
    signed: Mapped[int] = mapped_column(default=0)
    confirmed: Mapped[int] = mapped_column(default=0)
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    confirmed_after: Mapped[int] = mapped_column(default=0, server_default="0")  # part of `confirmed`: reminded before


def _index(name: str, columns: str, where: str, *, unique: bool = False) -> None:
    """Index these columns of the signatures that meet a condition."""
    some, indexed = sa.text(where), (COLUMNS[column] for column in columns.split())
    sa.Index(name, *indexed, unique=unique, sqlite_where=some, postgresql_where=some)


_bare = SHOWN.text.replace("signatures.", "")
_others = f"{_bare} AND position IS NULL"
_unvouched = "confirmed_at IS NULL AND attested_at IS NULL AND held_at IS NULL AND hidden_at IS NULL"
_asked = (  # about a new text, and have not answered
    "counted_at IS NULL AND held_at IS NULL AND withdrawn_at IS NULL AND disagreed_at IS NULL"
    " AND (confirmed_at IS NOT NULL OR attested_at IS NOT NULL)"
)
_one_per_person = "confirmed_at IS NOT NULL AND withdrawn_at IS NULL"
_index("uq_signatures_one_per_person", "letter_id mailbox_key", _one_per_person, unique=True)
_index("ix_signatures_recent", "letter_id counted_at id", _others)
_index("ix_signatures_surname", "letter_id sort_key id", _others)
_index("ix_signatures_first", "letter_id position line_place id", "position IS NOT NULL")
_index("ix_signatures_organisation", "letter_id organisation_key", _bare)
_index("ix_signatures_mailbox", "mailbox_key letter_id", "mailbox_key IS NOT NULL")
_index("ix_signatures_pending", "letter_id id", f"{_unvouched} AND withdrawn_at IS NULL")
_index("ix_signatures_unreminded", "signed_at id", f"{_unvouched} AND reminded_at IS NULL AND email IS NOT NULL")
_index("ix_signatures_browser", "browser_hash", "browser_hash IS NOT NULL")
_index("ix_signatures_attested", "letter_id id", "attested_at IS NOT NULL")
_index("ix_signatures_held", "letter_id id", "held_at IS NOT NULL AND withdrawn_at IS NULL")
_index("ix_signatures_asked", "letter_id id", _asked)
_index("ix_signatures_disagreed", "letter_id id", "disagreed_at IS NOT NULL")
_index("ix_signatures_hidden", "letter_id id", "hidden_at IS NOT NULL")
_index("ix_signatures_withdrawn", "letter_id id", "withdrawn_at IS NOT NULL")
_index("ix_signatures_nameless", "letter_id id", "anonymised_at IS NOT NULL")
_index("ix_signatures_merge", "merge_id", "merge_id IS NOT NULL")
_index("ix_signatures_sections", "letter_id section id", "section <> ''")
# letter_id last, or SQLite would wrongly use this index for a list by surname.
_index("ix_signatures_counted", "sort_key letter_id", "counted_at IS NOT NULL")
_index("ix_signatures_domain", "letter_id domain signed_at", "domain IS NOT NULL")
_index("ix_signatures_network", "letter_id network_hash signed_at", "network_hash IS NOT NULL")
# Not IS NOT NULL, or PostgreSQL would use this index for one network, and read all who signed lately.
_index("ix_signatures_networks_by_age", "signed_at", "network_hash <> ''")
# Of all rows, for the organisers' table.
sa.Index("ix_signatures_table", COLUMNS.letter_id, COLUMNS.id)
sa.Index("ix_signatures_table_surname", COLUMNS.letter_id, COLUMNS.sort_key, COLUMNS.id)
sa.Index("ix_signatures_table_organisation", COLUMNS.letter_id, COLUMNS.organisation_key, COLUMNS.id)
