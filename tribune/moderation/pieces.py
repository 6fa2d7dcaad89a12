"""One piece of a batch: a transaction that holds the letter, then the batch, and notes how far it came."""

from collections.abc import Sequence

from tribune.audit.actions import complete_batch
from tribune.audit.models import Verb
from tribune.database import db, now
from tribune.letters.queries import hold
from tribune.moderation.models import Batch

AT_ONCE, MAILS_AT_ONCE = 1000, 100  # rows of one transaction; fewer where each is a mail to write
EVENTS = {
    "hide": Verb.SIGNATURES_HIDDEN,
    "show": Verb.SIGNATURES_SHOWN,
    "hold": Verb.SIGNATURES_HELD,
    "release": Verb.SIGNATURES_RELEASED,
    "ask": Verb.SIGNATURES_ASKED,
}


def is_still_at(batch: Batch, came: int, undoing: bool) -> bool:
    """Hold the letter, then the batch, and see that no other request has moved it meanwhile."""
    hold(batch.letter, shared=True)
    db.session.refresh(batch, with_for_update=True)
    return batch.last_id == came and batch.finished_at is None and bool(batch.undone_at) is undoing


def came_to(batch: Batch, found: Sequence[int], most: int) -> None:
    """Note how far it came, to the end where fewer than `most` were found, and say so in the log."""
    if len(found) == most:
        batch.last_id = found[-1]
    else:
        batch.finished_at = now()
    verb = Verb.BATCH_UNDONE if batch.undone_at else EVENTS[batch.verb]
    came = batch.total - batch.done if batch.undone_at else batch.done
    complete_batch(batch.letter_id, verb, batch.id, came)
    db.session.flush()
    db.session.expire_all()
