"""Keeping a page that an organiser has reviewed."""

from typing import Any

from tribune.audit.models import Verb
from tribune.database import write
from tribune.letters import actions as letters
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.people.adding import add
from tribune.reading.people import Person
from tribune.teams.models import Team


def keep(team: Team, people: list[Person], *, by: Organiser | None, **letter: Any) -> Letter:
    """Create a draft and its attested first signatories, both or neither.

    `letter`: arguments of `letters.actions.create`, whose exceptions it raises. `by`: None for the shell.
    """
    with write():
        kept = letters.create(team, by=by, verb=Verb.LETTER_IMPORTED, **letter)
        add(kept, people, by=by)
    return kept
