"""What people did by which they stand in a living site: whatever they had wished before that no longer holds."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import chain

import sqlalchemy as sa

from tribune.audit.models import Event, Verb
from tribune.invitations.models import Invitation
from tribune.outbox.models import Mailbox
from tribune.signatures.models import Signature

S, N = Signature, Invitation
CAME_BACK = timedelta.resolution  # after they withdrew: accepting an invitation does not say when


def last_stood(connection: sa.Connection, names: Collection[str], consent: str) -> dict[str, datetime]:
    """Return when they last did so, by these names: public ids, mailbox keys, nonces of invitations.

    `consent`: "published" or "news", if it is this alone that they had taken back; else "".
    """
    last: dict[str, datetime] = {}
    acts = _by_signature(connection, names, consent), _by_invitation(connection, names), _by_mailbox(connection, names)
    for called, moment in chain(*acts):
        for name in called.intersection(names):
            last[name] = max(moment, last.get(name, moment))
    return last


def _by_signature(
    connection: sa.Connection, names: Collection[str], consent: str
) -> Iterator[tuple[set[str], datetime]]:
    """Yield names and a moment: they confirmed, agreed to a changed text, signed again, agreed to something, or
    reworded their line; the last two tell nothing of another consent.
    """
    columns = S.public_id, S.mailbox_key, S.confirmed_at, S.counted_at, S.withdrawn_at
    query = sa.select(*columns, Event.verb, Event.at, Event.details).outerjoin(Event, Event.signature_id == S.id)
    for row in connection.execute(query.where(S.public_id.in_(names) | S.mailbox_key.in_(names))):
        called = {row.public_id, row.mailbox_key or ""}
        if row.confirmed_at:
            yield called, max(row.confirmed_at, row.counted_at or row.confirmed_at)  # the later: they agreed to a text
        if row.verb == Verb.SIGNATURE_WITHDRAWN and not row.withdrawn_at:
            yield called, row.at + CAME_BACK
        agreed = row.verb == Verb.CONSENT_CHANGED and row.details.get("to") and consent in ("", row.details["what"])
        reworded = row.verb == Verb.LINE_REWORDED and not consent
        if agreed or reworded or row.verb == Verb.SIGNATURE_RETURNED:
            yield called, row.at


def _by_invitation(connection: sa.Connection, names: Collection[str]) -> Iterator[tuple[set[str], datetime]]:
    """Yield names and a moment: they accepted, corrected their answer, or told the organisers, who attested it."""
    columns = N.link_nonce, N.mailbox_key, S.public_id, S.attested_at, N.accepted_at, N.corrected_at
    theirs = N.link_nonce.in_(names) | N.mailbox_key.in_(names) | S.public_id.in_(names)
    for row in connection.execute(sa.select(*columns).outerjoin(S, N.signature_id == S.id).where(theirs)):
        if row.attested_at:
            yield {row.link_nonce}, row.attested_at
        if row.accepted_at:
            called = {row.link_nonce, row.mailbox_key or "", row.public_id or ""}
            yield called, max(row.accepted_at, row.corrected_at or row.accepted_at)


def _by_mailbox(connection: sa.Connection, names: Collection[str]) -> Iterator[tuple[set[str], datetime]]:
    """Yield names and a moment: they took "it was not me" back."""
    allowed = Mailbox.key.in_(names), Mailbox.allowed_at.is_not(None)
    for row in connection.execute(sa.select(Mailbox.key, Mailbox.allowed_at).where(*allowed)):
        yield {row.key}, row.allowed_at
