"""Searching a list in order, fast for a million signatures as for ten.

Matches of a frequent word are soon met along the list; those of a rare one are fetched by the index of trigrams, then
sorted. The next SAMPLE of the list tell which is which. Asked for words and an order at once, a database would guess,
and may read everybody.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa

from tribune.database import db
from tribune.letters.models import Letter
from tribune.names import plain, searched
from tribune.signatures.lines import PRINTED, Printed
from tribune.signatures.models import COLUMNS, Signature
from tribune.signatures.queries import printed
from tribune.signatures.trigrams import indexed

SAMPLE = 1_000
MANY = 50_000  # matches on the whole site above which the index is not used
SPREAD = 500  # signatures sampled to estimate that
FEW = 2_000  # signatures of one organisation up to which all are fetched, then sorted
Place = tuple[Any, int] | tuple[()]  # a place in an order: key and id of the signature there

_any = Signature.__table__.alias("any_signature")  # any of the site, not only those of the list
_newest = sa.select(sa.func.max(_any.c.id).label("id")).subquery()
_spread = sa.select(_newest.c.id, (_newest.c.id // SPREAD + 1).label("apart")).cte("spread", recursive=True)
_spread = _spread.union_all(
    sa.select(_spread.c.id - _spread.c.apart, _spread.c.apart).where(_spread.c.id > _spread.c.apart)
)


class Order(NamedTuple):
    """An order of the list: by `key`, then by id, both ascending (`rises`) or both descending."""

    key: Any
    rises: bool
    near: int  # how many are walked past for one page at most; fewer if they lie scattered in the table

    def of(self, query: sa.Select[Any], key: Any = None, number: Any = None) -> sa.Select[Any]:
        """Return the query in this order."""
        columns = (self.key, COLUMNS.id) if key is None else (key, number)
        return query.order_by(*(columns if self.rises else (column.desc() for column in columns)))

    def after(self, key: Any, number: int, *columns: Any) -> sa.ColumnElement[bool]:
        """Match what comes after this place. `columns`: hold key and id, if not the table's own."""
        here = sa.tuple_(*(columns or (self.key, COLUMNS.id)))
        place = sa.tuple_(sa.literal(key, self.key.type), sa.literal(number, COLUMNS.id.type))
        return here > place if self.rises else here < place


ORDERS = {"recent": Order(COLUMNS.counted_at, False, 20_000), "surname": Order(COLUMNS.sort_key, True, 10_000)}


class Found(NamedTuple):
    """What a search found."""

    signatures: list[Printed]
    number: int | None = None  # how many there are in all, if they were counted
    end: tuple[Any, int] | None = None  # where the walk stopped, if before the end of the list


def have(search_key: Any, q: str) -> list[sa.ColumnElement[bool]]:
    """Match search keys that contain all that is searched."""
    return [search_key.contains(piece) for piece in searched(q)]


def next_with(letter: Letter, q: str, found: sa.Select[Any], order: Order, most: int) -> Found:
    """Return the first `most` of `found`, in this order, that have these words; fewer only if the walk stopped."""
    matches = indexed(found.where(*have(COLUMNS.search_key, q)), q)
    if matches is not None:
        rows = printed(letter, _walk(q, found, order, most, gives_up=True))
        if len(rows) == most:
            return Found(rows)
        beyond = db.session.execute(_end(found, order, SAMPLE).add_columns(_are_many(q).label("many"))).first()
        if beyond is None:
            # The list is short and was walked whole; the index would have searched all letters.
            return Found(rows, len(rows))
        if not beyond.many:
            return _fetched(letter, matches, order, most)
    rows = printed(letter, _walk(q, found, order, most, gives_up=False))
    if len(rows) == most:
        return Found(rows)
    end = db.session.execute(_end(found, order, order.near)).first()
    return Found(rows, end=(end[0], end[1]) if end else None)


