"""Writes lines of the log, in the transaction of what they tell of."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import Event, Verb
from tribune.database import db, write
from tribune.organisers.models import Organiser
from tribune.statements import UNREAD


def record(
    verb: Verb,
    *,
    team_id: int,
    by: Organiser | None,
    letter_id: int | None = None,
    signature_id: int | None = None,
    subject: str = "",
    **details: Any,
) -> Event:
    """Add a line. `by`: who did it; None for the shell and for signatories.

    `details`: JSON values that the words of the verb use.
    """
    event = Event(
        verb=verb,
        team_id=team_id,
        organiser_id=by.id if by else None,
        actor=by.called if by else "",
        letter_id=letter_id,
        signature_id=signature_id,
        subject=subject,
        details=details,
    )
    with write() as session:
        session.add(event)
    return event


def complete(event_id: int, **details: Any) -> None:
    """Add to a line what is known only at the end, such as how many rows a file had.

    Locked before it is read: an erasure that empties it at this moment would else be undone. Nothing happens if its
    team was dissolved meanwhile, and the line with it.
    """
    with write() as session:
        if event := session.get(Event, event_id, with_for_update=True):
            event.details = {**event.details, **details}


def complete_batch(letter_id: int, verb: Verb, batch_id: int, count: int) -> None:
    """Note in the line of a batch how many signatures it changed; in the caller's transaction, which locks the batch.

    The line was written before the batch began, and may have been emptied by an erasure.
    """
    lines = Event.letter_id == letter_id, Event.verb == verb, Event.details["batch"].as_integer() == batch_id
    event = db.session.scalars(sa.select(Event).where(*lines).order_by(Event.id.desc()).limit(1)).first()
    if event:
        event.details = {**event.details, "count": count}


def forget_lines(signatures: Collection[int]) -> None:
    """Empty the lines about signatures that are to be deleted, in the same transaction; only the verb stays."""
    lines = sa.update(Event).where(Event.signature_id.in_(signatures))
    emptied = lines.values(subject="", details={}, signature_id=None)
    db.session.execute(emptied, execution_options=UNREAD)
