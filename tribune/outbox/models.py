"""A message is a mail that has not left yet, or a trace that it did; a mailbox is an address we may write to."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tribune.database import Base, BigId, Moment, now

MOST_BOUNCES = 3  # then what others can cause is not mailed there
BOUNCES_COUNT_FOR = timedelta(days=30)  # from the last one: mailboxes are emptied, and domains mended
KEY_LENGTH = 43  # characters of a mailbox key
# Kinds that no tally counts: those tell of a thing how many were mailed about it at first.
UNTALLIED = {"already_signed", "remind_to_confirm", "hidden", "shown", "published", "invitation_trial"}
QUESTION = "question"  # of somebody invited, to the contact of their letter
WAITS = sa.text("sent_at IS NULL AND gave_up_at IS NULL")
LEAVES = sa.text(f"{WAITS.text} AND paused_at IS NULL")  # of what waits, what nobody has paused
PAUSED = sa.text(f"{WAITS.text} AND paused_at IS NOT NULL")


class Mailbox(Base):
    """One canonical mailbox, known by a keyed hash: what it may receive is decided while this row is locked."""

    __tablename__ = "mailboxes"

    key: Mapped[str] = mapped_column(sa.String(KEY_LENGTH), primary_key=True)
    suppressed_at: Mapped[datetime | None] = mapped_column(Moment)
    hard_bounces: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")  # one after the other
    bounced_at: Mapped[datetime | None] = mapped_column(Moment)  # the last of them


class Message(Base):
    """A mail to one recipient. Links are stored unsigned; address and words are erased once it has left."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    budget: Mapped[str] = mapped_column(sa.String(40))
    priority: Mapped[int] = mapped_column(sa.SmallInteger)
    mailbox_key: Mapped[str] = mapped_column(sa.String(KEY_LENGTH))
    about: Mapped[int | None] = mapped_column(sa.BigInteger)  # the number of what it is about
    recipient: Mapped[str | None] = mapped_column(sa.String(254))
    reply_to: Mapped[str | None] = mapped_column(sa.String(254))  # who reads the answers; empty: nobody
    locale: Mapped[str] = mapped_column(sa.String(5))
    subject: Mapped[str | None] = mapped_column(sa.String(200))
    text: Mapped[str | None] = mapped_column(sa.Text)
    html: Mapped[str | None] = mapped_column(sa.Text)
    links: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    message_id: Mapped[str] = mapped_column(sa.String(200), unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(sa.String(40))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    next_at: Mapped[datetime] = mapped_column(Moment, default=now)
    paused_at: Mapped[datetime | None] = mapped_column(Moment)  # it waits until it is allowed to leave again
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    gave_up_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        sa.Index("ix_messages_waiting", "priority", "next_at", sqlite_where=LEAVES, postgresql_where=LEAVES),
        sa.Index("ix_messages_paused", "about", "kind", sqlite_where=PAUSED, postgresql_where=PAUSED),
        sa.Index("ix_messages_budget", "mailbox_key", "budget", "created_at"),
    )


# Since when a mail counts within its budget, once it waits no more: one that left late would else arrive among those of
# the next day.
COUNTS_SINCE = sa.func.coalesce(Message.sent_at, Message.created_at, type_=Moment)


class MailRequest(Base):
    """Somebody typed this address in a form that is answered by mail alone; kept until it is answered."""

    __tablename__ = "mail_requests"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    form: Mapped[str] = mapped_column(sa.String(20))
    email: Mapped[str] = mapped_column(sa.String(254))
    locale: Mapped[str] = mapped_column(sa.String(5))
    asked_at: Mapped[datetime] = mapped_column(Moment, default=now)


class MailTally(Base):
    """How many mails about one thing left, and how many were given up, in one hour: only who delivers writes here."""

    __tablename__ = "mail_tallies"

    about: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    hour: Mapped[datetime] = mapped_column(Moment, primary_key=True)  # its beginning, in UTC
    sent: Mapped[int] = mapped_column(default=0)
    gave_up: Mapped[int] = mapped_column(default=0)
