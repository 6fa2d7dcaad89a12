"""An invitation asks one person to be a first signatory; a gathering is how those of one letter are asked."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tribune.database import Base, BigId, Moment, now
from tribune.letters.models import Letter
from tribune.outbox.models import KEY_LENGTH, Message
from tribune.signatures.models import Signature


class Invitation(Base):
    """Somebody the organisers ask: the line as they propose it, and what became of it. They are no signatory yet."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id))
    rank: Mapped[int]  # among the invitations of the letter; those who have the same are to share a line

    given_name: Mapped[str] = mapped_column(sa.String(100))
    family_name: Mapped[str] = mapped_column(sa.String(100))
    role: Mapped[str] = mapped_column(sa.String(200), default="")
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    affiliation: Mapped[str | None] = mapped_column(sa.String(400))  # as printed elsewhere; else of role, organisation
    capacity: Mapped[str] = mapped_column(sa.String(12), default="")
    as_organisation: Mapped[bool] = mapped_column(default=False)  # as of a signature
    section: Mapped[str] = mapped_column(sa.String(100), default="")

    email: Mapped[str | None] = mapped_column(sa.String(254))
    mailbox_key: Mapped[str | None] = mapped_column(sa.String(KEY_LENGTH))
    link_nonce: Mapped[str] = mapped_column(sa.String(32))
    note: Mapped[str] = mapped_column(sa.Text, default="")  # of the team, for the team

    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    invited_at: Mapped[datetime | None] = mapped_column(Moment)  # when the first mail was posted
    message_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Message.id, ondelete="SET NULL"))  # the latest mail
    refused_at: Mapped[datetime | None] = mapped_column(Moment)  # when their mailbox could be sent no invitation
    reminders: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)  # when the page was first shown: to them or to a scanner
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    corrected_at: Mapped[datetime | None] = mapped_column(Moment)  # they gave another line than the one proposed
    declined_at: Mapped[datetime | None] = mapped_column(Moment)
    word: Mapped[str] = mapped_column(sa.Text, default="")  # to the organisers, when they declined
    question: Mapped[str] = mapped_column(sa.Text, default="")
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    tell: Mapped[bool] = mapped_column(default=False)  # they want to be told when the letter is published
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    signature_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Signature.id, ondelete="SET NULL"))
    # The link of another was opened by this person, who gave their own name; the team decides to invite them.
    forwarded_at: Mapped[datetime | None] = mapped_column(Moment)
    # The invitation of that link, while it is there: whoever it was for may be removed, or erase what came of it.
    forwarded_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invitations.id", ondelete="SET NULL"))

    letter: Mapped[Letter] = relationship()
    signature: Mapped[Signature | None] = relationship()
    message: Mapped[Message | None] = relationship()

    @property
    def is_answered(self) -> bool:
        """They have said yes or no, or somebody answers for them."""
        return bool(self.accepted_at or self.declined_at or self.signature_id)

    @property
    def is_public(self) -> bool:
        """Readers see the line: from now on the rules of every signature hold, and it has a page of its own."""
        return self.signature is not None and self.letter.is_published

    __table_args__ = (
        sa.Index("ix_invitations_rank", "letter_id", "rank", "id"),
        sa.Index("ix_invitations_mailbox", "letter_id", "mailbox_key"),
        sa.Index("ix_invitations_message", "message_id"),
        sa.Index("ix_invitations_signature", "signature_id"),
        sa.Index("ix_invitations_forwarded_from", "forwarded_from_id"),
    )


# Accepted by a signature that is there: it goes with that one, and with no other of the same mailbox.
ACCEPTED = sa.and_(Invitation.accepted_at.is_not(None), Invitation.signature_id.is_not(None))


class Gathering(Base):
    """How the first signatories of one letter are asked: the words of the mail, and until when."""

    __tablename__ = "gatherings"

    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(150))
    message: Mapped[str] = mapped_column(sa.Text)
    sender: Mapped[str] = mapped_column(sa.String(200))  # who signs the mail
    reply_by: Mapped[date | None] = mapped_column(sa.Date)
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    saved_at: Mapped[datetime] = mapped_column(Moment, default=now)
