"""The next piece of undoing a batch: rows are restored, unless something else has changed them since."""

from typing import Any

import sqlalchemy as sa

from tribune.audit.actions import forget_lines
from tribune.audit.models import GROUPS, Event
from tribune.database import db, write
from tribune.moderation import pieces
from tribune.moderation.asked import waits_for_nothing
from tribune.moderation.counting import change, count_since_before, counts_since, locked
from tribune.moderation.models import Batch, BatchRow
from tribune.moderation.queries import DECIDES, VERBS, off_since
from tribune.moderation.telling import tell_hidden_again, tell_shown
from tribune.outbox.models import Message
from tribune.outbox.unsent import drop_waiting
from tribune.signatures.flags import restore_flags
from tribune.signatures.mails import ASK_IMPORTED, CORRECTED
from tribune.signatures.models import Signature
from tribune.statements import UNREAD

S = Signature


def go_back(batch: Batch) -> None:
    """Restore the next rows that are still as the batch left them."""
    if its_own := {"ask": _count_again, "import": _take_back}.get(batch.verb):
        its_own(batch)
        return
    came, (column, sets) = batch.last_id, VERBS[batch.verb]
    most = pieces.at_once(batch)
    found = db.session.scalars(_next_of(batch, most)).all()
    with write():
        if not pieces.is_still_at(batch, came, undoing=True):
            return
        ids = locked(S.id.in_(found), column == batch.created_at if sets else column.is_(None))
        new: dict[str, Any] = {column.key: _as_before(batch, column.key)}
        if batch.verb == "hold":  # those who confirmed while held count from then on
            new["counted_at"] = counts_since(batch.letter, _as_before(batch, "counted_at"))
        elif batch.verb == "release":
            new["counted_at"] = _as_before(batch, "counted_at")
        if "counted_at" in new:  # but those who have withdrawn never count again
            new["counted_at"] = sa.case((S.withdrawn_at.is_(None), new["counted_at"]))
        if batch.verb == "hide":
            tell_shown(batch.letter, ids)
        change(batch.letter_id, ids, new)
        if batch.verb == "show":
            tell_hidden_again(batch.letter, ids)
        if batch.verb in DECIDES:
            restore_flags(ids, batch.created_at, off_since(batch.created_at))
        batch.done -= len(ids)
        pieces.came_to(batch, found, most)


def _next_of(batch: Batch, most: int) -> sa.Select[int]:
    """Select the ids of the next rows that the batch changed.

    If an owner has since confirmed a signature that was hidden as attested, the new row has no BatchRow, only the
    batch's moment in `hidden_at`.
    """
    came, number = batch.last_id, BatchRow.signature_id
    rows = sa.select(number.label("id")).where(BatchRow.batch_id == batch.id, number > came).order_by(number)
    if batch.verb != "hide":
        return rows.limit(most)
    bear = S.letter_id == batch.letter_id, S.hidden_at == batch.created_at, S.id > came
    hidden = sa.select(S.id).where(*bear).order_by(S.id).limit(most).subquery()
    both = sa.union(sa.select(rows.limit(most).subquery().c.id), sa.select(hidden.c.id)).subquery()
    return sa.select(both.c.id).order_by(both.c.id).limit(most)


def _take_back(batch: Batch) -> None:
    """Delete the next rows of an import, with unsent mails about them and what the log says of each.

    Rows stay if their owners have confirmed, withdrawn, hidden or changed their line, or declined a new text, if they
    were placed among the first signatories, and if they name nobody any more and still count.
    """
    came = batch.last_id
    rows = sa.select(BatchRow.signature_id).where(BatchRow.batch_id == batch.id, BatchRow.signature_id > came)
    found = db.session.scalars(rows.order_by(BatchRow.signature_id).limit(pieces.AT_ONCE)).all()
    with write() as session:
        if not pieces.is_still_at(batch, came, undoing=True):
            return
        kept = (S.confirmed_at, S.withdrawn_at, S.disagreed_at, S.anonymised_at, S.position)
        here = locked(S.id.in_(found), *(column.is_(None) for column in kept))
        own = Event.signature_id.in_(here), Event.verb.in_(GROUPS["own"])  # read after locking, so it cannot change
        decided = set(session.scalars(sa.select(Event.signature_id).where(*own)))
        ids = [number for number in here if number not in decided]
        change(batch.letter_id, ids, {"counted_at": None})
        theirs = Message.mailbox_key.in_(sa.select(S.mailbox_key).where(S.id.in_(ids)))
        drop_waiting(ASK_IMPORTED if batch.tells else CORRECTED, Message.about == batch.letter_id, theirs)
        forget_lines(ids)
        session.execute(sa.delete(S).where(S.id.in_(ids)), execution_options=UNREAD)
        batch.done -= len(ids)
        pieces.came_to(batch, found, pieces.AT_ONCE)


def _count_again(batch: Batch) -> None:
    """Count the next rows whose owners no longer have to agree to anything, asked or not; see `count_since_before`."""
    came, conditions = batch.last_id, waits_for_nothing(batch.letter)
    rows = sa.select(S.id).where(*conditions, S.id > came).order_by(S.id).limit(pieces.AT_ONCE)
    found = db.session.scalars(rows).all()
    with write() as session:
        if not pieces.is_still_at(batch, came, undoing=True):
            return
        ids = locked(S.id.in_(found), *conditions)
        batch.done -= session.scalar(_rows_among(batch, ids)) or 0
        count_since_before(batch.letter, ids)
        pieces.came_to(batch, found, pieces.AT_ONCE)


def restore_declined(batch: Batch) -> None:
    """Restore `disagreed_at` of those who declined an earlier text and have not answered about this one.

    Asking about this text had emptied it, and now nobody is asked. In the caller's transaction.
    """
    declined = sa.select(BatchRow.signature_id).where(BatchRow.batch_id == batch.id, BatchRow.disagreed_at.is_not(None))
    silent = S.counted_at.is_(None), S.disagreed_at.is_(None), S.letter_version < batch.choice["version"]
    ids = locked(S.id.in_(declined), *silent)
    restored = sa.update(S).values(disagreed_at=_as_before(batch, "disagreed_at"))
    for start in range(0, len(ids), pieces.AT_ONCE):  # no database takes a statement that names all
        some = S.id.in_(ids[start : start + pieces.AT_ONCE])
        db.session.execute(restored.where(some), execution_options=UNREAD)


def _rows_among(batch: Batch, ids: list[int]) -> sa.Select[int]:
    mine = sa.and_(BatchRow.batch_id == batch.id, BatchRow.signature_id.in_(ids))
    return sa.select(sa.func.count()).select_from(BatchRow).where(mine)


def _as_before(batch: Batch, column: str) -> sa.ScalarSelect[Any]:
    this_row = sa.and_(BatchRow.batch_id == batch.id, BatchRow.signature_id == S.id)
    return sa.select(getattr(BatchRow, column)).where(this_row).scalar_subquery()
