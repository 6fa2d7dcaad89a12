"""Searching a list in order, fast for a million signatures as for ten.

Matches of a frequent word are soon met along the list; those of a rare one are fetched by the index of trigrams, then
sorted. The next ones of the list (`Order.sample`) tell which is which. Asked for words and an order at once, a database
would guess, and may read everybody.

Statements are built once for each shape of what is asked, since to build one takes as long as to run it. Their
parameters are those of `Asked.values`, and the `pieces` where the index is asked.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from tribune.database import db, is_postgresql
from tribune.letters.models import Letter
from tribune.signatures.lines import PRINTED, Printed
from tribune.signatures.models import COLUMNS, Signature
from tribune.signatures.queries import OTHERS, printed
from tribune.signatures.trigrams import indexed, pieces

MANY = 50_000  # matches on the whole site above which the index is not used
SPREAD = 500  # signatures sampled at most to estimate that
TELLING = 25  # matches among them that tell it well enough: a small site needs fewer samples
FEW = 2_000  # signatures of one organisation up to which all are fetched, then sorted
Place = tuple[Any, int] | tuple[()]  # a place in an order: key and id of the signature there
SHAPES = 100  # statements of one kind that are kept: somebody may search fifty words
MOST = sa.bindparam("most", type_=sa.Integer)
_few = sa.bindparam("few", type_=sa.Integer)
_closest = sa.bindparam("closest", type_=sa.Integer)

_any = Signature.__table__.alias("any_signature")  # any of the site, not only those of the list
_newest = sa.select(sa.func.max(_any.c.id).label("id")).subquery()
_apart = sa.case((_newest.c.id // SPREAD > _closest, _newest.c.id // SPREAD), else_=_closest) + 1
_spread = sa.select(_newest.c.id, _apart.label("apart")).cte("spread", recursive=True)
_spread = _spread.union_all(
    sa.select(_spread.c.id - _spread.c.apart, _spread.c.apart).where(_spread.c.id > _spread.c.apart)
)


class Asked(NamedTuple):
    """What a list is searched for: words, and the keys of an organisation; everybody if there are neither."""

    words: Sequence[str]
    keys: Collection[str]

    @property
    def shape(self) -> tuple[int, bool]:
        """Return all that the statement depends on."""
        return len(self.words), bool(self.keys)

    def values(self, letter: Letter, most: int, place: Place) -> dict[str, Any]:
        """Return the values of the parameters, for at most so many after this place, if there is one."""
        values: dict[str, Any] = {f"word{number}": word for number, word in enumerate(self.words)}
        values |= {"letter": letter.id, "keys": sorted(self.keys), "few": FEW, "most": most}
        values["closest"] = MANY // TELLING
        return values | (dict(zip(("key", "number"), place, strict=True)) if place else {})


class Order(NamedTuple):
    """An order of the list: by `key`, then by id, both ascending (`rises`) or both descending."""

    key: Any
    rises: bool
    near: int  # how many are walked past for one page at most; fewer if they lie scattered in the table
    sample: int  # how many of these tell whether it is worth it: a twentieth, where six have the words if it is

    def of(self, query: sa.Select[Any], key: Any = None, number: Any = None) -> sa.Select[Any]:
        """Return the query in this order."""
        columns = (self.key, COLUMNS.id) if key is None else (key, number)
        return query.order_by(*(columns if self.rises else (column.desc() for column in columns)))

    def after(self, *columns: Any) -> sa.ColumnElement[bool]:
        """Match what comes after the place. `columns`: hold key and id, if not the table's own."""
        here = sa.tuple_(*(columns or (self.key, COLUMNS.id)))
        place = sa.tuple_(sa.bindparam("key", type_=self.key.type), sa.bindparam("number", type_=COLUMNS.id.type))
        return here > place if self.rises else here < place


ORDERS = {
    "recent": Order(COLUMNS.counted_at, False, near=20_000, sample=1_000),
    "surname": Order(COLUMNS.sort_key, True, near=10_000, sample=500),
}


class Found(NamedTuple):
    """What a search found."""

    signatures: list[Printed]
    number: int | None = None  # how many there are in all, if they were counted
    end: tuple[Any, int] | None = None  # where the walk stopped, if before the end of the list


def fit(words: int, of_one: bool, search_key: Any = COLUMNS.search_key) -> list[sa.ColumnElement[bool]]:
    """Match those who have so many words, and sign for the organisation of the keys if it is `of_one`."""
    theirs = [COLUMNS.organisation_key.in_(sa.bindparam("keys", expanding=True))] if of_one else []
    return [*theirs, *(search_key.contains(sa.bindparam(f"word{number}", type_=sa.Text)) for number in range(words))]


_some = sa.select(COLUMNS.id).where(COLUMNS.letter_id == sa.bindparam("letter"), *fit(0, of_one=True))
_members = _some.limit(_few + 1).cte("members").prefix_with("MATERIALIZED")
_are_few = sa.select(sa.func.count() <= _few).select_from(_members).scalar_subquery()


@lru_cache(SHAPES)
def _others(order: Order, of_one: bool, goes_on: bool) -> sa.Select[Any]:
    """Select those who are not first signatories, of one organisation or all, after the place if it `goes_on`."""
    return OTHERS.where(*fit(0, of_one), *([order.after()] if goes_on else []))


@lru_cache(SHAPES)
def _next(order: Order, of_one: bool, goes_on: bool) -> sa.Select[Any]:
    return order.of(_others(order, of_one, goes_on)).limit(MOST)


