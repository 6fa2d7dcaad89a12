"""What an organiser does with a page they have looked over: keep it."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import db, write
from tribune.letters import actions as letters
from tribune.letters.models import Letter
from tribune.letters.queries import hold_just_begun
from tribune.organisers.models import Organiser
from tribune.people import first
from tribune.reading.people import Person
from tribune.signatures.models import Signature
from tribune.teams.models import Team


def keep(team: Team, people: list[Person], *, by: Organiser | None, **letter: Any) -> Letter:
    """A new draft with its first signatories, attested by the organiser: both or neither.

    `letter`: as for `letters.actions.create`, whose exceptions it raises. `by`: None for the shell.
    """
    with write():
        kept = letters.create(team, by=by, verb=Verb.LETTER_IMPORTED, **letter)
        first.add(kept, people, by=by)
    return kept


def keep_once(team: Team, people: list[Person], *, by: Organiser, **letter: Any) -> Letter:
    """The same; but pressed again at once, for many people take a moment, the draft that is there with all of them."""
    with write():
        there = (
            one for one in hold_just_begun(team, **letter) if _lines(_first(one), "position") == _lines(people, "line")
        )
        return next(there, None) or keep(team, people, by=by, **letter)


def _first(letter: Letter) -> Iterable[Signature]:
    query = sa.select(Signature).where(Signature.letter_id == letter.id, Signature.position.is_not(None))
    return db.session.scalars(query.order_by(Signature.id))


def _lines(people: Iterable[Person | Signature], place: str) -> list[list[tuple[Any, ...]]]:
    """What stands on each line, in the order of the lines."""
    at = attrgetter(place)
    return [[_words(one) for one in line] for _, line in groupby(sorted(people, key=at), key=at)]


def _words(one: Person | Signature) -> tuple[Any, ...]:
    as_printed = None if one.as_organisation else one.affiliation or None
    return one.given_name, one.family_name, one.role, one.organisation, as_printed, one.as_organisation
