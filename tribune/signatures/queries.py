"""Who counts, who is shown, and in which order."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from tribune.database import db, is_postgresql
from tribune.letters.models import Letter
from tribune.letters.queries import LETTERS
from tribune.names import organisation_key, plain
from tribune.signatures.models import SHOWN, Signature
from tribune.signatures.trigrams import indexed

PAGE = 100
LATEST = 20
FEW = 2000  # who has a word: so many are put in order in no time
NEAR = 10_000  # signatures read in their order in no time, to meet those who have a frequent word


class BadCursor(ValueError):
    """Not the `after` of a page of ours."""


class Page(NamedTuple):
    """Some signatures, and the cursor of the page after them (empty on the last)."""

    signatures: Sequence[Signature]
    after: str


def hold_letter_of(signature_id: int) -> None:
    """Keep the letter of a signature as it is until the transaction ends, before the signature is held.

    As `letters.queries.hold` does, shared, and in one statement for whoever reads the letter only after it.
    """
    if is_postgresql():
        queue = sa.func.pg_advisory_xact_lock_shared(LETTERS, sa.cast(Signature.letter_id, sa.Integer))
        db.session.execute(sa.select(queue).where(Signature.id == signature_id))


def the_one_that_counts(letter: Letter, mailbox_key: str) -> Signature | None:
    """The confirmed signature of this person under this letter: there is at most one."""
    query = sa.select(Signature).where(
        Signature.letter_id == letter.id,
        Signature.mailbox_key == mailbox_key,
        Signature.confirmed_at.is_not(None),
        Signature.withdrawn_at.is_(None),
    )
    return db.session.scalars(query).first()


def latest_pending(mailbox_key: str) -> list[Signature]:
    """The last signature of this person that waits to be confirmed, under each letter where none counts yet."""
    waits = Signature.confirmed_at.is_(None), Signature.attested_at.is_(None)
    query = sa.select(Signature).where(Signature.mailbox_key == mailbox_key, *waits)
    in_order = query.order_by(Signature.letter_id, Signature.id)  # of letters, for whoever locks them one by one
    latest = {signature.letter_id: signature for signature in db.session.scalars(in_order)}
    return [s for s in latest.values() if the_one_that_counts(s.letter, mailbox_key) is None]


def first_signatories(letter: Letter) -> Sequence[Signature]:
    """All first signatories who are shown, in the organiser's order."""
    query = _shown(letter).where(Signature.position.is_not(None)).order_by(Signature.position, Signature.id)
    return db.session.scalars(query).all()


def latest_signatories(letter: Letter) -> Sequence[Signature]:
    """The latest who signed from the page and are shown."""
    query = _shown(letter).where(Signature.position.is_(None))
    return db.session.scalars(query.order_by(Signature.counted_at.desc(), Signature.id.desc()).limit(LATEST)).all()


def _shown(letter: Letter) -> sa.Select[Signature]:
    query = sa.select(Signature).where(Signature.letter_id == letter.id, SHOWN)
    return query.where(Signature.position.is_not(None)) if letter.public_list == "no" else query


def signatories(letter: Letter, *, q: str = "", organisation: str = "", order: str = "recent", after: str = "") -> Page:
    """A page of at most PAGE people as readers see them: first signatories, then by `order` (`recent` or `surname`).

    `q` finds all its words in name, role or organisation, whatever the accents. Raises BadCursor.
    """
    segment, *values = _read_cursor(after) if after else ("first", -1, 0)
    found = _shown(letter)
    if letter.public_list == "initials":  # neither a search nor an order tells more than the lines do
        order = "recent"
        if q or organisation:
            found = found.where(Signature.position.is_not(None))
    if organisation:
        found = found.where(Signature.organisation_key == organisation_key(organisation))
    first: list[Signature] = []
    if segment == "first":
        first, after_first = _first_page(found.where(*_have(Signature.search_key, q)), *values)
        if first and (q or organisation):
            first = _whole_lines(letter, first)
        if after_first:
            return Page(first, after_first)
        values = []
    others, after_others = _other_page(found, q, order, values, max(PAGE - len(first), 0))
    return Page([*first, *others], after_others)


def _whole_lines(letter: Letter, people: list[Signature]) -> list[Signature]:
    """These first signatories and whoever shares a line with one of them: a line is printed whole, or not at all."""
    positions = {person.position for person in people}
    query = _shown(letter).where(Signature.position.in_(positions)).order_by(Signature.position, Signature.id)
    return list(db.session.scalars(query))


