"""Pages of the list as readers see it: first signatories, then the others, a hundred a page, by words if they ask."""

import base64
import json
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from tribune.cursors import BadCursor
from tribune.letters.models import Letter
from tribune.names import organisation_key, plain
from tribune.signatures.lines import Printed, organisation_of
from tribune.signatures.models import Signature
from tribune.signatures.queries import PAGE, Page, printed, shown
from tribune.signatures.searching import ORDERS, Found, Order, have, next_of_one, next_with
from tribune.signatures.spellings import merged

OFFERED = 4  # organisations by which a page of the list may be narrowed


def signatories(
    letter: Letter, *, q: str = "", organisation: str = "", order: str = "recent", after: str = ""
) -> Page[Printed]:
    """A page of at most PAGE people as readers see them: first signatories, then by `order` (`recent` or `surname`).

    `q` finds all its words in name, role or organisation, whatever the accents; `organisation`, whoever is printed as
    this spelling is: its address may have been shared before it was merged. Raises BadCursor.
    """
    segment, *values = _read_cursor(after) if after else ("first", -1, 0)
    found = shown(letter)
    keys = _keys(letter, organisation) if organisation else ()
    if keys:
        found = found.where(Signature.organisation_key.in_(keys))
    first: list[Printed] = []
    if segment == "first":
        asked = found.where(*have(Signature.search_key, q))
        first, after_first = _first_page(letter, _whole_lines(letter, asked) if q or organisation else asked, *values)
        if after_first:
            return Page(first, after_first)
        values = []
    # A search tells no more than the lines do; and to find nobody among all others, a database reads them.
    if letter.public_list == "no" or (letter.public_list == "initials" and (q or organisation)):
        return Page(first, "", None if after else len(first))
    ordered, most = ORDERS[order_of(letter, order)], max(PAGE - len(first), 0)
    others = _other_page(letter, found, ordered, values, q=q, keys=keys, most=most)
    number = None if others.number is None or after else len(first) + others.number
    return others._replace(signatures=[*first, *others.signatures], number=number)


def shared_organisations(people: Iterable[Printed]) -> list[str]:
    """Of which organisations several of these people are, at most OFFERED, that of the most people first."""
    named = Counter(organisation_of(person) for person in people)
    return [name for name, many in named.most_common(OFFERED + 1) if name and many > 1][:OFFERED]


def _keys(letter: Letter, organisation: str) -> set[str]:
    """Of this spelling, and of what it is printed as: while a merge is under way some lines have the one still."""
    key = organisation_key(organisation)
    found = merged(letter.id, key)
    return {key, organisation_key(found.name)} if found else {key}


def order_of(letter: Letter, asked: str) -> str:
    """The order of its list, for what is asked: `recent` where it knows no such order, or shows no surname."""
    return asked if asked in ORDERS and letter.public_list != "initials" else "recent"


def _whole_lines(letter: Letter, asked: sa.Select[Any]) -> sa.Select[Any]:
    """The first signatories asked for and whoever shares a line with one: a line is printed whole, or not at all."""
    positions = asked.with_only_columns(Signature.position).where(Signature.position.is_not(None))
    return shown(letter).where(Signature.position.in_(positions))


def _first_page(letter: Letter, found: sa.Select[Any], position: int, number: int) -> tuple[list[Printed], str]:
    """First signatories after this one; the end of a page parts no line, unless one line is longer than a page."""
    place = sa.tuple_(Signature.position, Signature.id)
    after = sa.tuple_(sa.literal(position, Signature.position.type), sa.literal(number, Signature.id.type))
    is_first = Signature.position.is_not(None)  # says nothing new, but is what the index says
    query = found.where(is_first, place > after).order_by(Signature.position, Signature.id).limit(PAGE + 1)
    rows = printed(letter, query)
    if len(rows) <= PAGE:
        return rows, ""
    kept = [row for row in rows if row.position != rows[-1].position] or rows[:PAGE]
    return kept, _cursor("first", kept[-1].position, kept[-1].id)


def _other_page(
    letter: Letter,
    found: sa.Select[Any],
    ordered: Order,
    values: list[Any],
    *,
    q: str,
    keys: Collection[str],
    most: int,
) -> Page[Printed]:
    """Of those who are no first signatories, the next after these values of a cursor.

    `keys`: of the organisation for which those found sign, where one was asked for.
    """
    found, place = found.where(Signature.position.is_(None)), tuple(values)
    if ordered.rises and not place:
        place = ("", 0)  # before everybody: without a beginning SQLite takes the index of those not shown, too
    if place and not ordered.rises:
        place = (_moment(place[0]), place[1])
    after = found.where(ordered.after(*place)) if place else found
    if keys:
        some = next_of_one(letter, q, found, ordered, most + 1, keys=keys, place=place)
    elif plain(q):
        some = next_with(letter, q, after, ordered, most + 1)
    else:
        some = Found(printed(letter, ordered.of(after).limit(most + 1)))
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
    """What `_cursor` wrote: [segment, …]. Raises BadCursor for anything else."""
    try:
        segment, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if any(isinstance(value, bool) for value in values):
            raise BadCursor
        match segment, values:
            case ("first", [int(position), int(number)]) if abs(position) < 2**31 and abs(number) < 2**63:
                return [segment, position, number]
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
