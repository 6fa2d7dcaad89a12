"""The list as readers see it, a hundred a page: first signatories, then the others; searched or not."""

import base64
import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from tribune.cursors import BadCursor
from tribune.letters.models import Letter
from tribune.names import organisation_key, searched
from tribune.signatures.lines import Printed, organisation_of
from tribune.signatures.models import COLUMNS
from tribune.signatures.queries import FIRST, IN_LINES, PAGE, Page, printed
from tribune.signatures.searching import MOST, ORDERS, SHAPES, Asked, Order, fit, next_of_all, next_of_one
from tribune.signatures.spellings import merged

OFFERED = 4  # organisations offered as filters on a page of the list
_AFTER = {column.key: sa.bindparam(column.key, type_=column.type) for column in IN_LINES}


def signatories(
    letter: Letter, *, q: str = "", organisation: str = "", order: str = "recent", after: str = ""
) -> Page[Printed]:
    """Return at most PAGE people as readers see them: first signatories, then by `order` (`recent` or `surname`).

    `q`: words that must all be in name, role or organisation, without regard to accents. `organisation`: any spelling,
    even one merged since its address was shared. `after`: a cursor. Raises BadCursor.
    """
    segment, *values = _read_cursor(after) if after else ("first", -1, 0, 0)
    asked = Asked(searched(q), _keys(letter, organisation) if organisation else ())
    first: list[Printed] = []
    if segment == "first":
        first, after_first = _first_page(letter, asked, *values)
        if after_first:
            return Page(first, after_first)
        values = []
    # A search must not tell more than the lines do; and the database would read everybody to find nobody.
    if letter.public_list == "no" or (letter.public_list == "initials" and (q or organisation)):
        return Page(first, "", None if after else len(first))
    ordered, most = ORDERS[order_of(letter, order)], max(PAGE - len(first), 0)
    others = _other_page(letter, asked, ordered, values, most)
    number = None if others.number is None or after else len(first) + others.number
    return others._replace(signatures=[*first, *others.signatures], number=number)


def shared_organisations(people: Iterable[Printed]) -> list[str]:
    """Return the organisations that several of these people share, at most OFFERED, the most frequent first."""
    named = Counter(organisation_of(person) for person in people)
    return [name for name, many in named.most_common(OFFERED + 1) if name and many > 1][:OFFERED]


def _keys(letter: Letter, organisation: str) -> set[str]:
    """Return the keys of this spelling and of what it is printed as: during a merge some lines still have the first."""
    key = organisation_key(organisation)
    found = merged(letter.id, key)
    return {key, organisation_key(found.name)} if found else {key}


def order_of(letter: Letter, asked: str) -> str:
    """Return the order asked for, or `recent` if it is unknown or the list shows only initials."""
    return asked if asked in ORDERS and letter.public_list != "initials" else "recent"


@lru_cache(SHAPES)
def _first(words: int, of_one: bool) -> sa.Select[Any]:
    """Select the first signatories asked for, and all who share a line with one: lines are printed whole."""
    found = FIRST
    if words or of_one:
        asked = found.where(*fit(words, of_one)).with_only_columns(COLUMNS.position)
        found = found.where(COLUMNS.position.in_(asked))
    return found.where(sa.tuple_(*IN_LINES) > sa.tuple_(*_AFTER.values())).order_by(*IN_LINES).limit(MOST)


def _first_page(letter: Letter, asked: Asked, *place: int) -> tuple[list[Printed], str]:
    """Return first signatories after this place, and the next cursor; no page ends within a line shorter than PAGE."""
    after = dict(zip(_AFTER, place, strict=True))
    rows = printed(letter, _first(*asked.shape), asked.values(letter, PAGE + 1, ()) | after)
    if len(rows) <= PAGE:
        return rows, ""
    kept = [row for row in rows if row.position != rows[-1].position] or rows[:PAGE]
    return kept, _cursor("first", *(getattr(kept[-1], name) for name in _AFTER))


def _other_page(letter: Letter, asked: Asked, ordered: Order, cursor: list[Any], most: int) -> Page[Printed]:
    """Return the next of those who are not first signatories, after these values of a cursor."""
    place = tuple(cursor)
    if ordered.rises and not place:
        place = ("", 0)  # before everybody: without it SQLite takes an index that includes those not shown
    if place and not ordered.rises:
        place = (_moment(place[0]), place[1])
    some = (next_of_one if asked.keys else next_of_all)(letter, asked, ordered, most + 1, place)
    rows = some.signatures
    if len(rows) > most:
        end = (getattr(rows[most - 1], ordered.key.key), rows[most - 1].id) if most else ()
        return Page(rows[:most], _cursor("others", *end), some.number)
    if some.end:
        return Page(rows, _cursor("others", *some.end), walked=ordered.near)
    return Page(rows, "", len(rows))


def _cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def _read_cursor(text: str) -> list[Any]:
    """Return what `_cursor` wrote: [segment, …]. Raises BadCursor for anything else."""
    if "+" in text or "/" in text:  # `_cursor` writes - and _ in their place; Python 3.15 warns of these
        raise BadCursor
    try:
        segment, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if any(isinstance(value, bool) for value in values):
            raise BadCursor
        if segment == "first" and len(values) == 2:  # as links said until migration 0023, at the end of a line
            values.insert(1, 2**31 - 1)
        match segment, values:
            case ("first", [int(position), int(place), int(number)]) if (
                max(abs(position), abs(place)) < 2**31 and abs(number) < 2**63
            ):
                return [segment, position, place, number]
            case ("others", []):
                return [segment]
            case ("others", [str(key), int(number)]) if abs(number) < 2**63 and "\0" not in key and key.encode():
                return [segment, key, number]
    except (ValueError, TypeError, RecursionError):
        pass
    raise BadCursor


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):  # no moment, or one before the year 1 in UTC
        raise BadCursor from None
