"""The organiser's table, page by page, and which signatures a batch concerns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from tribune.cursors import BadCursor, number_before
from tribune.database import db
from tribune.letters.models import Letter
from tribune.letters.queries import asking_number
from tribune.moderation.asked import REACHED, to_ask, to_remind
from tribune.moderation.filters import Filter
from tribune.outbox.queries import refused
from tribune.signatures.models import Flag, Signature
from tribune.signatures.queries import PAGE, Page
from tribune.signatures.table import NAMED

S = Signature
COUNTED_TO = 1000  # rows; above that the page says "more than", as counting on would be slow
KEYS = {"surname": S.sort_key, "organisation": S.organisation_key}
# Which column each verb changes: True sets the moment where it is empty, False empties it where it is set.
VERBS = {
    "hide": (S.hidden_at, True),
    "show": (S.hidden_at, False),
    "hold": (S.held_at, True),
    "release": (S.held_at, False),
    "ask": (S.counted_at, False),
    "remind": (S.counted_at, False),  # empty already: the row of the batch says that they were reminded
}
DECIDES = ("hide", "hold")  # verbs that need a reason, and clear flags
CHOSEN = ("hide", "show", "hold", "release")  # verbs applied to signatures that the organiser chooses


def table_page(letter: Letter, asked: Filter, after: str = "") -> Page[Signature]:
    """Return at most PAGE signatures: newest first, by surname, or by organisation (those without one last).

    Raises BadCursor if `after` is not the cursor of a page in this order.
    """
    key = KEYS.get(asked.sort)
    found = sa.select(S).where(*asked.conditions(letter)).limit(PAGE + 1)
    if key is None:
        before = [S.id < _read_cursor(after)[0]] if after else []
        rows = list(db.session.scalars(found.where(*before).order_by(S.id.desc())))
    else:
        last_before = _read_cursor(after, with_key=True) if after else None
        if asked.asks and len(few := first_ids(letter, asked)) <= COUNTED_TO:
            # Sorting these is cheaper than walking past all others.
            found = sa.select(S).where(S.id.in_(few)).limit(PAGE + 1)
        rows = _by_key(found.order_by(key, S.id), key, last_before)
    if len(rows) <= PAGE:
        return Page(rows, "")
    last = rows[PAGE - 1]
    return Page(rows[:PAGE], f"{last.id}" if key is None else f"{last.id}:{getattr(last, key.key)}")


def first_ids(letter: Letter, asked: Filter) -> Sequence[int]:
    """Return the ids of the newest that match: COUNTED_TO, and one more if there are more."""
    query = sa.select(S.id).where(*asked.conditions(letter)).order_by(S.id.desc())
    return db.session.scalars(query.limit(COUNTED_TO + 1)).all()


def _by_key(
    found: sa.Select[Signature], key: InstrumentedAttribute[str], last: tuple[int, str] | None
) -> list[Signature]:
    """Return the rows after the last one of the page before; rows with an empty key come after all others."""
    rows: list[Signature] = []
    if last is None or last[1]:
        after = [sa.tuple_(key, S.id) > _place(key, *last)] if last else [key > ""]
        rows = list(db.session.scalars(found.where(*after)))
    if len(rows) <= PAGE:
        after = [S.id > last[0]] if last and not last[1] else []
        rows += db.session.scalars(found.where(key == "", *after).limit(PAGE + 1 - len(rows)))
    return rows


def _place(key: InstrumentedAttribute[str], number: int, value: str) -> sa.Tuple:
    return sa.tuple_(sa.literal(value, key.type), sa.literal(number, S.id.type))


def _read_cursor(after: str, with_key: bool = False) -> tuple[int, str]:
    """Return the id and, if the order has one, the key of the last row of a page. Raises BadCursor."""
    number, colon, key = after.partition(":")
    if bool(colon) != with_key or "\0" in key:
        raise BadCursor
    return number_before(number), key


def concerned(letter: Letter, verb: str, choice: Mapping[str, Any]) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for the signatures that a verb would change. `choice`: as for `actions.start`.

    Nobody is asked about a change of substance that a later one has replaced: all are asked about that one instead.
    """
    if verb == "ask":
        version = choice["version"]
        return to_ask(letter, version) if version == asking_number(letter) else [sa.false()]
    if verb == "remind":
        return to_remind(letter, choice["version"])
    column, sets = VERBS[verb]
    if "ids" in choice:
        chosen = [S.letter_id == letter.id, S.id.in_(choice["ids"])]
    else:
        chosen = Filter.from_args(choice).conditions(letter)
    return [*chosen, NAMED, S.withdrawn_at.is_(None), column.is_(None) if sets else column.is_not(None)]


def told(letter: Letter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for those who are mailed that they are hidden, though still counted.

    They were shown, or would be once the letter is published, and can be reached.
    """
    listed = [S.position.is_not(None)] if letter.public_list == "no" else []
    return [*REACHED, S.published.is_(True), S.counted_at.is_not(None), *listed, ~refused(S.mailbox_key)]


def examples_of(conditions: Sequence[sa.ColumnElement[bool]], most: int) -> Sequence[Signature]:
    """Return the newest signatures that match."""
    return db.session.scalars(sa.select(S).where(*conditions).order_by(S.id.desc()).limit(most)).all()


def last_id(letter: Letter) -> int:
    """Return the id of the last signature of this letter, 0 if there is none."""
    return db.session.scalar(sa.select(sa.func.max(S.id)).where(S.letter_id == letter.id)) or 0


def open_flags(signatures: Iterable[Signature]) -> dict[int, list[str]]:
    """Return the kinds of uncleared flags by signature id, for those of these signatures that have any."""
    ids = [signature.id for signature in signatures]
    query = sa.select(Flag.signature_id, Flag.kind).where(Flag.signature_id.in_(ids), Flag.cleared_at.is_(None))
    found: dict[int, list[str]] = {}
    for number, kind in db.session.execute(query.order_by(Flag.id)):
        found.setdefault(number, []).append(kind)
    return found


def off_since(after: datetime) -> sa.ScalarSelect[datetime]:
    """Select since when nobody has to look at a flag: its signature was hidden, held or withdrawn after this moment.

    Earlier moments do not matter: the flag was on the list despite them, for example of a signature held on arrival, or
    of a hidden signatory who changed their words.
    """
    since = (sa.case((column > after, column)) for column in (S.hidden_at, S.held_at, S.withdrawn_at))
    return sa.select(sa.func.coalesce(*since)).where(S.id == Flag.signature_id).scalar_subquery()


def sections_of(letter: Letter) -> Sequence[str]:
    """Return the sections in use under this letter."""
    has_one = sa.text("signatures.section <> ''")  # word for word as in the index
    query = sa.select(S.section).where(S.letter_id == letter.id, has_one).distinct().order_by(S.section)
    return db.session.scalars(query).all()
