"""Log lines about a letter and its signatures; that of a letter which closed by itself."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tribune.audit.actions import record
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.faults import one_by_one
from tribune.letters.models import Letter
from tribune.letters.queries import lock
from tribune.organisers.models import Organiser

# For how long the line of a letter that closed by itself is missed: its log forgets lines after a year or more.
MISSED = timedelta(days=30)


def record_under(letter: Letter, verb: Verb, *, by: Organiser | None, **details: Any) -> Event:
    """Add a line to the log of this letter and its team. `details`: as for `record`."""
    return record(verb, team_id=letter.team_id, by=by, letter_id=letter.id, **details)


def record_letter(letter: Letter, verb: Verb, *, by: Organiser | None, **details: Any) -> Event:
    """Add a line about the letter itself, or about many signatures at once: its subject is the present title."""
    return record_under(letter, verb, by=by, subject=letter.version.title, **details)


def tell_closed() -> None:
    """Record of each letter that has closed by itself that it did; a chore."""
    one_by_one(_tell_closed, db.session.scalars(_untold()).all())


def _tell_closed(letter: Letter) -> None:
    with write() as session:
        lock(letter)
        if letter.closes_at and session.scalars(_untold().where(Letter.id == letter.id)).first():
            record_letter(letter, Verb.LETTER_CLOSED_ITSELF, by=None, at=letter.closes_at.isoformat())


def _untold() -> sa.Select[Letter]:
    """Select the letters that have closed by themselves, and whose log has no line of it."""
    moment = now()
    its_line = Event.letter_id == Letter.id, Event.verb == Verb.LETTER_CLOSED_ITSELF, Event.at >= Letter.closes_at
    return sa.select(Letter).where(
        Letter.published_at <= moment,
        Letter.closed_at.is_(None),
        Letter.closes_at.between(moment - MISSED, moment),
        ~sa.exists().where(*its_line),
    )
