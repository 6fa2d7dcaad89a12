"""Mails that had left when a site was restored: nobody is sent once more what waits in the backup.

A mail is known by its Message-ID, an invitation by its nonce, which nothing else ever has; an id may since have been
given to something else, or be of another site.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tribune.backup import rows
from tribune.backup.database import as_session, slices
from tribune.backup.file import Part, Reader
from tribune.invitations.models import Invitation
from tribune.outbox.claiming import note_sent

PARTS = {
    "messages": ("message_id", "sent_at"),
    "invited": ("link_nonce", "invited_at", "reminded_at", "reminders", "told_at"),
}


def read(connection: sa.Connection, tables: sa.MetaData, since: datetime, *, priority: int = 0) -> Iterator[Part]:
    """Yield what left since a moment, as a database knows it: one of PARTS, its columns, its rows.

    `priority`: without mails more urgent than this. An invitation is among them if nothing waits for its mailbox: what
    had not left has to be sent.
    """
    messages, invitations = tables.tables.get("messages"), tables.tables.get("invitations")
    if messages is not None:
        names = list(PARTS["messages"])
        left = messages.columns["sent_at"] >= since, messages.columns["priority"] >= priority
        yield "messages", names, rows.read(connection, messages, names, *left)
    if messages is not None and invitations is not None:
        mail, theirs, names = messages.columns, invitations.columns, list(PARTS["invited"])
        same = mail["mailbox_key"] == theirs["mailbox_key"], mail["about"] == theirs["letter_id"]
        waits = sa.exists().where(*same, mail["sent_at"].is_(None))
        lately = sa.or_(*(theirs[name] >= since for name in names if name.endswith("_at")))
        yield "invited", names, rows.read(connection, invitations, names, lately, ~waits)


class HadLeft:
    """Collects what had left, of the mails that wait in a backup, and of its invitations."""

    def __init__(self, backup: Reader) -> None:
        mails = backup.records("messages")
        self._waits = {mail["message_id"] for mail in mails if not (mail["sent_at"] or mail["gave_up_at"])}
        self._mails: dict[str, str] = {}
        self._invited: dict[str, dict[str, Any]] = {}

    def add(self, name: str, columns: list[str], given: Iterable[list[Any]]) -> None:
        """Add rows of one of PARTS."""
        for row in given:
            known = dict(zip(columns, row, strict=True))
            if name == "invited":
                self._invited.setdefault(known["link_nonce"], known)
            elif known["sent_at"] and known["message_id"] in self._waits:
                self._mails[known["message_id"]] = known["sent_at"]

    def write_down(self, connection: sa.Connection) -> int:
        """Write it down in a restored database, at the present schema; return how many mails that waited had left."""
        left = 0
        with as_session(connection) as session:
            for some in slices(self._mails):
                left += note_sent({name: datetime.fromisoformat(self._mails[name]) for name in some})
            for some in slices(self._invited):
                for one in session.scalars(sa.select(Invitation).where(Invitation.link_nonce.in_(some))):
                    _mark(one, self._invited[one.link_nonce])
        return left


def _mark(one: Invitation, known: dict[str, Any]) -> None:
    invited, reminded, told = (
        known[name] and datetime.fromisoformat(known[name]) for name in ("invited_at", "reminded_at", "told_at")
    )
    one.invited_at, one.told_at = one.invited_at or invited, one.told_at or told
    if known["reminders"] > one.reminders:
        one.reminders, one.reminded_at = known["reminders"], reminded
