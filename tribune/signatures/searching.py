"""The next signatures of a list that have some words, among a million as among ten.

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
from tribune.signatures.models import Signature
from tribune.signatures.queries import printed
from tribune.signatures.trigrams import indexed

SAMPLE = 1_000
MANY = 50_000  # matches of the whole site, beyond which the index is not asked
SPREAD = 500  # signatures that tell whether there are as many
FEW = 2_000  # who sign for one organisation: so many are fetched whole, and put in order then
Place = tuple[Any, int] | tuple[()]  # in an order: the key and the number of who stands there

_any = Signature.__table__.alias("any_signature")  # of the site, apart from those of the list
_newest = sa.select(sa.func.max(_any.c.id).label("id")).subquery()
_spread = sa.select(_newest.c.id, (_newest.c.id // SPREAD + 1).label("apart")).cte("spread", recursive=True)
_spread = _spread.union_all(
    sa.select(_spread.c.id - _spread.c.apart, _spread.c.apart).where(_spread.c.id > _spread.c.apart)
)


class Order(NamedTuple):
    """An order of the list: by this column, then by id, both up or both down."""

    key: Any
    rises: bool
    near: int  # so many are walked past for a page, at most: fewer where they lie scattered in the table

    def of(self, query: sa.Select[Any], key: Any = None, number: Any = None) -> sa.Select[Any]:
        """The query in this order."""
        columns = (self.key, Signature.id) if key is None else (key, number)
        return query.order_by(*(columns if self.rises else (column.desc() for column in columns)))

    def after(self, key: Any, number: int, *columns: Any) -> sa.ColumnElement[bool]:
        """Whoever comes after this place, by what these columns hold of their key and number, else by their own."""
        here = sa.tuple_(*(columns or (self.key, Signature.id)))
        place = sa.tuple_(sa.literal(key, self.key.type), sa.literal(number, Signature.id.type))
        return here > place if self.rises else here < place


ORDERS = {"recent": Order(Signature.counted_at, False, 20_000), "surname": Order(Signature.sort_key, True, 10_000)}


class Found(NamedTuple):
    """The first of them; how many there are, where they were counted; and where the walk ended before the list did."""

    signatures: list[Printed]
    number: int | None = None
    end: tuple[Any, int] | None = None


def have(search_key: Any, q: str) -> list[sa.ColumnElement[bool]]:
    """That a search key has all that is searched."""
    return [search_key.contains(piece) for piece in searched(q)]


def next_with(letter: Letter, q: str, found: sa.Select[Any], order: Order, most: int) -> Found:
    """The first of those found, in this order, that have these words: so many, fewer only where the walk ended."""
    matches = indexed(found.where(*have(Signature.search_key, q)), q)
    if matches is not None:
        rows = printed(letter, _walk(q, found, order, most, gives_up=True))
        if len(rows) == most:
            return Found(rows)
        beyond = db.session.execute(_end(found, order, SAMPLE).add_columns(_are_many(q).label("many"))).first()
        if beyond is None:
            # A short list was met whole; the index holds those of all letters.
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
    """The same of those found, who sign for the organisation of these keys, after a place; `q` may ask nothing.

    Few are fetched by its index: along the list one would walk past all others, for a name that nobody has past
    everybody. Many are soon met there.
    """
    members = sa.select(Signature.id).where(Signature.letter_id == letter.id, Signature.organisation_key.in_(keys))
    some = members.limit(FEW + 1).cte("some").prefix_with("MATERIALIZED")
    are_few = sa.select(sa.func.count() <= FEW).select_from(some).scalar_subquery()
    # A sum, or SQLite reads the whole letter, as it would with the index of trigrams.
    theirs = found.join(some, some.c.id + 0 == Signature.id).where(are_few, *have(Signature.search_key, q))
    fetched = _fetched(letter, theirs, order, most, place)
    if fetched.signatures or db.session.scalar(sa.select(are_few)):
        return fetched
    found = found.where(order.after(*place)) if place else found
    return next_with(letter, q, found, order, most) if plain(q) else Found(printed(letter, order.of(found).limit(most)))


def _are_many(q: str) -> sa.ColumnElement[bool]:
    """Whether so many of the site have these words that to fetch them all would take seconds.

    By some of its signatures, as far from each other as they can be: each stands for those up to the next.
    """
    hits = sa.select(sa.func.count() * sa.func.max(_spread.c.apart)).where(
        _any.c.id == _spread.c.id, *have(_any.c.search_key, q)
    )
    return sa.func.coalesce(hits.scalar_subquery(), 0) > MANY


def _walk(q: str, found: sa.Select[Any], order: Order, most: int, gives_up: bool) -> sa.Select[Any]:
    """The first among the next `near` of the list, or among the next SAMPLE once these show that it is too few."""
    columns: tuple[Any, ...] = (Signature.id, Signature.search_key)
    limit: Any = order.near
    if gives_up:
        sample = order.of(found.with_only_columns(*columns)).limit(SAMPLE).subquery()
        hits: Any = sa.select(sa.func.count()).where(*have(sample.c.search_key, q)).scalar_subquery()
        limit = sa.case((hits * order.near >= most * SAMPLE, order.near), else_=SAMPLE)
    near = order.of(found.with_only_columns(*columns)).limit(limit).subquery()
    # They come as the list was walked, and the walk ends with the last that is wanted: no order here.
    wanted = sa.select(near.c.id).where(*have(near.c.search_key, q)).limit(most)
    return order.of(sa.select(Signature).where(Signature.id.in_(wanted)))


def _end(found: sa.Select[Any], order: Order, steps: int) -> sa.Select[Any]:
    """The last place of a walk of so many; none if the list ended before."""
    return order.of(found.with_only_columns(order.key, Signature.id)).limit(1).offset(steps - 1)


def _fetched(letter: Letter, matches: sa.Select[Any], order: Order, most: int, place: Place = ()) -> Found:
    """The first of a query, or after a place, which is answered whole before it is put in order; how many it found."""
    answered = matches.with_only_columns(Signature.id, order.key.label("key")).cte("answered")
    answered = answered.prefix_with("MATERIALIZED")
    after = [order.after(*place, answered.c.key, answered.c.id)] if place else []
    page = order.of(sa.select(answered.c.id).where(*after), answered.c.key, answered.c.id).limit(most)
    number = sa.select(sa.func.count()).select_from(answered).scalar_subquery()
    rows = db.session.execute(order.of(sa.select(*PRINTED, number).where(Signature.id.in_(page)))).all()
    return Found([Printed._make((*row[:-1], letter)) for row in rows], rows[0][-1] if rows else 0)
