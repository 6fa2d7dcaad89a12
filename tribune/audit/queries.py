"""Questions about the log: page by page, newest first; whole, as a file; what was last done to a signature."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tribune.audit.models import BY_ITS_ADMINISTRATOR, BY_THE_SITE, GROUPS, Event, Verb
from tribune.connections import apart
from tribune.cursors import BadCursor, number_before
from tribune.database import db
from tribune.days import asked_day, within
from tribune.fields import as_stored
from tribune.organisers.models import Organiser
from tribune.statements import there_is

PAGE = 50
ROWS_AT_ONCE = 500
GONE = "gone:"  # prefix of the name of a deleted account
SHELL = "shell"  # who did what `Event.nameless_actor` ascribes to nobody
_BY_THE_SHELL = (Event.actor == "", Event.verb.not_in((*GROUPS["own"], *BY_THE_SITE, *BY_ITS_ADMINISTRATOR)))


@dataclass(frozen=True)
class LogFilter:
    """A filter on a log; empty fields filter nothing. `since`, `until`: days in the log's zone, both included."""

    group: str = ""
    person: str = ""
    letter: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> Self:
        """Read the filter from a query string, ignoring unknown values. Raises UnknownDay."""
        group, person = args.get("group", ""), args.get("person", "")
        return cls(
            group=group if group in GROUPS else "",
            person=_person(person),
            letter=_number(args.get("letter", "")),
            since=asked_day(args.get("since")),
            until=asked_day(args.get("until")),
        )

    def as_args(self) -> dict[str, str]:
        """Return the query arguments of this filter."""
        return {name: str(value) for name, value in vars(self).items() if value}

    def conditions(self, zone: ZoneInfo) -> list[sa.ColumnElement[bool]]:
        """Return the conditions that matching events meet."""
        asked = within(Event.at, self.since, self.until, zone)
        if self.group:
            asked.append(Event.verb.in_(GROUPS[self.group]))
        if self.person:
            asked += _by(self.person)
        if self.letter:
            asked.append(Event.letter_id == int(self.letter))
        return asked


def last_event(signature_id: int, verb: Verb) -> Event | None:
    """Return the last time this was done to a signature, by id: a clock set back hides nothing."""
    done = sa.select(Event).where(Event.signature_id == signature_id, Event.verb == verb)
    return db.session.scalars(done.order_by(Event.id.desc()).limit(1)).first()


def log_page(log: sa.ColumnElement[bool], asked: LogFilter, zone: ZoneInfo, after: str) -> tuple[Sequence[Event], str]:
    """At most PAGE events, newest first, and the cursor of the next page. Raises BadCursor."""
    query = sa.select(Event).where(log, *asked.conditions(zone))
    if after:
        query = query.where(Event.id < number_before(after))
    rows = db.session.scalars(query.order_by(Event.id.desc()).limit(PAGE + 1)).all()
    return rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else ""


def every_event(log: sa.ColumnElement[bool], asked: LogFilter, zone: ZoneInfo) -> Iterator[Event]:
    """Yield all that match, newest first, read in parts as they are needed."""
    query = sa.select(Event).where(log, *asked.conditions(zone)).order_by(Event.id.desc()).limit(ROWS_AT_ONCE)
    part = apart(query)
    while part:
        yield from part
        part = apart(query.where(Event.id < part[-1].id))


def people_of(log: sa.ColumnElement[bool]) -> list[tuple[str, str]]:
    """Return who acted, as value for the filter and name: organisers, then deleted accounts, then the shell."""
    found = db.session.scalars(sa.select(Organiser).where(Organiser.id.in_(sa.select(Event.organiser_id).where(log))))
    people = [(str(each.id), each.called) for each in found]
    nobodys = sa.select(Event.actor).where(log, Event.organiser_id.is_(None), Event.actor != "").distinct()
    gone = [(GONE + name, name) for name in db.session.scalars(nobodys)]
    shell = there_is(log, *_BY_THE_SHELL)
    named = [sorted(each, key=lambda one: one[1].casefold()) for each in (people, gone)]
    return [*named[0], *named[1], *([(SHELL, "")] if shell else [])]


def _person(text: str) -> str:
    """Return the person asked for, if `people_of` could offer them; else ""."""
    if text == SHELL:
        return text
    if text.startswith(GONE):
        name = as_stored(text.removeprefix(GONE))
        return GONE + name if name else ""  # the shell and the site have no name
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
