"""Questions about organisations as people write them."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from tribune.database import db
from tribune.letters.models import Letter
from tribune.names import organisation_key, plain
from tribune.signatures.models import SHOWN, Merge, Signature
from tribune.signatures.spellings import PRINTED_NAME, followed
from tribune.statements import count_of, there_is

PAGE = 100
LATEST = 20_000  # signatures looked at for likeness: all of them, except under the largest letters
COUNTED_TO = 1_000  # names of one organisation; above that the page says "more than"
SUGGESTED = 8
LAST_SIGN = "\U0010ffff"  # sorts behind all others
S = Signature


class Spelling(NamedTuple):
    """One organisation as it is printed, and how many signatures name it."""

    key: str
    name: str
    names: int


def spellings(letter: Letter, *, begins: str = "", after: str = "", most: int = PAGE) -> list[Spelling]:
    """Return `most` organisations of a letter by ascending key, after the key `after`, that begin with `begins`.

    Each is counted to COUNTED_TO + 1 at most, so that an organisation of a hundred thousand does not slow the page.
    """
    here = _made_of_words(letter)
    keys = _keys(here, begins, after, most)
    theirs = sa.select(PRINTED_NAME.label("name")).where(*here, S.organisation_key == keys.c.key)
    some = theirs.limit(COUNTED_TO + 1).correlate(keys).subquery()
    name = sa.select(sa.func.min(some.c.name)).scalar_subquery()
    names = sa.select(sa.func.count()).select_from(some).scalar_subquery()
    found = sa.select(keys.c.key, name, names).where(keys.c.key.is_not(None)).order_by(keys.c.number)
    return [Spelling(*row) for row in db.session.execute(found)]


def _made_of_words(letter: Letter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for lines that can be merged: not withdrawn, and built from role and organisation."""
    return [S.letter_id == letter.id, S.affiliation.is_(None), S.withdrawn_at.is_(None)]


def _keys(here: Sequence[sa.ColumnExpressionArgument[bool]], begins: str, after: str, most: int) -> sa.CTE:
    """Return the next `most` keys of these signatures; after the last one, a row with NULL.

    Jumps from key to key by the index, so that it does not read all signatures of an organisation.
    """
    key = S.organisation_key
    start = key > after if after >= begins else key >= begins
    these = *here, *([key <= begins + LAST_SIGN] if begins else [])
    # Not min(): without statistics of a young letter, PostgreSQL may read every row for it.
    first = sa.select(key).where(*these, start).order_by(key).limit(1).scalar_subquery()
    keys = sa.select(first.label("key"), sa.literal(1).label("number")).cte("keys", recursive=True)
    following = sa.select(key).where(*these, key > keys.c.key).order_by(key).limit(1).scalar_subquery()
    more = keys.c.key.is_not(None), keys.c.number < most
    return keys.union_all(sa.select(following, keys.c.number + 1).where(*more))


def latest_spellings(letter: Letter) -> list[Spelling]:
    """Return the organisations of the LATEST signatures."""
    rows = sa.select(S.organisation_key, PRINTED_NAME.label("name"), S.affiliation)
    rows = rows.where(S.letter_id == letter.id, S.withdrawn_at.is_(None))
    latest = rows.order_by(S.id.desc()).limit(LATEST).subquery()
    query = sa.select(latest.c.organisation_key, sa.func.min(latest.c.name), sa.func.count())
    found = query.where(latest.c.organisation_key != "", latest.c.affiliation.is_(None))
    return [Spelling(*row) for row in db.session.execute(found.group_by(latest.c.organisation_key))]


def chosen(letter: Letter, keys: Sequence[str]) -> list[Spelling]:
    """Return these organisations, the most frequent first."""
    theirs = *_made_of_words(letter), S.organisation_key.in_(keys), S.organisation_key != ""
    query = sa.select(S.organisation_key, sa.func.min(PRINTED_NAME), sa.func.count()).where(*theirs)
    rows = db.session.execute(query.group_by(S.organisation_key))
    return sorted((Spelling(*row) for row in rows), key=lambda spelling: -spelling.names)


