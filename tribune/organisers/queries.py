"""Questions about organisers."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import current_app

from tribune.database import db, now
from tribune.organisers.models import LOG_IN_LASTS, LogIn, Organiser
from tribune.outbox.mailboxes import AddressRefused, is_of_mailbox, mailbox_key
from tribune.statements import the_one, there_is


def organiser_by_address(email: str) -> Organiser | None:
    """Return the account of an address, in any spelling of its mailbox."""
    try:
        key = mailbox_key(email)
    except AddressRefused:
        return None
    return the_one(Organiser, Organiser.mailbox_key == key)


def has_account(key: str) -> bool:
    """Whether this mailbox has an account."""
    return there_is(Organiser.mailbox_key == key)


def is_administrator(organiser: Organiser) -> bool:
    """Whether ADMINISTRATORS names the mailbox of this account, in any spelling."""
    return any(is_of_mailbox(address, organiser.mailbox_key) for address in current_app.config["ADMINISTRATORS"])


def open_to_all() -> bool:
    """Whether anybody may make an account on this site."""
    return bool(current_app.config["REGISTRATION"] == "open")


def current_log_in(log_in_id: str) -> LogIn | None:
    """Return the log-in a cookie names, unless it has ended."""
    log_in = db.session.get(LogIn, log_in_id)
    return log_in if log_in is not None and log_in.is_current else None


def log_ins_of(organiser: Organiser) -> Sequence[LogIn]:
    """Return this organiser's current log-ins, the latest first, at most a hundred."""
    query = sa.select(LogIn).where(LogIn.organiser_id == organiser.id, LogIn.ended_at.is_(None))
    current = query.where(LogIn.created_at > now() - LOG_IN_LASTS)
    return db.session.scalars(current.order_by(LogIn.created_at.desc(), LogIn.id).limit(100)).all()


def organiser_of_link(organiser_id: int, nonce: str) -> Organiser | None:
    """Return the account that a log-in link opens; None once it, or a later one, was used."""
    return the_one(Organiser, Organiser.id == organiser_id, Organiser.link_nonce == nonce)


def first_organiser() -> Organiser | None:
    """Return the oldest account of the site that is not blocked."""
    able = sa.select(Organiser).where(Organiser.blocked_at.is_(None))
    return db.session.scalars(able.order_by(Organiser.id)).first()


def all_organisers() -> Sequence[Organiser]:
    """Return every account of the site, oldest first."""
    return db.session.scalars(sa.select(Organiser).order_by(Organiser.id)).all()
