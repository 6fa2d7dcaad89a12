"""Hide, show, hold, release, ask again: one signature or a million, piece by piece, and back as it was."""

from collections.abc import Mapping
from time import monotonic
from typing import Any

import sqlalchemy as sa

from tribune.audit.actions import complete_batch, record
from tribune.audit.models import GROUPS, Event, Verb
from tribune.database import db, now, write
from tribune.letters.models import Letter, Version
from tribune.letters.queries import asking_number, hold
from tribune.moderation.counting import change, count_since_before, locked, no_change, unless_asked
from tribune.moderation.mails import post_hidden
from tribune.moderation.models import Batch, BatchRow
from tribune.moderation.queries import REACHED, TOLD, VERBS, concerned, count_of, just_begun, last_id, waits_for_nothing
from tribune.organisers.models import Organiser
from tribune.outbox.actions import drop_waiting
from tribune.signatures.actions import mark
from tribune.signatures.lines import line
from tribune.signatures.mails import ASK_IMPORTED, post_ask_to_agree
from tribune.signatures.models import Signature

S = Signature
AT_ONCE, MAILS_AT_ONCE = 1000, 100  # rows of one transaction; fewer where each is a mail to write
BACK_AT_ONCE = 2  # seconds of going back before the page shows how far it came
NEEDS_REASON = ("hide", "hold")
EVENTS = {
    "hide": Verb.SIGNATURES_HIDDEN,
    "show": Verb.SIGNATURES_SHOWN,
    "hold": Verb.SIGNATURES_HELD,
    "release": Verb.SIGNATURES_RELEASED,
    "ask": Verb.SIGNATURES_ASKED,
}


class ReasonMissing(Exception):
    """Who hides or holds a name says why."""


class NobodyConcerned(Exception):
    """Of the chosen signatures there is none that this would change."""


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
    """Begin a batch, which changes nothing yet: `advance` does.

    `verb`: hide, show, hold, release or ask; `choice`: `{"ids": […]}`, the arguments of a filter, or, to ask,
    `{"version": n}`, whose words stay from then on; `tells`: each signatory who is hidden receives a mail; whoever is
    asked always does; `up_to_id`: the last signature that was there when the organiser chose. Raises ReasonMissing or
    NobodyConcerned.
    """
    reason = " ".join(reason.split())
    if verb in NEEDS_REASON and not reason:
        raise ReasonMissing
    last = last_id(letter)
    up_to_id = last if up_to_id is None else min(last, up_to_id)
    total = count_of([*concerned(letter, verb, choice), S.id <= up_to_id])
    if not total:
        raise NobodyConcerned
    with write() as session:
        hold(letter)
        batch = Batch(letter_id=letter.id, organiser_id=by.id, verb=verb, reason=reason, choice=dict(choice))
        batch.tells = verb == "ask" or (tells and verb == "hide")
        batch.up_to_id, batch.total = up_to_id, total
        if twice := just_begun(batch):
            return twice
        if verb == "ask":
            if choice["version"] != asking_number(letter):  # a colleague said so while these were counted
                raise NobodyConcerned
            mark(Version.signed_at, letter, letter.version_number)
        session.add(batch)
        session.flush()
        _record(EVENTS[verb], batch, by, count=0, tells=batch.tells)  # so far
    return batch


def _record(verb: Verb, batch: Batch, by: Organiser | None, **details: Any) -> None:
    letter, ids = batch.letter, batch.choice.get("ids", [])
    theirs = S.letter_id == letter.id, S.signed_at <= batch.created_at  # as in `_go_on`
    one = db.session.scalars(sa.select(S).where(S.id.in_(ids), *theirs)).first() if len(ids) == 1 else None
    record(
        verb,
        team_id=letter.team_id,
        by=by,
        letter_id=letter.id,
        signature_id=one.id if one else None,
        subject=line(one, locale=letter.locale).text if one else letter.version.title,
        batch=batch.id,
        reason=batch.reason,
        **details,
    )


