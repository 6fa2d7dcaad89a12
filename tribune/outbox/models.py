"""A message is a mail that waits, or the trace of one that was sent; a mailbox is where we may write to."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tribune.database import Base, BigId, Moment, now

MOST_BOUNCES = 3  # then mails that others can cause are no longer sent there
BOUNCES_COUNT_FOR = timedelta(days=30)  # after the last one: mailboxes are emptied, and domains repaired
KEY_LENGTH = 43  # characters of a mailbox key
LONGEST_SENDER_NAME = 60  # characters: even on a telephone an opened mail shows what stands behind them
# Kinds not tallied: a tally counts the first mails about a thing, and these follow them.
UNTALLIED = {
    "already_signed", "remind_to_confirm", "remind_to_agree", "hidden", "shown", "published", "invitation_trial",
}  # fmt: skip
# Budgets of mails sent even to a mailbox whose owner wanted no more, or that sent some back: each mail module says why.
ALWAYS_SENT = {"log-in", "proof", "log-in-known", "report", "operator"}
# Budgets of mails that somebody causes by typing an address, and that leave or not as it has an account or none.
OF_ACCOUNTS = {"log-in", "proof", "log-in-known", "new-account"}
QUESTION = "question"  # from an invited person to the contact of the letter, or about one who took back a yes
WAITS = sa.text("sent_at IS NULL AND gave_up_at IS NULL")
LEAVES = sa.text(f"{WAITS.text} AND paused_at IS NULL")  # waiting and not paused
PAUSED = sa.text(f"{WAITS.text} AND paused_at IS NOT NULL")


class Mailbox(Base):
    """One canonical mailbox, known by a keyed hash; its budget is checked while this row is locked."""

    __tablename__ = "mailboxes"

    key: Mapped[str] = mapped_column(sa.String(KEY_LENGTH), primary_key=True)
    suppressed_at: Mapped[datetime | None] = mapped_column(Moment)
    allowed_at: Mapped[datetime | None] = mapped_column(Moment)  # the last time that its owner took that back
    hard_bounces: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")  # in a row
    bounced_at: Mapped[datetime | None] = mapped_column(Moment)  # the last one


class Message(Base):
    """A mail to one recipient. Links are stored unsigned; address and words are erased once it is sent."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    budget: Mapped[str] = mapped_column(sa.String(40))
    priority: Mapped[int] = mapped_column(sa.SmallInteger)
    mailbox_key: Mapped[str] = mapped_column(sa.String(KEY_LENGTH))
    about: Mapped[int | None] = mapped_column(sa.BigInteger)  # the id of what it is about
    recipient: Mapped[str | None] = mapped_column(sa.String(254))
    reply_to: Mapped[str | None] = mapped_column(sa.String(254))  # who reads answers; empty: nobody
    # In whose name it comes, beside that of the site; empty: of the site alone.
    sender_name: Mapped[str | None] = mapped_column(sa.String(LONGEST_SENDER_NAME))
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
    paused_at: Mapped[datetime | None] = mapped_column(Moment)  # waits until resumed
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    gave_up_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        sa.Index("ix_messages_waiting", "priority", "next_at", sqlite_where=LEAVES, postgresql_where=LEAVES),
        sa.Index("ix_messages_paused", "about", "kind", sqlite_where=PAUSED, postgresql_where=PAUSED),
        sa.Index("ix_messages_budget", "mailbox_key", "budget", "created_at"),
    )


# From when a mail that no longer waits counts within its budget: its sending, as one sent late could else arrive among
# those of the next day.
COUNTS_SINCE = sa.func.coalesce(Message.sent_at, Message.created_at, type_=Moment)


class MailRequest(Base):
    """An address typed into a form that is answered by mail alone; kept until it is answered."""

    __tablename__ = "mail_requests"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    form: Mapped[str] = mapped_column(sa.String(20))
    email: Mapped[str] = mapped_column(sa.String(254))
    locale: Mapped[str] = mapped_column(sa.String(5))
    asked_at: Mapped[datetime] = mapped_column(Moment, default=now)


class MailTally(Base):
    """How many mails about one thing were sent, and given up, in one hour; only the mail worker writes here."""

    __tablename__ = "mail_tallies"

    about: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    hour: Mapped[datetime] = mapped_column(Moment, primary_key=True)  # its beginning, in UTC
    sent: Mapped[int] = mapped_column(default=0)
    gave_up: Mapped[int] = mapped_column(default=0)
