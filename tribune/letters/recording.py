"""Log lines about a letter and its signatures."""

from typing import Any

from tribune.audit.actions import record
from tribune.audit.models import Event, Verb
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser


def record_under(letter: Letter, verb: Verb, *, by: Organiser | None, **details: Any) -> Event:
    """Add a line to the log of this letter and its team. `details`: as for `record`."""
    return record(verb, team_id=letter.team_id, by=by, letter_id=letter.id, **details)


def record_letter(letter: Letter, verb: Verb, *, by: Organiser | None, **details: Any) -> Event:
    """Add a line about the letter itself, or about many signatures at once: its subject is the present title."""
    return record_under(letter, verb, by=by, subject=letter.version.title, **details)