def next_of_one(
    letter: Letter, q: str, found: sa.Select[Any], order: Order, most: int, *, keys: Collection[str], place: Place
) -> Found:
    """Return the first `most` of `found` after a place that sign for the organisation of these keys; `q` may be "".

    Few members are fetched by the organisation's index: walking would pass everybody else, and the whole list for a
    name that nobody has. Many members are soon found by walking.
    """
    members = sa.select(COLUMNS.id).where(COLUMNS.letter_id == letter.id, COLUMNS.organisation_key.in_(keys))
    some = members.limit(FEW + 1).cte("some").prefix_with("MATERIALIZED")
    are_few = sa.select(sa.func.count() <= FEW).select_from(some).scalar_subquery()
    # + 0, or SQLite reads the whole letter, as it would with the trigram index.
    theirs = found.join(some, some.c.id + 0 == COLUMNS.id).where(are_few, *have(COLUMNS.search_key, q))
    fetched = _fetched(letter, theirs, order, most, place)
    if fetched.signatures or db.session.scalar(sa.select(are_few)):
        return fetched
    found = found.where(order.after(*place)) if place else found
    return next_with(letter, q, found, order, most) if plain(q) else Found(printed(letter, order.of(found).limit(most)))


def _are_many(q: str) -> sa.ColumnElement[bool]:
    """Match if so many signatures of the site have these words that fetching them all would take seconds.

    Estimated from up to SPREAD signatures at equal distances.
    """
    hits = sa.select(sa.func.count() * sa.func.max(_spread.c.apart)).where(
        _any.c.id == _spread.c.id, *have(_any.c.search_key, q)
    )
    return sa.func.coalesce(hits.scalar_subquery(), 0) > MANY


def _walk(q: str, found: sa.Select[Any], order: Order, most: int, gives_up: bool) -> sa.Select[Any]:
    """Select the matches among the next `near` of the list, at most `most` of them.

    If it `gives_up`: only among the next SAMPLE, should these show that `near` would not give enough.
    """
    columns: tuple[Any, ...] = (COLUMNS.id, COLUMNS.search_key)
    limit: Any = order.near
    if gives_up:
        sample = order.of(found.with_only_columns(*columns)).limit(SAMPLE).subquery()
        hits: Any = sa.select(sa.func.count()).where(*have(sample.c.search_key, q)).scalar_subquery()
        limit = sa.case((hits * order.near >= most * SAMPLE, order.near), else_=SAMPLE)
    near = order.of(found.with_only_columns(*columns)).limit(limit).subquery()
    # No ORDER BY here: rows come in the order of the walk, which stops at the last one wanted.
    wanted = sa.select(near.c.id).where(*have(near.c.search_key, q)).limit(most)
    return order.of(sa.select(*PRINTED).where(COLUMNS.id.in_(wanted)))


def _end(found: sa.Select[Any], order: Order, steps: int) -> sa.Select[Any]:
    """Select the place where a walk of so many steps ends; no row if the list is shorter."""
    return order.of(found.with_only_columns(order.key, COLUMNS.id)).limit(1).offset(steps - 1)


def _fetched(letter: Letter, matches: sa.Select[Any], order: Order, most: int, place: Place = ()) -> Found:
    """Return the first `most` matches, after a place if given, and their number; all are fetched before sorting."""
    answered = matches.with_only_columns(COLUMNS.id, order.key.label("key")).cte("answered")
    answered = answered.prefix_with("MATERIALIZED")
    after = [order.after(*place, answered.c.key, answered.c.id)] if place else []
    page = order.of(sa.select(answered.c.id).where(*after), answered.c.key, answered.c.id).limit(most)
    number = sa.select(sa.func.count()).select_from(answered).scalar_subquery()
    rows = db.session.execute(order.of(sa.select(*PRINTED, number).where(COLUMNS.id.in_(page)))).all()
    return Found([Printed._make((*row[:-1], letter)) for row in rows], rows[0][-1] if rows else 0)
