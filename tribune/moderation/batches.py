"""The batches of a letter, and the signatures that they changed."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tribune.cursors import number_before
from tribune.database import db
from tribune.letters.models import Letter
from tribune.moderation.models import Batch, BatchRow
from tribune.moderation.queries import examples_of
from tribune.signatures.models import Signature
from tribune.signatures.table import NAMED
from tribune.statements import the_one

LATEST_BATCHES = 20


def batch_of(letter: Letter, batch_id: int) -> Batch | None:
    """Return the batch, if it is one of this letter."""
    return the_one(Batch, Batch.letter_id == letter.id, Batch.id == batch_id)


def latest_batches(letter: Letter, after: str = "") -> Sequence[Batch]:
    """Return the latest batches, newest first, with who began them; one more than LATEST_BATCHES if there are more.

    Raises BadCursor.
    """
    query = sa.select(Batch).where(Batch.letter_id == letter.id).order_by(Batch.id.desc())
    if after:
        query = query.where(Batch.id < number_before(after))
    return db.session.scalars(query.limit(LATEST_BATCHES + 1).options(joinedload(Batch.organiser))).all()


def under_way(letter: Letter) -> Batch | None:
    """Return the last batch that is neither done nor wholly undone, and can be continued or undone on its own page.

    No reminders while nobody could answer: they change nothing that could be undone, and may wait for ever.
    """
    begun = sa.select(Batch).where(Batch.letter_id == letter.id, Batch.finished_at.is_(None))
    elsewhere = ("import",) if letter.takes_answers else ("import", "remind")
    here = sa.or_(Batch.verb.not_in(elsewhere), Batch.undone_at.is_not(None))
    return db.session.scalars(begun.where(here).order_by(Batch.id.desc()).limit(1)).first()


def the_same(batch: Batch) -> Batch | None:
    """Return the last batch equal to this one and not undone: the button may have been pressed twice."""
    names = ("letter_id", "organiser_id", "verb", "reason", "tells", "up_to_id")
    same = (getattr(Batch, name) == getattr(batch, name) for name in names)
    begun = db.session.scalars(sa.select(Batch).where(*same, Batch.undone_at.is_(None)).order_by(Batch.id.desc()))
    return next((each for each in begun if each.choice == batch.choice), None)


def changed_by(batch: Batch, most: int) -> Sequence[Signature]:
    """Return the newest signatures that a batch changed, undone or not."""
    newest = sa.select(BatchRow.signature_id).where(BatchRow.batch_id == batch.id)
    return examples_of([Signature.id.in_(newest.order_by(BatchRow.signature_id.desc()).limit(most)), NAMED], most)


def alone_in(batches: Iterable[Batch]) -> dict[int, Signature]:
    """Return the signature of each of these batches that was about a single one, by the id of the batch."""
    rows = sa.select(BatchRow.batch_id, Signature).join(Signature, Signature.id == BatchRow.signature_id)
    about_one = BatchRow.batch_id.in_([batch.id for batch in batches if batch.total == 1])
    return {number: signature for number, signature in db.session.execute(rows.where(about_one, NAMED))}
