"""Questions about the history of a letter."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.letters.models import Addendum, Letter, Version


def versions_of(letter: Letter) -> Sequence[Version]:
    """When and why its text was changed, the first one first, without the texts; one that nobody signed leaves none."""
    query = sa.select(Version).where(Version.letter_id == letter.id).order_by(Version.number)
    told = load_only(Version.number, Version.created_at, Version.signed_at, Version.reason, Version.asks_again)
    return db.session.scalars(query.options(told)).all()


def version_of(letter: Letter, number: int) -> Version | None:
    """One of its texts; they are numbered from 1 to `letter.version_number`."""
    if not 1 <= number <= letter.version_number:
        return None
    query = sa.select(Version).where(Version.letter_id == letter.id, Version.number == number)
    return db.session.scalars(query).first()


def signed_from(letter: Letter, version: Version, after: Version | None) -> datetime | None:
    """Since when people could sign these words.

    Those of the first version: since publication. Where they were replaced before that, only the invited have signed
    them: since the first of these did. `after`: the version that replaced them.
    """
    if version.number > 1:
        return version.created_at
    embargoed = after and letter.published_at and after.created_at < letter.published_at
    return (version.signed_at if embargoed else None) or letter.published_at


def last_done(letter: Letter) -> int:
    """The number of the last line of its log: by it a page tells whether anybody has done anything since."""
    return db.session.scalar(sa.select(sa.func.max(Event.id)).where(Event.letter_id == letter.id)) or 0


def addendum_of(letter: Letter, addendum_id: int) -> Addendum | None:
    """One of the paragraphs added to this letter."""
    query = sa.select(Addendum).where(Addendum.letter_id == letter.id, Addendum.id == addendum_id)
    return db.session.scalars(query).first()


def removed_text(letter: Letter, event_id: int) -> str:
    """The words of an addendum as the log kept them when it was removed from this letter; empty if it was not."""
    query = sa.select(Event).where(
        Event.letter_id == letter.id, Event.id == event_id, Event.verb == Verb.ADDENDUM_REMOVED
    )
    event = db.session.scalars(query).first()
    return str(event.details["text"]) if event else ""


def removal_of(letter: Letter, addendum_id: int) -> int | None:
    """The number of the event by which this addendum was removed from this letter."""
    query = sa.select(Event).where(Event.letter_id == letter.id, Event.verb == Verb.ADDENDUM_REMOVED)
    latest = db.session.scalars(query.order_by(Event.id.desc()))
    return next((event.id for event in latest if event.details.get("addendum") == addendum_id), None)
