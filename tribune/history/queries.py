"""Questions about the history of a letter."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.letters.models import Addendum, Letter, Version
from tribune.statements import the_one, there_is


def versions_of(letter: Letter) -> Sequence[Version]:
    """Return all versions of a letter, oldest first, with when and why they were written but without their texts."""
    query = sa.select(Version).where(Version.letter_id == letter.id).order_by(Version.number)
    told = load_only(
        Version.number, Version.created_at, Version.signed_at, Version.reason, Version.asks_again, Version.withheld
    )
    return db.session.scalars(query.options(told)).all()


def version_of(letter: Letter, number: int) -> Version | None:
    """Return one version, by its number from 1 to `letter.version_number`; None for any other."""
    if not 1 <= number <= letter.version_number:  # often: the page of the last version asks for the next
        return None
    return the_one(Version, Version.letter_id == letter.id, Version.number == number)


def withheld_of(letter: Letter) -> list[tuple[Version, datetime | None]]:
    """Return its versions of which anything is withheld, oldest first, and since when, if the log still knows."""
    lines = sa.select(Event).where(Event.letter_id == letter.id, Event.verb == Verb.VERSION_WITHHELD)
    since = {line.details.get("number"): line.at for line in db.session.scalars(lines.order_by(Event.id))}
    query = sa.select(Version).where(Version.letter_id == letter.id, Version.withheld != "").order_by(Version.number)
    return [(version, since.get(version.number)) for version in db.session.scalars(query)]


def is_any_withheld(letter: Letter) -> bool:
    """Whether there is any such version."""
    return there_is(Version.letter_id == letter.id, Version.withheld != "")


def signed_from(letter: Letter, version: Version, after: Version | None) -> datetime | None:
    """Return since when people could sign a version: for the first one, since publication.

    If that was replaced before publication, only invited people signed it: since the first of them did. `after`: the
    version that replaced it.
    """
    if version.number > 1:
        return version.created_at
    embargoed = after and letter.published_at and after.created_at < letter.published_at
    return (version.signed_at if embargoed else None) or letter.published_at


def addendum_of(letter: Letter, addendum_id: int) -> Addendum | None:
    """Return one of the additions to this letter."""
    return the_one(Addendum, Addendum.letter_id == letter.id, Addendum.id == addendum_id)


def removed_text(letter: Letter, event_id: int) -> str:
    """Return the words of a removed addition from the log line of its removal; "" if that is none of this letter."""
    event = the_one(Event, Event.letter_id == letter.id, Event.id == event_id, Event.verb == Verb.ADDENDUM_REMOVED)
    return str(event.details["text"]) if event else ""


def removal_of(letter: Letter, addendum_id: int) -> int | None:
    """Return the id of the log line by which this addition was removed from this letter."""
    number = sa.literal(addendum_id, sa.BigInteger)  # an INTEGER of PostgreSQL does not hold all that an address may
    its = Event.verb == Verb.ADDENDUM_REMOVED, Event.details["addendum"].as_integer() == number
    lines = sa.select(Event.id).where(Event.letter_id == letter.id, *its)
    return db.session.scalar(lines.order_by(Event.id.desc()).limit(1))
