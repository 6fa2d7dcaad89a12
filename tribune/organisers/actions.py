"""What organisers do to come in and leave."""

from secrets import token_hex, token_urlsafe

import sqlalchemy as sa

from tribune.database import now, write
from tribune.organisers import mails
from tribune.organisers.models import LogIn, Organiser
from tribune.organisers.queries import organiser_by_address
from tribune.outbox.mailboxes import deliverable, mailbox_key


class AlreadyThere(Exception):
    """This mailbox has an account."""


class LinkUsed(Exception):
    """This log-in link, or a later one, was used already."""


def add(email: str, name: str = "") -> Organiser:
    """Make an account. Raises AddressRefused or AlreadyThere."""
    with write() as session:
        if organiser_by_address(email):
            raise AlreadyThere
        organiser = Organiser(
            email=deliverable(email), mailbox_key=mailbox_key(email), name=name, link_nonce=token_urlsafe(16)
        )
        session.add(organiser)
    return organiser


def ask_to_log_in(email: str, locale: str) -> None:
    """Mail a log-in link if there is such an account; says nothing about whether there is."""
    with write():
        organiser = organiser_by_address(email)
        if organiser is not None:
            mails.post_log_in(organiser, locale)


def enter(organiser_id: int, nonce: str) -> LogIn:
    """Spend a log-in link, exactly once, and open a log-in. Raises LinkUsed."""
    with write() as session:
        spent = session.execute(
            sa.update(Organiser)
            .where(Organiser.id == organiser_id, Organiser.link_nonce == nonce)
            .values(link_nonce=token_urlsafe(16))
        )
        if spent.rowcount != 1:  # type: ignore[attr-defined]
            raise LinkUsed
        log_in = LogIn(id=token_hex(16), organiser_id=organiser_id)
        session.add(log_in)
    return log_in


def leave(log_in: LogIn) -> None:
    """End a log-in: its cookie, and every copy of it, opens nothing any more."""
    with write() as session:
        session.execute(sa.update(LogIn).where(LogIn.id == log_in.id).values(ended_at=now()))