def advance(batch: Batch, seconds: float) -> None:
    """Go on, forth or back, until it is finished or about so many seconds have passed; one piece at least."""
    end = monotonic() + seconds
    while batch.finished_at is None and (batch.verb != "import" or batch.undone_at):  # whose rows are in a file
        if batch.undone_at:
            _go_back(batch)
        else:
            _go_on(batch)
        if monotonic() > end:
            break


def undo(batch: Batch, by: Organiser | None) -> None:
    """Begin to put back what the batch changed, finished or not; `advance` does the rest of a large one.

    A signature that has been changed since by something else is left as it is: `done` says how many are.
    """
    with write() as session:
        hold(batch.letter, shared=True)
        session.refresh(batch, with_for_update=True)
        if batch.undone_at is None:
            batch.undone_at, batch.finished_at = now(), None
            batch.last_id, batch.total = 0, batch.done
            if batch.verb == "ask":
                no_change(batch.letter, batch.choice["version"])
            _record(Verb.BATCH_UNDONE, batch, by, count=0, what=batch.verb)  # so far
    advance(batch, BACK_AT_ONCE)


def _go_on(batch: Batch) -> None:
    """Change the next rows. They are looked for before anybody has to wait, and looked at again under the lock."""
    came, most = batch.last_id, MAILS_AT_ONCE if batch.tells else AT_ONCE
    column, sets = VERBS[batch.verb]
    # Until migration 0013 SQLite gave the number of who is gone to the next, whose moment tells that it is another.
    conditions = [*concerned(batch.letter, batch.verb, batch.choice), S.signed_at <= batch.created_at]
    next_ids = sa.select(S.id).where(*conditions, S.id > came, S.id <= batch.up_to_id).order_by(S.id).limit(most)
    found = db.session.scalars(next_ids).all()
    with write() as session:
        if not _is_still_at(batch, came, undoing=False):
            return
        ids = locked(S.id.in_(found), *conditions)
        kept = ("hidden_at", "held_at", "counted_at")
        before = sa.select(sa.literal(batch.id), S.id, *(getattr(S, name) for name in kept)).where(S.id.in_(ids))
        session.execute(sa.insert(BatchRow).from_select(["batch_id", "signature_id", *kept], before))
        new: dict[str, Any] = {column.key: batch.created_at if sets else None}
        if batch.verb == "hold":
            new["counted_at"] = None
        elif batch.verb == "release":
            since = sa.func.coalesce(S.counted_at, S.confirmed_at, S.attested_at)
            new["counted_at"] = unless_asked(batch.letter, since)
        elif batch.verb == "ask":
            new["disagreed_at"] = None  # what they said was about another text
        change(batch.letter_id, ids, new)
        if batch.tells:
            _tell(batch, ids)
        batch.done += len(ids)
        _came_to(batch, found[-1] if len(found) == most else None)


def _go_back(batch: Batch) -> None:
    """Put the next rows back, of those that still are as the batch left them."""
    if its_own := {"ask": _count_again, "import": _take_back}.get(batch.verb):
        its_own(batch)
        return
    came, (column, sets) = batch.last_id, VERBS[batch.verb]
    rows = sa.select(BatchRow.signature_id).where(BatchRow.batch_id == batch.id, BatchRow.signature_id > came)
    found = db.session.scalars(rows.order_by(BatchRow.signature_id).limit(AT_ONCE)).all()
    with write():
        if not _is_still_at(batch, came, undoing=True):
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
        change(batch.letter_id, ids, new)
        batch.done -= len(ids)
        _came_to(batch, found[-1] if len(found) == AT_ONCE else None)


