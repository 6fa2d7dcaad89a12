"""Hide, show, hold, release, ask again, remind: one signature or a million, in pieces; and undo it."""

from collections.abc import Mapping
from time import monotonic
from typing import Any

import sqlalchemy as sa

from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.letters.life import keep_first_words
from tribune.letters.models import Letter, Version
from tribune.letters.queries import asking_number, lock
from tribune.letters.recording import record_under
from tribune.moderation.back import go_back, restore_declined
from tribune.moderation.batches import the_same
from tribune.moderation.counting import drop_questions_of_held, no_change
from tribune.moderation.forth import go_on
from tribune.moderation.models import ASKING, Batch
from tribune.moderation.pieces import EVENTS
from tribune.moderation.queries import DECIDES, concerned, last_id
from tribune.organisers.models import Organiser
from tribune.signatures.actions import mark
from tribune.signatures.lines import line
from tribune.signatures.models import Signature
from tribune.statements import count_of, lock_row

S = Signature
AT_ONE_PRESS = 2  # seconds of work per request; then the page shows the progress


class ReasonMissing(Exception):
    """Hiding and holding need a reason."""


class NobodyConcerned(Exception):
    """None of the chosen signatures would change."""


def start(
    letter: Letter,
    *,
    by: Organiser,
    verb: str,
    choice: Mapping[str, Any],
    reason: str = "",
    tells: bool = False,
    up_to_id: int | None = None,
) -> Batch:
    """Create a batch; `advance` then does its work. If the button was pressed twice, return the first press's batch.

    `verb`: hide, show, hold, release, ask or remind. `choice`: `{"ids": […]}`, the arguments of a filter or, to ask or
    remind, `{"version": n}`, a version that is never edited from then on. `tells`: mail each signatory who is hidden;
    those who are asked or reminded are always mailed, and so are those shown again who know that they were hidden.
    `up_to_id`: the last signature there was when the organiser chose. Raises ReasonMissing or NobodyConcerned.
    """
    reason = " ".join(reason.split())
    if verb in DECIDES and not reason:
        raise ReasonMissing
    last = last_id(letter)
    up_to_id = last if up_to_id is None else min(last, up_to_id)
    batch = Batch(letter_id=letter.id, organiser_id=by.id, verb=verb, reason=reason, choice=dict(choice))
    batch.tells, batch.up_to_id = verb in (*ASKING, "show") or (tells and verb == "hide"), up_to_id
    before = the_same(batch)
    over = before.id if before and before.finished_at else None  # an earlier act, not a double click
    batch.total = count_of(*concerned(letter, verb, choice), S.id <= up_to_id)
    if not batch.total:
        if verb != "ask" and (twice := the_same(batch)):
            return twice
        raise NobodyConcerned
    with write() as session:
        lock(letter)
        if (twice := the_same(batch)) and twice.id != over:
            return twice
        if verb == "ask":
            if choice["version"] != asking_number(letter):  # a colleague changed it while we counted
                raise NobodyConcerned
            mark(Version.signed_at, letter, letter.version_number)
        keep_first_words(letter)  # which knows that readers saw names above them only while one counts
        session.add(batch)
        session.flush()
        _record(EVENTS[verb], batch, by, count=0, tells=batch.tells)  # `came_to` updates the count
    return batch


def _record(verb: Verb, batch: Batch, by: Organiser | None, **details: Any) -> None:
    letter, ids = batch.letter, batch.choice.get("ids", [])
    theirs = S.letter_id == letter.id, S.signed_at <= batch.created_at  # as in `go_on`
    # Locked: "it was not me" deletes one that is pending, and empties the lines about it that are there by then.
    only = sa.select(S).where(S.id.in_(ids), *theirs).with_for_update()
    one = db.session.scalars(only).first() if len(ids) == 1 else None
    record_under(
        letter,
        verb,
        by=by,
        signature_id=one.id if one else None,
        subject=line(one, full=True).text if one else letter.version.title,
        batch=batch.id,
        reason=batch.reason,
        **details,
    )


def advance(batch: Batch, seconds: float) -> None:
    """Work on a batch, or on undoing it, for about so many seconds, at least one piece, as long as it `goes_on`."""
    end = monotonic() + seconds
    while batch.goes_on:
        if batch.undone_at:
            go_back(batch)
        else:
            go_on(batch)
        if monotonic() > end:
            break


def undo(batch: Batch, by: Organiser | None) -> None:
    """Begin to undo a batch, finished or not, if it `can_be_undone`; `advance` does the rest of a large one.

    Signatures that something else has changed since stay as they are; `done` ends up as their number.
    """
    with write():
        lock(batch.letter, shared=True)
        lock_row(batch)
        if batch.can_be_undone:
            batch.undone_at, batch.finished_at = now(), None
            batch.last_id, batch.total = 0, batch.done
            if batch.verb == "ask":
                no_change(batch.letter, batch.choice["version"])
                restore_declined(batch)
                drop_questions_of_held(batch.letter)
            _record(Verb.BATCH_UNDONE, batch, by, count=0, what=batch.verb)  # `came_to` updates the count
    advance(batch, AT_ONE_PRESS)
