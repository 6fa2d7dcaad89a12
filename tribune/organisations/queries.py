"""Questions about organisations as people write them."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from tribune.database import db
from tribune.letters.models import Letter
from tribune.names import plain
from tribune.signatures.models import SHOWN, Merge, Signature

PAGE = 100
LATEST = 20_000  # signatures looked at for likeness: all of them under all but the largest letters
COUNTED_TO = 1_000  # names of one organisation: beyond it, "more than" is what an organiser needs to know
SUGGESTED = 8
S = Signature
PRINTED = sa.func.coalesce(S.printed_organisation, S.organisation)


class Spelling(NamedTuple):
    """One organisation as it is printed, and under how many names."""

    key: str
    name: str
    names: int


def spellings(letter: Letter, *, begins: str = "", after: str = "", most: int = PAGE) -> list[Spelling]:
    """Organisations of a letter in order of their key, `most` at a time; `begins` is typed by a person.

    Each is counted up to one more than COUNTED_TO: a page costs no more where a hundred thousand sign for one.
    """
    found: list[Spelling] = []
    keys = sa.select(sa.func.min(S.organisation_key)).where(S.letter_id == letter.id)
    if begins:
        keys = keys.where(S.organisation_key.between(begins, begins + "\U0010ffff"))
    while len(found) < most and (key := db.session.scalar(keys.where(S.organisation_key > after))) is not None:
        after = key
        theirs = sa.select(PRINTED.label("name")).where(S.letter_id == letter.id, S.organisation_key == key)
        some = theirs.where(S.affiliation.is_(None), S.withdrawn_at.is_(None)).limit(COUNTED_TO + 1).subquery()
        name, names = db.session.execute(sa.select(sa.func.min(some.c.name), sa.func.count()).select_from(some)).one()
        if names:
            found.append(Spelling(key, name, names))
    return found


def latest_spellings(letter: Letter) -> list[Spelling]:
    """Organisations of the LATEST signatures."""
    rows = sa.select(S.organisation_key, PRINTED.label("name"), S.affiliation)
    rows = rows.where(S.letter_id == letter.id, S.withdrawn_at.is_(None))
    latest = rows.order_by(S.id.desc()).limit(LATEST).subquery()
    query = sa.select(latest.c.organisation_key, sa.func.min(latest.c.name), sa.func.count())
    found = query.where(latest.c.organisation_key != "", latest.c.affiliation.is_(None))
    return [Spelling(*row) for row in db.session.execute(found.group_by(latest.c.organisation_key))]


def chosen(letter: Letter, keys: Sequence[str]) -> list[Spelling]:
    """These organisations, most used first."""
    query = sa.select(S.organisation_key, sa.func.min(PRINTED), sa.func.count()).where(
        S.letter_id == letter.id,
        S.organisation_key.in_(keys),
        S.organisation_key != "",
        S.affiliation.is_(None),
        S.withdrawn_at.is_(None),
    )
    rows = db.session.execute(query.group_by(S.organisation_key))
    return sorted((Spelling(*row) for row in rows), key=lambda spelling: -spelling.names)


def merges_of(letter: Letter) -> Sequence[Merge]:
    """Every merge of a letter, the newest first."""
    return db.session.scalars(sa.select(Merge).where(Merge.letter_id == letter.id).order_by(Merge.id.desc())).all()


def merge_of(letter: Letter, key: str) -> Merge | None:
    """The merge of one spelling."""
    return db.session.scalars(sa.select(Merge).where(Merge.letter_id == letter.id, Merge.from_key == key)).first()


def typed_under(found: Merge) -> str:
    """One of the ways in which people typed a merged spelling."""
    return db.session.scalar(sa.select(S.organisation).where(S.merge_id == found.id).limit(1)) or found.from_key


def suggestions(letter: Letter, typed: str) -> list[str]:
    """Organisations that readers see in the list of a letter and that begin as `typed` does."""
    begins = plain(typed)
    if len(begins) < 2 or letter.public_list != "yes":
        return []
    names: list[str] = []
    after, end = begins, begins + "\U0010ffff"
    for _ in range(SUGGESTED):  # from one organisation to the next: never all who sign for one
        query = sa.select(S.organisation_key, PRINTED).where(
            S.letter_id == letter.id, SHOWN, S.organisation_key > after if names else S.organisation_key >= after
        )
        row = db.session.execute(query.where(S.organisation_key <= end).order_by(S.organisation_key).limit(1)).first()
        if row is None:
            break
        after = row[0]
        names.append(row[1])
    return names
