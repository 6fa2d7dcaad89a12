"""Accounts: created, renamed, logged in and out, deleted."""

from secrets import token_hex, token_urlsafe

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tribune.database import Base, now, write
from tribune.organisers import mails
from tribune.organisers.models import LogIn, Organiser
from tribune.organisers.queries import open_to_all, organiser_by_address
from tribune.outbox.mailboxes import deliverable, mailbox_key


class AlreadyThere(Exception):
    """This mailbox already has an account."""


class LinkUsed(Exception):
    """This log-in link, or a later one, has been used."""


def add(email: str, name: str) -> Organiser:
    """Make an account. Raises AddressRefused or AlreadyThere."""
    with write() as session:
        if organiser_by_address(email):
            raise AlreadyThere
        organiser = Organiser(
            email=deliverable(email), mailbox_key=mailbox_key(email), name=name, link_nonce=token_urlsafe(16)
        )
        try:
            with session.begin_nested():
                session.add(organiser)
        except IntegrityError:  # somebody else has just made it
            raise AlreadyThere from None
    return organiser


def rename(organiser: Organiser, name: str) -> None:
    """Change the name of an account; past lines of the log keep the old one."""
    with write():
        organiser.name = name


def ask_to_log_in(email: str, locale: str, *, known: bool = False) -> None:
    """Mail a log-in link if there is such an account; else, on a site open to all, a link that makes one.

    `known`: the account was logged in before in the browser that asks.
    """
    with write():
        organiser = organiser_by_address(email)
        if organiser is not None:
            if organiser.blocked_at is None:
                mails.post_log_in(organiser, locale, mails.KNOWN if known else mails.LOG_IN)
        elif open_to_all():
            mails.post_new_account(email, locale)


def ask_to_prove(organiser: Organiser, locale: str) -> bool:
    """Mail a log-in link to somebody already logged in; False when the budget of the day is used up."""
    with write():
        return mails.post_log_in(organiser, locale, mails.PROOF)


def enter(organiser_id: int, nonce: str, *, browser: str = "", instead_of: LogIn | None = None) -> LogIn:
    """Spend a log-in link, exactly once, and open a log-in. Raises LinkUsed."""
    with write() as session:
        spent = session.execute(
            sa.update(Organiser)
            .where(Organiser.id == organiser_id, Organiser.link_nonce == nonce)
            .values(link_nonce=token_urlsafe(16))
        )
        if spent.rowcount != 1:  # type: ignore[attr-defined]
            raise LinkUsed
        return open_log_in(organiser_id, browser=browser, instead_of=instead_of)


def open_log_in(organiser_id: int, *, browser: str = "", instead_of: LogIn | None = None) -> LogIn:
    """Open a fresh log-in for a browser; `instead_of`, the one it had, ends."""
    with write() as session:
        if instead_of is not None:
            leave(instead_of)
        log_in = LogIn(id=token_hex(16), organiser_id=organiser_id, browser=browser)
        session.add(log_in)
    return log_in


def leave(log_in: LogIn) -> None:
    """End a log-in: its cookie, and every copy of it, no longer works."""
    _end(LogIn.id == log_in.id)


def leave_elsewhere(log_in: LogIn) -> None:
    """End every other log-in of this organiser."""
    _end(LogIn.organiser_id == log_in.organiser_id, LogIn.id != log_in.id)


def leave_everywhere(organiser: Organiser) -> int:
    """End every log-in of this organiser, and every mailed link; return how many log-ins ended."""
    with write() as session:
        organiser.link_nonce = token_urlsafe(16)
        session.flush()  # the account before its log-ins, as who enters
        return _end(LogIn.organiser_id == organiser.id)


def _end(*which: sa.ColumnElement[bool]) -> int:
    with write() as session:
        ended = session.execute(sa.update(LogIn).where(*which, LogIn.ended_at.is_(None)).values(ended_at=now()))
    return int(ended.rowcount)  # type: ignore[attr-defined]


def shut_out(organiser: Organiser) -> int:
    """Block an account: no link and no passkey opens it. Return how many log-ins ended."""
    with write():
        organiser.blocked_at = organiser.blocked_at or now()
        return leave_everywhere(organiser)


def unblock(organiser: Organiser) -> None:
    """Let its owner log in again."""
    with write():
        organiser.blocked_at = None


def forget(organiser: Organiser) -> None:
    """Delete an account and what is its own; what others keep, such as the log, no longer points to it.

    The schema decides, for every area: a nullable reference becomes empty, a row with a required one is deleted.
    """
    with write() as session:
        mails.drop_log_ins(organiser)
        for table in reversed(Base.metadata.sorted_tables):
            for column in table.c:
                if column.references(Organiser.__table__.c.id):
                    change = sa.update(table).values({column: None}) if column.nullable else sa.delete(table)
                    session.execute(change.where(column == organiser.id))
        session.execute(sa.delete(Organiser).where(Organiser.id == organiser.id))
