"""Counters, and the switches an administrator has turned on."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tribune.database import Base, Moment, now


class Counter(Base):
    """How often one thing happened within one window of time; dropped once that is over."""

    __tablename__ = "counters"

    key: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    number: Mapped[int]
    until: Mapped[datetime] = mapped_column(Moment, index=True)


class Switch(Base):
    """One thing that an administrator has turned on; its row goes when it is turned off."""

    __tablename__ = "switches"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(500))
    since: Mapped[datetime] = mapped_column(Moment, default=now)
