"""Questions about files that were taken."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.letters.models import Letter

LATEST = 20


def latest_exports(letter: Letter) -> Sequence[Event]:
    """The last files of this letter, newest first, as the log has them."""
    taken = Event.verb.in_([Verb.EXPORTED, Verb.ADDRESSES_EXPORTED])
    query = sa.select(Event).where(Event.letter_id == letter.id, taken).order_by(Event.id.desc()).limit(LATEST)
    return db.session.scalars(query).all()
