"""Mails that come back: reads delivery reports (RFC 3464), and draws the consequences.

A report is believed only if it names a mail of ours by its Message-ID, 128 random bits: whoever knows it has received
that mail, carried it, or returns it. Anything else changes nothing.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, message_from_string
from email.message import Message as Mail
from email.policy import Compat32
from typing import NamedTuple

import sqlalchemy as sa

from tribune.database import now, write
from tribune.outbox.actions import count_bounce, lock_mailbox, tally
from tribune.outbox.models import Message
from tribune.outbox.transport import OF_THE_MAILBOX
from tribune.statements import there_is

# Anybody can write to the address to which mails come back, and the parser takes minutes for a few hundred kilobytes of
# parts inside parts, or of parameters of one header. What matters stands near the beginning, in short headers.
MOST, LINES = 256 * 1024, 3_000  # bytes and lines read of a mail
LONGEST_HEADER = 1_000  # characters
# Also 4.x: a relay that gives up after days names what it met until then, 4.4.1 where nothing answered.
STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")
# The status that the last server gave, in its own words: Exim reports 5.0.0 whatever it was.
SAID = re.compile(r"\s*smtp;\s*5\d\d[\s-]+(5\.\d{1,3}\.\d{1,3})", re.IGNORECASE)
OUR_ID = re.compile(r"<[0-9a-f]{32}@[^<>@\s]{1,150}>")


class Bounce(NamedTuple):
    """A mail of ours returned for good: its Message-ID, the status, the recipient."""

    message_id: str
    status: str
    recipient: str  # as named by the server that gave up


class StillLeaving(Exception):
    """The mail came back before it is written down that it left: its report has to be read again later."""


class _Short(Compat32):
    """Reads headers no further than LONGEST_HEADER."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


SHORT = _Short()


def read_bounce(raw: bytes) -> Bounce | None:
    """Read a delivery report; None if the mail is anything else, or rubbish."""
    try:
        begins = b"".join(raw[:MOST].splitlines(keepends=True)[:LINES])
        parts = list(message_from_bytes(begins, policy=SHORT).walk())
        failed = [found for part in parts for found in _failed(part)]
        ids = [number for part in parts for number in _returned_ids(part)]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # what the parser raises for rubbish
        return None
    return Bounce(ids[0], *failed[0]) if failed and len(set(ids)) == 1 else None


def _failed(part: Mail) -> Iterator[tuple[str, str]]:
    """Yield status and address of each recipient for whom delivery failed for good."""
    if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
        return
    for block in part.get_payload():
        status = STATUS.match(str(block.get("Status", "")).strip())  # type: ignore[union-attr]
        if status and str(block.get("Action", "")).strip().lower() == "failed":  # type: ignore[union-attr]
            named = block.get("Original-Recipient") or block.get("Final-Recipient") or ""  # type: ignore[union-attr]
            said = status[0] == "5.0.0" and SAID.match(str(block.get("Diagnostic-Code", "")))  # type: ignore[union-attr]
            yield said[1] if said else status[0], str(named).rpartition(";")[2].strip().strip("<>")


def _returned_ids(part: Mail) -> Iterator[str]:
    """Yield the Message-ID of the returned mail, which is attached whole or by its headers."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        returned = part.get_payload(0)
    elif part.get_content_type() == "text/rfc822-headers":
        body = part.get_payload(decode=True)
        returned = message_from_string(body.decode("latin-1") if isinstance(body, bytes) else "", policy=SHORT)
    else:
        return
    yield from OUR_ID.findall(str(returned.get("Message-ID", "")))  # type: ignore[union-attr]


def take_back(bounce: Bounce) -> bool:
    """Note that a sent mail came back; False if it is none of ours, or has come back before. Raises StillLeaving."""
    ours = Message.message_id == bounce.message_id, Message.gave_up_at.is_(None)
    left = *ours, Message.sent_at.is_not(None)
    # One that is paused and leased no more may wait for months: nobody is asked to come again for so long.
    soon = sa.or_(Message.paused_at.is_(None), Message.next_at > now())
    with write() as session:
        if there_is(*ours, Message.sent_at.is_(None), Message.attempts > 0, soon):
            raise StillLeaving
        key = session.scalar(sa.select(Message.mailbox_key).where(*left))
        if key is None:
            return False
        lock_mailbox(key)  # first, as the mail worker does for a mail that is refused
        found = session.execute(
            sa.update(Message)
            .where(*left)
            .values(gave_up_at=now(), last_error=bounce.status)
            .returning(Message.kind, Message.about)
        ).first()
        if found is None:  # handed over twice at once
            return False
        tally(found.kind, found.about, "gave_up")
        if OF_THE_MAILBOX.match(bounce.status):
            count_bounce(key, bounce.recipient)
    return True