def next_of_all(letter: Letter, asked: Asked, order: Order, most: int, place: Place) -> Found:
    """Return the first `most` after a place, in this order, who have the words; fewer only if the walk stopped."""
    values, words = asked.values(letter, most, place), len(asked.words)
    shape = order, bool(asked.keys), bool(place)
    if not words:
        return Found(printed(letter, _next(*shape), values))
    rows = None
    if asked_of_index := pieces(" ".join(asked.words)):
        steps = min(order.sample, order.near)
        seen, many = db.session.execute(_sample(*shape, words, steps), values).one()
        if many is None:
            rows = printed(letter, _walk(*shape, words), values)
            # A short list was walked whole; the index would have searched all letters.
            if len(rows) == most or seen < steps:
                return Found(rows)
            many = db.session.scalar(_are_many(words), values)
        if many <= MANY:
            values["pieces"] = asked_of_index
            return _fetched(letter, _by_index(*shape, words, is_postgresql()), values)
    if rows is None:
        rows = printed(letter, _walk(*shape, words), values)
    if len(rows) == most:
        return Found(rows)
    end = db.session.execute(_end(*shape), values).first()
    return Found(rows, end=(end[0], end[1]) if end else None)


def next_of_one(letter: Letter, asked: Asked, order: Order, most: int, place: Place) -> Found:
    """Do the same with those who sign for one organisation.

    Few members are fetched by the organisation's index: walking would pass everybody else, and the whole list for a
    name that nobody has. Many members are soon found by walking.
    """
    values = asked.values(letter, most, place)
    fetched = _fetched(letter, _by_organisation(order, bool(place), len(asked.words)), values)
    if fetched.signatures or db.session.scalar(sa.select(_are_few), values):
        return fetched
    return next_of_all(letter, asked, order, most, place)


@lru_cache(SHAPES)
def _are_many(words: int) -> sa.Select[Any]:
    """Select about how many signatures of the site have these words: fetching too many would take seconds.

    Estimated from up to SPREAD signatures at equal distances.
    """
    hits = sa.select(sa.func.coalesce(sa.func.count() * sa.func.max(_spread.c.apart), 0))
    return hits.where(_any.c.id == _spread.c.id, *fit(words, False, _any.c.search_key))


@lru_cache(SHAPES)
def _sample(order: Order, of_one: bool, goes_on: bool, words: int, steps: int) -> sa.Select[Any]:
    """Count the next `steps` of the list, fewer at its end, and about how many have the words on the whole site.

    The latter is NULL, and not looked for, if a walk promises a full page, or if these are all.
    """
    next_ones = _next_keys(order, of_one, goes_on, steps)
    hits = sa.func.count().filter(*fit(words, False, next_ones.c.search_key))
    seen = sa.func.count()
    is_poor = sa.and_(seen == steps, hits * order.near < MOST * steps)
    return sa.select(seen, sa.case((is_poor, _are_many(words).scalar_subquery()))).select_from(next_ones)


@lru_cache(SHAPES)
def _walk(order: Order, of_one: bool, goes_on: bool, words: int) -> sa.Select[Any]:
    """Select the matches among the next `near` of the list, at most `most` of them."""
    near = _next_keys(order, of_one, goes_on, order.near)
    # No ORDER BY here: rows come in the order of the walk, which stops at the last one wanted.
    wanted = sa.select(near.c.id).where(*fit(words, False, near.c.search_key)).limit(MOST)
    return order.of(sa.select(*PRINTED).where(COLUMNS.id.in_(wanted)))


def _next_keys(order: Order, of_one: bool, goes_on: bool, steps: int) -> sa.Subquery:
    """Select id and search key of so many of the list, at most."""
    found = _others(order, of_one, goes_on).with_only_columns(COLUMNS.id, COLUMNS.search_key)
    return order.of(found).limit(steps).subquery()


@lru_cache(SHAPES)
def _end(order: Order, of_one: bool, goes_on: bool) -> sa.Select[Any]:
    """Select the place where a walk ends; no row if the list is shorter."""
    found = _others(order, of_one, goes_on).with_only_columns(order.key, COLUMNS.id)
    return order.of(found).limit(1).offset(order.near - 1)


@lru_cache(SHAPES)
def _by_index(order: Order, of_one: bool, goes_on: bool, words: int, on_postgresql: bool) -> sa.Select[Any]:
    found = _others(order, of_one, goes_on).where(*fit(words, of_one=False))
    return _sorted(indexed(found, on_postgresql), order)


@lru_cache(SHAPES)
def _by_organisation(order: Order, goes_on: bool, words: int) -> sa.Select[Any]:
    # + 0, or SQLite reads the whole letter, as it would with the trigram index.
    theirs = _others(order, True, False).join(_members, _members.c.id + 0 == COLUMNS.id)
    return _sorted(theirs.where(_are_few, *fit(words, of_one=False)), order, goes_on)


def _sorted(matches: sa.Select[Any], order: Order, goes_on: bool = False) -> sa.Select[Any]:
    """Select the first matches, after the place if it `goes_on`, and their number; all are fetched before sorting."""
    answered = matches.with_only_columns(COLUMNS.id, order.key.label("key")).cte("answered")
    answered = answered.prefix_with("MATERIALIZED")
    after = [order.after(answered.c.key, answered.c.id)] if goes_on else []
    page = order.of(sa.select(answered.c.id).where(*after), answered.c.key, answered.c.id).limit(MOST)
    number = sa.select(sa.func.count()).select_from(answered).scalar_subquery()
    return order.of(sa.select(*PRINTED, number).where(COLUMNS.id.in_(page)))


def _fetched(letter: Letter, query: sa.Select[Any], values: dict[str, Any]) -> Found:
    """Return what `_sorted` selects."""
    rows = db.session.execute(query, values).all()
    return Found([Printed._make((*row[:-1], letter)) for row in rows], rows[0][-1] if rows else 0)
