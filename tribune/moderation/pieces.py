"""One piece of a batch: a transaction that locks the letter, then the batch, and saves the progress."""

from collections.abc import Sequence

from tribune.audit.actions import complete_batch
from tribune.audit.models import Verb
from tribune.database import db, now
from tribune.letters.queries import lock
from tribune.moderation.models import Batch
from tribune.statements import lock_row

AT_ONCE, MAILS_AT_ONCE = 1_000, 100  # rows per transaction; fewer if a mail is written for each
EVENTS = {
    "hide": Verb.SIGNATURES_HIDDEN,
    "show": Verb.SIGNATURES_SHOWN,
    "hold": Verb.SIGNATURES_HELD,
    "release": Verb.SIGNATURES_RELEASED,
    "ask": Verb.SIGNATURES_ASKED,
    "remind": Verb.SIGNATURES_REMINDED,
}


def at_once(batch: Batch) -> int:
    """Return how many of its rows one transaction takes."""
    return MAILS_AT_ONCE if batch.tells else AT_ONCE


def is_still_at(batch: Batch, came: int, undoing: bool) -> bool:
    """Lock the letter, then the batch; return whether the batch is still where it was, not moved by another request."""
    lock(batch.letter, shared=True)
    lock_row(batch)
    return batch.last_id == came and batch.finished_at is None and bool(batch.undone_at) is undoing


def came_to(batch: Batch, found: Sequence[int], most: int) -> None:
    """Save how far the batch came, and in the log; it is finished if fewer than `most` rows were found."""
    if len(found) == most:
        batch.last_id = found[-1]
    else:
        batch.finished_at = now()
    verb = Verb.BATCH_UNDONE if batch.undone_at else EVENTS[batch.verb]
    came = batch.total - batch.done if batch.undone_at else batch.done
    complete_batch(batch.letter_id, verb, batch.id, came)
    db.session.flush()
    db.session.expire_all()
