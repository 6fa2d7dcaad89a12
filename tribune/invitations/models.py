"""An invitation asks one person to be a first signatory; a gathering is how one letter's invitations are worded."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tribune.database import Base, BigId, Moment, now
from tribune.letters.models import Letter
from tribune.outbox.models import KEY_LENGTH, Message
from tribune.signatures.models import Signature


class Invitation(Base):
    """Somebody the organisers ask: the line they propose, and what became of it. Not a signature yet."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id))
    rank: Mapped[int]  # among the invitations of the letter; people of the same rank share a line

    given_name: Mapped[str] = mapped_column(sa.String(100))
    family_name: Mapped[str] = mapped_column(sa.String(100))
    role: Mapped[str] = mapped_column(sa.String(200), default="")
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    affiliation: Mapped[str | None] = mapped_column(sa.String(400))  # as printed elsewhere; None: role, organisation
    capacity: Mapped[str] = mapped_column(sa.String(12), default="")
    as_organisation: Mapped[bool] = mapped_column(default=False)  # as for a signature
    section: Mapped[str] = mapped_column(sa.String(100), default="")

    email: Mapped[str | None] = mapped_column(sa.String(254))
    mailbox_key: Mapped[str | None] = mapped_column(sa.String(KEY_LENGTH))
    link_nonce: Mapped[str] = mapped_column(sa.String(32))
    note: Mapped[str] = mapped_column(sa.Text, default="")  # only the team sees it

    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    invited_at: Mapped[datetime | None] = mapped_column(Moment)  # when the first mail was posted
    message_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Message.id, ondelete="SET NULL"))  # the latest mail
    refused_at: Mapped[datetime | None] = mapped_column(Moment)  # when their mailbox could take no invitation
    reminders: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)  # when the page was first shown: to them or to a scanner
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    corrected_at: Mapped[datetime | None] = mapped_column(Moment)  # they changed the proposed line
    declined_at: Mapped[datetime | None] = mapped_column(Moment)
    word: Mapped[str] = mapped_column(sa.Text, default="")  # to the organisers, when they declined
    question: Mapped[str] = mapped_column(sa.Text, default="")
    asked_at: Mapped[datetime | None] = mapped_column(Moment)  # when; empty once the question waits for no answer
    tell: Mapped[bool] = mapped_column(default=False)  # they want to be told when the letter is published
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    signature_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Signature.id, ondelete="SET NULL"))
    # When this person gave their own name by another's link; the team decides whether to invite them.
    forwarded_at: Mapped[datetime | None] = mapped_column(Moment)
    # The invitation of that link; NULL once it is removed.
    forwarded_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invitations.id", ondelete="SET NULL"))

    letter: Mapped[Letter] = relationship()
    signature: Mapped[Signature | None] = relationship()
    message: Mapped[Message | None] = relationship()

    @property
    def is_answered(self) -> bool:
        """Whether they accepted or declined, or somebody answers for them."""
        return bool(self.accepted_at or self.declined_at or self.signature_id)

    @property
    def is_public(self) -> bool:
        """Whether readers see the line: it then follows the rules of every signature, and has its own page."""
        return self.signature is not None and self.letter.is_published

    __table_args__ = (
        sa.Index("ix_invitations_rank", "letter_id", "rank", "id"),
        sa.Index("ix_invitations_mailbox", "letter_id", "mailbox_key"),
        sa.Index("ix_invitations_message", "message_id"),
        sa.Index("ix_invitations_signature", "signature_id"),
        sa.Index("ix_invitations_forwarded_from", "forwarded_from_id"),
    )


# Accepted, and the signature still exists: the invitation is deleted with that signature, not with another of the
# same mailbox.
ACCEPTED = sa.and_(Invitation.accepted_at.is_not(None), Invitation.signature_id.is_not(None))


class Gathering(Base):
    """How the invitations of one letter are worded and sent: the mail, the day to answer by, whether paused."""

    __tablename__ = "gatherings"

    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(150))
    message: Mapped[str] = mapped_column(sa.Text)
    sender: Mapped[str] = mapped_column(sa.String(200))  # who signs the mail
    reply_by: Mapped[date | None] = mapped_column(sa.Date)
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    saved_at: Mapped[datetime] = mapped_column(Moment, default=now)
