"""Writing the log of what is done to a letter, or to what stands under it."""

from typing import Any

from tribune.audit.actions import record
from tribune.audit.models import Event, Verb
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser


def record_under(letter: Letter, verb: Verb, *, by: Organiser | None, **details: Any) -> Event:
    """Add a line to the log of this letter and of the team that carries it. The rest as of `record`."""
    return record(verb, team_id=letter.team_id, by=by, letter_id=letter.id, **details)


def record_letter(verb: Verb, letter: Letter, by: Organiser | None, **details: Any) -> Event:
    """The same of what was done to the letter itself, or to many at once: under the title that it has."""
    return record_under(letter, verb, by=by, subject=letter.version.title, **details)
