"""The batches of a letter: which there are, how far they came, and whom they changed."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from tribune.cursors import number_before
from tribune.database import db
from tribune.letters.models import Letter
from tribune.moderation.models import Batch, BatchRow
from tribune.moderation.queries import examples_of
from tribune.signatures.models import Signature
from tribune.signatures.table import NAMED

LATEST_BATCHES = 20


def batch_of(letter: Letter, batch_id: int) -> Batch | None:
    """A batch of this letter."""
    return db.session.scalars(sa.select(Batch).where(Batch.letter_id == letter.id, Batch.id == batch_id)).first()


def latest_batches(letter: Letter, after: str = "") -> Sequence[Batch]:
    """The last that were begun, newest first; one more than LATEST_BATCHES where there are more. Raises BadCursor."""
    query = sa.select(Batch).where(Batch.letter_id == letter.id).order_by(Batch.id.desc())
    if after:
        query = query.where(Batch.id < number_before(after))
    return db.session.scalars(query.limit(LATEST_BATCHES + 1)).all()


def under_way(letter: Letter) -> Batch | None:
    """The last that has not come to its end, forth or back, and goes on from its own page."""
    begun = sa.select(Batch).where(Batch.letter_id == letter.id, Batch.finished_at.is_(None))
    here = sa.or_(Batch.verb != "import", Batch.undone_at.is_not(None))
    return db.session.scalars(begun.where(here).order_by(Batch.id.desc()).limit(1)).first()


def the_same(batch: Batch) -> Batch | None:
    """The last that is as this one, under way or done, where the button was pressed twice."""
    names = ("letter_id", "organiser_id", "verb", "reason", "tells", "up_to_id")
    same = (getattr(Batch, name) == getattr(batch, name) for name in names)
    begun = db.session.scalars(sa.select(Batch).where(*same, Batch.undone_at.is_(None)).order_by(Batch.id.desc()))
    return next((each for each in begun if each.choice == batch.choice), None)


def changed_by(batch: Batch, most: int) -> Sequence[Signature]:
    """The newest of the signatures that a batch has changed, undone or not."""
    newest = sa.select(BatchRow.signature_id).where(BatchRow.batch_id == batch.id)
    return examples_of([Signature.id.in_(newest.order_by(BatchRow.signature_id.desc()).limit(most)), NAMED], most)


def alone_in(batches: Iterable[Batch]) -> dict[int, Signature]:
    """The signature of each of these batches that was about one alone, by the number of the batch."""
    rows = sa.select(BatchRow.batch_id, Signature).join(Signature, Signature.id == BatchRow.signature_id)
    about_one = BatchRow.batch_id.in_([batch.id for batch in batches if batch.total == 1])
    return {number: signature for number, signature in db.session.execute(rows.where(about_one, NAMED))}
