"""Batches: one act on some signatures, undone as a whole."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tribune.database import Base, BigId, Moment, now
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.signatures.models import Signature

ASKING = ("ask", "remind")  # verbs that mail people who signed earlier words, who must be able to answer


class Batch(Base):
    """Hide, show, hold, release, ask again, remind, import: what was chosen, how far it came, whether it was undone."""

    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id), index=True)
    organiser_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Organiser.id))
    verb: Mapped[str] = mapped_column(sa.String(10))
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    tells: Mapped[bool] = mapped_column(default=False)  # signatories are told by mail
    choice: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # a filter, ids, or a version to ask about
    last_id: Mapped[int] = mapped_column(BigId, default=0)  # the last signature of the pieces done so far
    up_to_id: Mapped[int] = mapped_column(BigId)  # later signatures are not concerned
    total: Mapped[int] = mapped_column(default=0)  # rows, counted before it began
    done: Mapped[int] = mapped_column(default=0)  # rows changed so far, minus those changed back
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)  # also the moment that it writes into each row
    finished_at: Mapped[datetime | None] = mapped_column(Moment)  # empty while it, or its undoing, is under way
    undone_at: Mapped[datetime | None] = mapped_column(Moment)  # when undoing began

    letter: Mapped[Letter] = relationship()
    organiser: Mapped[Organiser | None] = relationship()

    @property
    def goes_on(self) -> bool:
        """Whether there is more to do, and now: an import needs its file; those asked must be able to answer."""
        waits = self.verb == "import" or (self.verb in ASKING and not self.letter.takes_answers)
        return self.finished_at is None and (self.undone_at is not None or not waits)

    @property
    def can_be_undone(self) -> bool:
        """Whether it changed anything that could be as before: a reminder did not."""
        return self.verb != "remind" and self.undone_at is None


class BatchRow(Base):
    """The columns of one signature before a batch changed it."""

    __tablename__ = "batch_rows"

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey(Batch.id), primary_key=True)
    signature_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Signature.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    hidden_at: Mapped[datetime | None] = mapped_column(Moment)
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    counted_at: Mapped[datetime | None] = mapped_column(Moment)
    disagreed_at: Mapped[datetime | None] = mapped_column(Moment)