def merges_of(letter: Letter) -> Sequence[Merge]:
    """Return every merge of a letter, including those being undone."""
    return db.session.scalars(sa.select(Merge).where(Merge.letter_id == letter.id)).all()


def merges_by_key(letter: Letter) -> dict[str, Merge]:
    """Return the same, by the key of the spelling."""
    return {merge.from_key: merge for merge in merges_of(letter)}


def merges_as_typed(letter: Letter, *, begins: str = "", before: int = 0, most: int = PAGE) -> list[tuple[Merge, str]]:
    """Return `most` merges that are not undone, of spellings whose keys begin with `begins`, the latest first, each
    with one example of its spelling as typed.

    "" instead of the example if the merge changes only capitals or accents. `before`: the id below which to begin.
    """
    typed = sa.select(S.organisation).where(S.merge_id == Merge.id).limit(1).scalar_subquery()
    query = sa.select(Merge, sa.func.coalesce(typed, Merge.from_key)).where(Merge.letter_id == letter.id)
    if begins:
        query = query.where(Merge.from_key.between(begins, begins + LAST_SIGN))
    if before:
        query = query.where(Merge.id < before)
    found = db.session.execute(query.where(Merge.into != "").order_by(Merge.id.desc()).limit(most))
    return [(merge, "" if organisation_key(merge.into) == merge.from_key else name) for merge, name in found]


def lines_left(letter: Letter) -> sa.CompoundSelect[int]:
    """Select the ids of signatures not printed as the merges say: a merge is under way, or was interrupted."""
    merges = merges_by_key(letter)
    ends = [end for key in merges if (end := followed(key, merges.get))]
    further = {end.merge.id: end.name for end in ends if end.name != end.merge.into}
    name = sa.case(further, value=Merge.id, else_=Merge.into) if further else Merge.into
    here = sa.select(S.id).select_from(Merge).where(Merge.letter_id == letter.id)
    # Also all lines of a merge that is being undone: its name is empty.
    before = here.join(S, S.merge_id == Merge.id).where(S.printed_organisation != name)
    spelled = S.letter_id == letter.id, S.organisation_key.in_([end.merge.from_key for end in ends])
    typed = sa.select(S.id).where(*spelled, S.merge_id.is_(None), S.affiliation.is_(None))
    return sa.union_all(before, typed)


def count_left(letter: Letter) -> int:
    """Return how many `lines_left` there are."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(lines_left(letter).subquery())) or 0


def is_printed_otherwise(letter: Letter, key: str, name: str) -> bool:
    """Whether a line of this spelling is printed with any other than exactly this name."""
    theirs = S.letter_id == letter.id, S.organisation_key == key, S.affiliation.is_(None)
    return there_is(*theirs, PRINTED_NAME.is_distinct_from(name))


def count_printed(letter: Letter, name: str) -> int:
    """Return how many lines are printed with exactly this name."""
    theirs = (
        *_made_of_words(letter),
        S.organisation_key == organisation_key(name),
        PRINTED_NAME.is_not_distinct_from(name),
    )
    return count_of(*theirs)


def suggestions(letter: Letter, typed: str) -> list[str]:
    """Return organisations in the public list of a letter that begin like `typed`; none for fewer than two letters."""
    begins = plain(typed)
    if len(begins) < 2 or letter.public_list != "yes":
        return []
    here = S.letter_id == letter.id, SHOWN
    keys = _keys(here, begins, "", SUGGESTED)
    name = sa.select(PRINTED_NAME).where(*here, S.organisation_key == keys.c.key).limit(1).scalar_subquery()
    return list(db.session.scalars(sa.select(name).where(keys.c.key.is_not(None)).order_by(keys.c.number)))
