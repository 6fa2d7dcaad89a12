"""A batch is one act on some signatures, large or small, that can be undone whole."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tribune.database import Base, BigId, Moment, now
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.signatures.models import Signature


class Batch(Base):
    """Hide, show, hold, release or ask again: what was chosen, how far it came, and whether it was undone."""

    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey(Letter.id), index=True)
    organiser_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Organiser.id))
    verb: Mapped[str] = mapped_column(sa.String(10))
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    tells: Mapped[bool] = mapped_column(default=False)  # each signatory is told by mail
    choice: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # filters, signatures picked, or a version to ask about
    last_id: Mapped[int] = mapped_column(BigId, default=0)  # how far it came
    up_to_id: Mapped[int] = mapped_column(BigId)  # who signed later is not concerned
    total: Mapped[int] = mapped_column(default=0)  # rows, as counted before it began
    done: Mapped[int] = mapped_column(default=0)  # rows changed so far, and not changed back
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)  # and the moment that it writes in each row
    finished_at: Mapped[datetime | None] = mapped_column(Moment)  # empty while it is under way, forth or back
    undone_at: Mapped[datetime | None] = mapped_column(Moment)  # since when it goes back, or has

    letter: Mapped[Letter] = relationship()
    organiser: Mapped[Organiser | None] = relationship()


class BatchRow(Base):
    """What one signature was before a batch changed it."""

    __tablename__ = "batch_rows"

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey(Batch.id), primary_key=True)
    signature_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Signature.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    hidden_at: Mapped[datetime | None] = mapped_column(Moment)
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    counted_at: Mapped[datetime | None] = mapped_column(Moment)
    disagreed_at: Mapped[datetime | None] = mapped_column(Moment)