def _take_back(batch: Batch) -> None:
    """Delete the next rows of an import, with what waits to be mailed about them.

    What somebody has decided themselves stays: that they confirm, have left, are not shown, read otherwise, or do not
    sign a new text. So does whoever was placed among the first.
    """
    came = batch.last_id
    rows = sa.select(BatchRow.signature_id).where(BatchRow.batch_id == batch.id, BatchRow.signature_id > came)
    found = db.session.scalars(rows.order_by(BatchRow.signature_id).limit(AT_ONCE)).all()
    with write() as session:
        if not _is_still_at(batch, came, undoing=True):
            return
        kept = (S.confirmed_at, S.withdrawn_at, S.disagreed_at, S.anonymised_at, S.position)
        held = locked(S.id.in_(found), *(column.is_(None) for column in kept))
        own = Event.signature_id.in_(held), Event.verb.in_(GROUPS["own"])  # asked once nobody can decide any more
        decided = set(session.scalars(sa.select(Event.signature_id).where(*own)))
        ids = [number for number in held if number not in decided]
        change(batch.letter_id, ids, {"counted_at": None})
        if batch.tells:
            drop_waiting(ASK_IMPORTED, batch.letter_id, sa.select(S.mailbox_key).where(S.id.in_(ids)))
        session.execute(sa.delete(S).where(S.id.in_(ids)), execution_options={"synchronize_session": False})
        batch.done -= len(ids)
        _came_to(batch, found[-1] if len(found) == AT_ONCE else None)


def _count_again(batch: Batch) -> None:
    """Let the next rows count that have to agree to nothing any more, asked or not, since when they did before."""
    came, conditions = batch.last_id, waits_for_nothing(batch.letter)
    rows = sa.select(S.id).where(*conditions, S.id > came).order_by(S.id).limit(AT_ONCE)
    found = db.session.scalars(rows).all()
    with write() as session:
        if not _is_still_at(batch, came, undoing=True):
            return
        ids = locked(S.id.in_(found), *conditions)
        batch.done -= session.scalar(_rows_among(batch, ids)) or 0
        count_since_before(batch.letter, ids)
        _came_to(batch, found[-1] if len(found) == AT_ONCE else None)


def _rows_among(batch: Batch, ids: list[int]) -> sa.Select[int]:
    mine = sa.and_(BatchRow.batch_id == batch.id, BatchRow.signature_id.in_(ids))
    return sa.select(sa.func.count()).select_from(BatchRow).where(mine)


def _is_still_at(batch: Batch, came: int, undoing: bool) -> bool:
    """Hold the letter, then the batch, and see that no other request has moved it meanwhile."""
    hold(batch.letter, shared=True)
    db.session.refresh(batch, with_for_update=True)
    return batch.last_id == came and batch.finished_at is None and bool(batch.undone_at) is undoing


def _as_before(batch: Batch, column: str) -> sa.ScalarSelect[Any]:
    this_row = sa.and_(BatchRow.batch_id == batch.id, BatchRow.signature_id == S.id)
    return sa.select(getattr(BatchRow, column)).where(this_row).scalar_subquery()


def _came_to(batch: Batch, last: int | None) -> None:
    """Note how far it came, and say so in the log; None: to the end."""
    if last is None:
        batch.finished_at = now()
    else:
        batch.last_id = last
    verb = Verb.BATCH_UNDONE if batch.undone_at else EVENTS[batch.verb]
    came = batch.total - batch.done if batch.undone_at else batch.done
    complete_batch(batch.letter_id, verb, batch.id, came)
    db.session.flush()
    db.session.expire_all()


def _tell(batch: Batch, ids: list[int]) -> None:
    """Write to those who are told, always in one order of mailboxes: no two wait in a ring."""
    asks = batch.verb == "ask"
    told = REACHED if asks else TOLD
    for signature in db.session.scalars(sa.select(S).where(S.id.in_(ids), *told).order_by(S.mailbox_key)):
        if asks:
            post_ask_to_agree(signature, batch.letter)
        else:
            post_hidden(signature, batch.letter, batch.reason)
