"""Questions about files: who follows the first signatories, who is in none, which were taken."""

from collections.abc import Sequence

import sqlalchemy as sa

from tribune.audit.models import Event, Verb
from tribune.database import db
from tribune.letters.models import Letter
from tribune.signatures.lines import Printed
from tribune.signatures.models import COLUMNS, Signature
from tribune.signatures.queries import OTHERS, printed
from tribune.statements import count_of

LATEST = 20


def others_to_print(letter: Letter, most: int) -> list[Printed]:
    """Return whom readers see besides the first signatories, by surname, `most` at most."""
    if letter.public_list == "no":
        return []
    return printed(letter, OTHERS.order_by(COLUMNS.sort_key, COLUMNS.id).limit(most))


def nameless_count(letter: Letter) -> int:
    """Count the nameless: signatures that count but are in no file, since retention deleted their names."""
    nameless = Signature.anonymised_at.is_not(None), Signature.counted_at.is_not(None)
    return count_of(Signature.letter_id == letter.id, *nameless)


def latest_exports(letter: Letter) -> Sequence[Event]:
    """Return the log lines of the LATEST files taken of this letter, newest first."""
    taken = Event.verb.in_([Verb.EXPORTED, Verb.ADDRESSES_EXPORTED])
    query = sa.select(Event).where(Event.letter_id == letter.id, taken).order_by(Event.id.desc()).limit(LATEST)
    return db.session.scalars(query).all()
