"""Who is in a file beside the first signatories, who is in none, and which files were taken."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.lines import Printed
from tribune.signatures.models import Signature
from tribune.signatures.queries import printed, shown

LATEST = 20


def others_to_print(letter: Letter, most: int) -> list[Printed]:
    """Whom readers see beside the first signatories, by surname, as many as this at most."""
    if letter.public_list == "no":
        return []
    others = shown(letter).where(Signature.position.is_(None))
    return printed(letter, others.order_by(Signature.sort_key, Signature.id).limit(most))


def nameless_count(letter: Letter) -> int:
    """How many count and are in no file, since their names were deleted when their time had come."""
    query = sa.select(sa.func.count()).select_from(Signature).where(Signature.letter_id == letter.id)
    nameless = Signature.anonymised_at.is_not(None), Signature.counted_at.is_not(None)
    return db.session.scalar(query.where(*nameless)) or 0


def latest_exports(letter: Letter) -> Sequence[Event]:
    """The last files of this letter, newest first, as the log has them."""
    taken = Event.verb.in_([Verb.EXPORTED, Verb.ADDRESSES_EXPORTED])
    query = sa.select(Event).where(Event.letter_id == letter.id, taken).order_by(Event.id.desc()).limit(LATEST)
    return db.session.scalars(query).all()
