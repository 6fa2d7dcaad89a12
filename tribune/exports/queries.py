"""Questions about files that were taken."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.models import SHOWN, Signature

LATEST = 20
PRINTED = (  # what a line is made of
    "given_name", "family_name", "role", "organisation", "printed_organisation", "capacity", "section", "affiliation",
    "position", "as_organisation", "sort_key", "letter_id",
)  # fmt: skip


def first_to_print(letter: Letter) -> Sequence[Signature]:
    """All first signatories who are shown, in the organiser's order, with what their lines are made of."""
    first = _to_print(letter, Signature.position.is_not(None)).order_by(Signature.position, Signature.id)
    return db.session.scalars(first).all()


def others_to_print(letter: Letter, most: int) -> Sequence[Signature]:
    """The others whom readers see, by surname, as many as this at most."""
    if letter.public_list == "no":
        return []
    others = _to_print(letter, Signature.position.is_(None)).order_by(Signature.sort_key, Signature.id)
    return db.session.scalars(others.limit(most)).all()


def _to_print(letter: Letter, which: sa.ColumnElement[bool]) -> sa.Select[Signature]:
    columns = [getattr(Signature, name) for name in PRINTED]
    query = sa.select(Signature).where(Signature.letter_id == letter.id, SHOWN, which)
    return query.options(load_only(*columns))


def nameless_count(letter: Letter) -> int:
    """How many count and are in no file, since their names were deleted when their time had come."""
    query = sa.select(sa.func.count()).select_from(Signature)
    return db.session.scalar(query.where(Signature.letter_id == letter.id, Signature.anonymised_at.is_not(None))) or 0


def latest_exports(letter: Letter) -> Sequence[Event]:
    """The last files of this letter, newest first, as the log has them."""
    taken = Event.verb.in_([Verb.EXPORTED, Verb.ADDRESSES_EXPORTED])
    query = sa.select(Event).where(Event.letter_id == letter.id, taken).order_by(Event.id.desc()).limit(LATEST)
    return db.session.scalars(query).all()
