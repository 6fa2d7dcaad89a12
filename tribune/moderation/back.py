"""The next piece of a batch that is undone: every row back as it was, unless something else has changed it since."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import GROUPS, Event
from tribune.database import UNREAD, db, write
from tribune.moderation import pieces
from tribune.moderation.counting import change, count_since_before, locked, unless_asked
from tribune.moderation.mails import drop_hidden, post_shown, reached_since
from tribune.moderation.models import Batch, BatchRow
from tribune.moderation.queries import DECIDES, VERBS, off_since, told, waits_for_nothing
from tribune.outbox.models import Message
from tribune.outbox.unsent import drop_waiting
from tribune.signatures.flags import look_again
from tribune.signatures.mails import ASK_IMPORTED, CORRECTED
from tribune.signatures.models import Signature

S = Signature


def go_back(batch: Batch) -> None:
    """Put the next rows back, of those that still are as the batch left them."""
    if its_own := {"ask": _count_again, "import": _take_back}.get(batch.verb):
        its_own(batch)
        return
    came, (column, sets) = batch.last_id, VERBS[batch.verb]
    most = pieces.MAILS_AT_ONCE if batch.tells else pieces.AT_ONCE
    found = db.session.scalars(_next_of(batch, most)).all()
    with write():
        if not pieces.is_still_at(batch, came, undoing=True):
            return
        ids = locked(S.id.in_(found), column == batch.created_at if sets else column.is_(None))
        new: dict[str, Any] = {column.key: _as_before(batch, column.key)}
        if batch.verb == "hold":  # who confirmed while held counts from then on
            since = sa.func.coalesce(_as_before(batch, "counted_at"), S.confirmed_at, S.attested_at)
            new["counted_at"] = unless_asked(batch.letter, since)
        elif batch.verb == "release":
            new["counted_at"] = _as_before(batch, "counted_at")
        if "counted_at" in new:  # but nobody who has left is counted again
            new["counted_at"] = sa.case((S.withdrawn_at.is_(None), new["counted_at"]))
        reached: Sequence[int] = []
        if batch.tells:
            reached = reached_since(batch.created_at, batch.letter_id, ids)
            drop_hidden(batch.letter_id, ids)
        change(batch.letter_id, ids, new)
        _tell_again(batch, reached)
        if batch.verb in DECIDES:
            look_again(ids, batch.created_at, off_since(batch.letter, batch.created_at))
        batch.done -= len(ids)
        pieces.came_to(batch, found, most)


def _tell_again(batch: Batch, reached: Sequence[int]) -> None:
    """Write to those whom a mail has told that they are hidden, and who are shown again: in one order, as `_tell`."""
    shown = S.id.in_(reached), S.hidden_at.is_(None), *told(batch.letter)
    for signature in db.session.scalars(sa.select(S).where(*shown).order_by(S.mailbox_key)) if reached else ():
        post_shown(signature)


def _next_of(batch: Batch, most: int) -> sa.Select[int]:
    """The numbers of the next rows that it changed.

    Whose owner has signed since the organisers' word was hidden bears the moment of the batch alone.
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
    """Delete the next rows of an import, with what waits to be mailed about them.

    What somebody has decided themselves stays: that they confirm, have left, are not shown, read otherwise, or do not
    sign a new text. So does whoever was placed among the first.
    """
    came = batch.last_id
    rows = sa.select(BatchRow.signature_id).where(BatchRow.batch_id == batch.id, BatchRow.signature_id > came)
    found = db.session.scalars(rows.order_by(BatchRow.signature_id).limit(pieces.AT_ONCE)).all()
    with write() as session:
        if not pieces.is_still_at(batch, came, undoing=True):
            return
        kept = (S.confirmed_at, S.withdrawn_at, S.disagreed_at, S.anonymised_at, S.position)
        held = locked(S.id.in_(found), *(column.is_(None) for column in kept))
        own = Event.signature_id.in_(held), Event.verb.in_(GROUPS["own"])  # asked once nobody can decide any more
        decided = set(session.scalars(sa.select(Event.signature_id).where(*own)))
        ids = [number for number in held if number not in decided]
        change(batch.letter_id, ids, {"counted_at": None})
        theirs = Message.mailbox_key.in_(sa.select(S.mailbox_key).where(S.id.in_(ids)))
        drop_waiting(ASK_IMPORTED if batch.tells else CORRECTED, Message.about == batch.letter_id, theirs)
        session.execute(sa.delete(S).where(S.id.in_(ids)), execution_options=UNREAD)
        batch.done -= len(ids)
        pieces.came_to(batch, found, pieces.AT_ONCE)


def _count_again(batch: Batch) -> None:
    """Let the next rows count that have to agree to nothing any more, asked or not, since when they did before."""
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


def refuse_again(batch: Batch) -> None:
    """Put back, in the caller's transaction, who had refused an earlier text and has not answered about this one.

    To be asked about another text had taken that back, and nobody is asked any more.
    """
    refused = sa.select(BatchRow.signature_id).where(BatchRow.batch_id == batch.id, BatchRow.disagreed_at.is_not(None))
    silent = S.counted_at.is_(None), S.disagreed_at.is_(None), S.letter_version < batch.choice["version"]
    ids = locked(S.id.in_(refused), *silent)
    new = {"disagreed_at": _as_before(batch, "disagreed_at")}
    db.session.execute(sa.update(S).where(S.id.in_(ids)).values(new), execution_options=UNREAD)


def _rows_among(batch: Batch, ids: list[int]) -> sa.Select[int]:
    mine = sa.and_(BatchRow.batch_id == batch.id, BatchRow.signature_id.in_(ids))
    return sa.select(sa.func.count()).select_from(BatchRow).where(mine)


def _as_before(batch: Batch, column: str) -> sa.ScalarSelect[Any]:
    this_row = sa.and_(BatchRow.batch_id == batch.id, BatchRow.signature_id == S.id)
    return sa.select(getattr(BatchRow, column)).where(this_row).scalar_subquery()
