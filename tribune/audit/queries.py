"""Reading the log: newest first, or whole as a file; and what was last done to a signature."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tribune.audit.models import GROUPS, Event, Verb
from tribune.connections import apart
from tribune.cursors import BadCursor, number_before
from tribune.database import db, there_is
from tribune.days import asked_day, within
from tribune.fields import tidy
from tribune.organisers.models import Organiser

PAGE = 50
ROWS_AT_ONCE = 500
GONE = "gone:"  # before the name of somebody whose account was deleted
SHELL = "shell"  # who did what no organiser did, nor a signatory, nor the site by itself
_BY_THE_SHELL = (Event.actor == "", Event.verb.not_in(GROUPS["own"] + GROUPS["forgotten"]))


@dataclass(frozen=True)
class Asked:
    """Which events of a log. Empty fields ask nothing. `since`, `until`: days in the log's zone, both included."""

    group: str = ""
    person: str = ""
    letter: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> Self:
        """What the arguments of an address ask; what is no question of ours asks nothing. Raises UnknownDay."""
        group, person = args.get("group", ""), args.get("person", "")
        return cls(
            group=group if group in GROUPS else "",
            person=_person(person),
            letter=_number(args.get("letter", "")),
            since=asked_day(args.get("since")),
            until=asked_day(args.get("until")),
        )

    def as_args(self) -> dict[str, str]:
        """The arguments that ask the same."""
        return {name: str(value) for name, value in vars(self).items() if value}

    def conditions(self, zone: ZoneInfo) -> list[sa.ColumnElement[bool]]:
        """What holds for the events that match."""
        asked = within(Event.at, self.since, self.until, zone)
        if self.group:
            asked.append(Event.verb.in_(GROUPS[self.group]))
        if self.person:
            asked += _by(self.person)
        if self.letter:
            asked.append(Event.letter_id == int(self.letter))
        return asked


def of_letter(letter_id: int) -> sa.ColumnElement[bool]:
    """The log of a letter: all that was done to it, by whichever team carried it then."""
    return Event.letter_id == letter_id


def of_team(team_id: int) -> sa.ColumnElement[bool]:
    """The log of a team: what it did to itself and to its letters."""
    return Event.team_id == team_id


def last_event(signature_id: int, verb: Verb) -> Event | None:
    """The last time this was done to a signature, by the order of the log: a clock that was set back hides nothing."""
    done = sa.select(Event).where(Event.signature_id == signature_id, Event.verb == verb)
    return db.session.scalars(done.order_by(Event.id.desc()).limit(1)).first()


def log_page(log: sa.ColumnElement[bool], asked: Asked, zone: ZoneInfo, after: str) -> tuple[Sequence[Event], str]:
    """At most PAGE events, newest first, and the cursor of the next page. Raises BadCursor."""
    query = sa.select(Event).where(log, *asked.conditions(zone))
    if after:
        query = query.where(Event.id < number_before(after))
    rows = db.session.scalars(query.order_by(Event.id.desc()).limit(PAGE + 1)).all()
    return rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else ""


def every_event(log: sa.ColumnElement[bool], asked: Asked, zone: ZoneInfo) -> Iterator[Event]:
    """All that match, newest first, read as they are asked for."""
    query = sa.select(Event).where(log, *asked.conditions(zone)).order_by(Event.id.desc()).limit(ROWS_AT_ONCE)
    part = apart(query)
    while part:
        yield from part
        part = apart(query.where(Event.id < part[-1].id))


def people_of(log: sa.ColumnElement[bool]) -> list[tuple[str, str]]:
    """Who did something: the value to ask for them, and their name; then whose account is gone, and the shell."""
    found = db.session.scalars(sa.select(Organiser).where(Organiser.id.in_(sa.select(Event.organiser_id).where(log))))
    people = [(str(each.id), each.called) for each in found]
    nobodys = sa.select(Event.actor).where(log, Event.organiser_id.is_(None), Event.actor != "").distinct()
    gone = [(GONE + name, name) for name in db.session.scalars(nobodys)]
    shell = there_is(log, *_BY_THE_SHELL)
    named = [sorted(each, key=lambda one: one[1].casefold()) for each in (people, gone)]
    return [*named[0], *named[1], *([(SHELL, "")] if shell else [])]


def _person(text: str) -> str:
    """Who is asked for, as people_of offers them; nobody for what it never offers."""
    if text == SHELL:
        return text
    if text.startswith(GONE):
        name = tidy(text.removeprefix(GONE))
        return GONE + name if name else ""  # without a name are the shell and the site
    return _number(text)


def _by(person: str) -> list[sa.ColumnElement[bool]]:
    if person == SHELL:
        return [*_BY_THE_SHELL]
    if person.startswith(GONE):
        return [Event.organiser_id.is_(None), Event.actor == person.removeprefix(GONE)]
    return [Event.organiser_id == int(person)]


def _number(text: str) -> str:
    try:
        number_before(text)
    except BadCursor:
        return ""
    return text
