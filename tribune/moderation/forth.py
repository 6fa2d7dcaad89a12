"""The next piece of a batch: hide, show, hold, release, ask again, remind."""

from typing import Any

import sqlalchemy as sa

from tribune.database import db, write
from tribune.moderation import pieces
from tribune.moderation.asked import REACHED
from tribune.moderation.counting import by_mailbox, change, counts_since, drop_questions, locked
from tribune.moderation.models import ASKING, Batch, BatchRow
from tribune.moderation.queries import DECIDES, VERBS, concerned
from tribune.moderation.telling import tell_hidden, tell_shown
from tribune.signatures.flags import clear_flags
from tribune.signatures.mails import post_ask_to_agree
from tribune.signatures.models import Signature

S = Signature


def go_on(batch: Batch) -> None:
    """Change the next rows. They are found without a lock, so that nobody waits, and checked again under the lock."""
    came, most = batch.last_id, pieces.at_once(batch)
    column, sets = VERBS[batch.verb]
    next_ids = sa.select(S.id).where(*_conditions(batch), S.id > came, S.id <= batch.up_to_id)
    found = db.session.scalars(next_ids.order_by(S.id).limit(most)).all()
    with write() as session:
        if not pieces.is_still_at(batch, came, undoing=False) or not batch.goes_on:
            return
        conditions = _conditions(batch)  # a later change may have replaced the one asked about
        ids = locked(S.id.in_(found), *conditions)
        if batch.verb in ASKING:  # what another batch wrote while this waited for the locks is seen from here on
            ids = locked(S.id.in_(ids), *conditions)
        kept = ("hidden_at", "held_at", "counted_at", "disagreed_at")
        before = sa.select(sa.literal(batch.id), S.id, *(getattr(S, name) for name in kept)).where(S.id.in_(ids))
        session.execute(sa.insert(BatchRow).from_select(["batch_id", "signature_id", *kept], before))
        new: dict[str, Any] = {column.key: batch.created_at if sets else None}
        if batch.verb == "hold":
            new["counted_at"] = None
        elif batch.verb == "release":
            new["counted_at"] = counts_since(batch.letter, sa.func.coalesce(S.counted_at, _counted_before()))
        elif batch.verb == "show":
            tell_shown(batch.letter, ids)
        elif batch.verb == "ask":
            new["disagreed_at"] = None  # their answer was about another text
        change(batch.letter_id, ids, new)
        if batch.verb in DECIDES:
            clear_flags(ids, batch.created_at)
        if batch.verb == "hide":
            tell_hidden(batch, ids)
        elif batch.verb in ASKING:
            theirs = S.id.in_(ids), *REACHED
            mailed = by_mailbox(*theirs)
            drop_questions(batch.letter, *theirs)  # one about an earlier change may wait, with its title and reason
            for signature in mailed:
                post_ask_to_agree(signature, reminder=batch.verb == "remind")
        batch.done += len(ids)
        pieces.came_to(batch, found, most)


def _conditions(batch: Batch) -> list[sa.ColumnElement[bool]]:
    # Until migration 0013 SQLite reused ids of deleted rows; `signed_at` tells such a new row apart.
    return [*concerned(batch.letter, batch.verb, batch.choice), S.signed_at <= batch.created_at]


def _counted_before() -> sa.ScalarSelect[Any]:
    """Select since when a signature counted before a batch held it: imported ones counted before `attested_at`.

    NULL if it was held on arrival, or did not count.
    """
    holding = Batch.letter_id == S.letter_id, Batch.verb == "hold", Batch.created_at == S.held_at
    kept = sa.select(sa.func.max(BatchRow.counted_at)).join(Batch, Batch.id == BatchRow.batch_id)
    return kept.where(BatchRow.signature_id == S.id, *holding).scalar_subquery()
