"""What people did by which they stand in a living site: whatever they had wished before that no longer holds."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from tribune.audit.models import Event, Verb
from tribune.invitations.models import Invitation
from tribune.signatures.models import Signature

S, N = Signature, Invitation
CAME_BACK = timedelta.resolution  # after they withdrew: accepting an invitation does not say when


def last_stood(connection: sa.Connection, names: Collection[str]) -> dict[str, datetime]:
    """Return when they last did so, by these names: public ids, mailbox keys, nonces of invitations."""
    last: dict[str, datetime] = {}
    for called, moment in (*_by_signature(connection, names), *_by_invitation(connection, names)):
        for name in called.intersection(names):
            last[name] = max(moment, last.get(name, moment))
    return last


def _by_signature(connection: sa.Connection, names: Collection[str]) -> Iterator[tuple[set[str], datetime]]:
    """Yield names and a moment: they confirmed, reworded their line, agreed to something, or signed again."""
    columns = S.public_id, S.mailbox_key, S.confirmed_at, S.withdrawn_at, Event.verb, Event.at, Event.details
    query = sa.select(*columns).outerjoin(Event, Event.signature_id == S.id)
    for row in connection.execute(query.where(S.public_id.in_(names) | S.mailbox_key.in_(names))):
        called = {row.public_id, row.mailbox_key or ""}
        if row.confirmed_at:
            yield called, row.confirmed_at
        if row.verb == Verb.SIGNATURE_WITHDRAWN and not row.withdrawn_at:
            yield called, row.at + CAME_BACK
        agreed = row.verb == Verb.CONSENT_CHANGED and row.details.get("to")
        if agreed or row.verb in (Verb.LINE_REWORDED, Verb.SIGNATURE_RETURNED):
            yield called, row.at


def _by_invitation(connection: sa.Connection, names: Collection[str]) -> Iterator[tuple[set[str], datetime]]:
    """Yield names and a moment: they accepted, or corrected their answer."""
    columns = N.link_nonce, N.mailbox_key, S.public_id, N.accepted_at, N.corrected_at
    theirs = N.link_nonce.in_(names) | N.mailbox_key.in_(names) | S.public_id.in_(names)
    query = sa.select(*columns).outerjoin(S, N.signature_id == S.id).where(theirs, N.accepted_at.is_not(None))
    for row in connection.execute(query):
        called = {row.link_nonce, row.mailbox_key or "", row.public_id or ""}
        yield called, max(row.accepted_at, row.corrected_at or row.accepted_at)