def _first_page(found: sa.Select[Signature], position: int, number: int) -> tuple[list[Signature], str]:
    """First signatories after this one; the end of a page parts no line, unless one line is longer than a page."""
    place = sa.tuple_(Signature.position, Signature.id)
    after = sa.tuple_(sa.literal(position, Signature.position.type), sa.literal(number, Signature.id.type))
    is_first = Signature.position.is_not(None)  # says nothing new, but is what the index says
    query = found.where(is_first, place > after).order_by(Signature.position, Signature.id).limit(PAGE + 1)
    rows = list(db.session.scalars(query))
    if len(rows) <= PAGE:
        return rows, ""
    kept = [row for row in rows if row.position != rows[-1].position] or rows[:PAGE]
    return kept, _cursor("first", kept[-1].position, kept[-1].id)


def _other_page(
    found: sa.Select[Signature], q: str, order: str, values: list[Any], most: int
) -> tuple[list[Signature], str]:
    found = found.where(Signature.position.is_(None))
    by_surname = order == "surname"
    key: Any = Signature.sort_key if by_surname else Signature.counted_at
    here = sa.tuple_(key, Signature.id)
    if values:
        value = values[0] if by_surname else _moment(values[0])
        place = sa.tuple_(sa.literal(value, key.type), sa.literal(values[1], Signature.id.type))
        found = found.where(here > place if by_surname else here < place)
    rows = _searched(found, q, key, by_surname, most + 1)
    if rows is None:
        query = found.where(*_have(Signature.search_key, q))
        rows = list(db.session.scalars(_in_order(query, key, Signature.id, by_surname).limit(most + 1)))
    if len(rows) <= most:
        return rows, ""
    if not most:
        return [], _cursor("others")
    last = rows[most - 1]
    return rows[:most], _cursor("others", last.sort_key if by_surname else str(last.counted_at), last.id)


def _searched(found: sa.Select[Signature], q: str, key: Any, by_surname: bool, most: int) -> list[Signature] | None:
    """The first of those found that have these words; None where no index knows them.

    What few have is fetched by the index first, and put in order then: asked for both at once, a database may choose to
    read the whole letter in its order. What many have is met among the next NEAR, or else fetched whole.
    """
    matches = indexed(found.where(*_have(Signature.search_key, q)), q)
    if matches is None:
        return None
    columns = Signature.id, key.label("key"), Signature.search_key
    matches = matches.with_only_columns(*columns)
    rows, number = _first_of(matches.limit(FEW + 1), key, by_surname, most)
    if number <= FEW:
        return rows
    near = _in_order(found.with_only_columns(*columns), key, Signature.id, by_surname).limit(NEAR).subquery()
    rows, _number = _first_of(sa.select(near).where(*_have(near.c.search_key, q)), key, by_surname, most)
    return rows if len(rows) == most else _first_of(matches, key, by_surname, most)[0]


def _first_of(some: sa.Select[Any], key: Any, by_surname: bool, most: int) -> tuple[list[Signature], int]:
    """The first signatures of a query for `id` and `key`, answered before it is put in order; and how many it found."""
    answered = some.cte("answered").prefix_with("MATERIALIZED")
    page = _in_order(sa.select(answered.c.id), answered.c.key, answered.c.id, by_surname).limit(most)
    number = sa.select(sa.func.count()).select_from(answered).scalar_subquery()
    query = sa.select(Signature, number).where(Signature.id.in_(page))
    rows = db.session.execute(_in_order(query, key, Signature.id, by_surname)).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def _have(search_key: Any, q: str) -> list[sa.ColumnElement[bool]]:
    return [search_key.contains(word) for word in plain(q).split()]


def _in_order(query: sa.Select[Any], key: Any, number: Any, by_surname: bool) -> sa.Select[Any]:
    return query.order_by(*((key, number) if by_surname else (key.desc(), number.desc())))


def _cursor(*values: str | int | None) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


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


def signature_of_link(signature_id: int, nonce: str) -> Signature | None:
    """The signature whose link carries this nonce; None once it was removed or its link replaced."""
    query = sa.select(Signature).where(Signature.id == signature_id, Signature.link_nonce == nonce)
    return db.session.scalars(query).first()
