"""Import signatures collected elsewhere: the whole file is checked first, then added in pieces, as one batch."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tribune.audit.actions import complete_batch
from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.importing.entries import ASK, ATTEST, Terms, entries_in
from tribune.importing.known import Finding, Seen, judged
from tribune.importing.rows import write_rows
from tribune.letters.models import Letter, Version
from tribune.letters.queries import lock
from tribune.letters.recording import record_letter
from tribune.moderation.models import Batch, BatchRow
from tribune.moderation.pieces import AT_ONCE
from tribune.organisers.models import Organiser
from tribune.reading.grid import Sheet
from tribune.signatures.actions import mark
from tribune.signatures.models import Signature
from tribune.statements import lock_row

VERB = "import"
LONGEST_REASON = 300  # characters
TWICE = timedelta(minutes=1)  # in which pressing the button again means the same import


class CannotImport(Exception):
    """The letter is closed, or nobody can be asked to confirm before it is published."""


class NothingNew(Exception):
    """Nobody in the file would be added."""


class ReasonMissing(Exception):
    """Organisers answer for others, and did not say how they know."""


class Stopped(Exception):
    """The import was undone, or goes on in another process."""


def check(letter: Letter, sheets: Iterable[Sheet], terms: Terms) -> Iterator[Finding]:
    """Yield what would become of each row; writes nothing."""
    seen = Seen()
    try:
        for sheet in sheets:
            yield from judged(letter, entries_in(sheet, terms), seen, terms.how)
            db.session.rollback()  # a transaction must not last as long as a file
    finally:
        seen.close()


def start(letter: Letter, terms: Terms, *, by: Organiser | None, digest: str, new: int) -> Batch:
    """Create the batch that imports a file, or return the one that has begun; `advance` adds the rows.

    `new`: how many rows will be added; `digest`: of the file. A batch already finished was begun by another press of
    the button. Raises CannotImport, ReasonMissing or NothingNew.
    """
    reason = " ".join(terms.reason.split())[:LONGEST_REASON]
    if (terms.how == ATTEST or terms.published) and not reason:
        raise ReasonMissing
    with write() as session:
        lock(letter)
        if letter.state == "closed" or (terms.how == ASK and not letter.is_open):
            raise CannotImport
        if begun := goes_on(letter, terms, digest):
            return begun
        if not new:
            raise NothingNew
        if done := just_done(letter, terms, digest):
            return done
        batch = Batch(letter_id=letter.id, organiser_id=by.id if by else None, verb=VERB, reason=reason)
        batch.choice = _choice(terms, digest)
        batch.tells, batch.total, batch.up_to_id = terms.how == ASK, new, 0
        session.add(batch)
        session.flush()
        record_letter(
            letter,
            Verb.SIGNATURES_IMPORTED,
            by=by,
            batch=batch.id,
            reason=reason,
            count=0,  # so far
            how=terms.how,
            published=terms.published,
        )
    return batch


def _choice(terms: Terms, digest: str) -> dict[str, Any]:
    """Return what identifies an import, so that it goes on only with the same file on the same terms."""
    return {"file": digest, **terms.deciding}


def goes_on(letter: Letter, terms: Terms, digest: str) -> Batch | None:
    """Return the unfinished import of this file on these terms, if there is one."""
    return _same(letter, terms, digest, Batch.finished_at.is_(None))


def just_done(letter: Letter, terms: Terms, digest: str) -> Batch | None:
    """Return the same import if it has just finished: the button was pressed twice."""
    return _same(letter, terms, digest, Batch.finished_at > now() - TWICE)


def _same(letter: Letter, terms: Terms, digest: str, *conditions: sa.ColumnElement[bool]) -> Batch | None:
    stays = Batch.undone_at.is_(None), *conditions
    query = sa.select(Batch).where(Batch.letter_id == letter.id, Batch.verb == VERB, *stays)
    choice = _choice(terms, digest)
    return next((batch for batch in db.session.scalars(query) if batch.choice == choice), None)


def latest(letter: Letter) -> Batch | None:
    """Return the last import under a letter that is not undone completely."""
    stays = sa.or_(Batch.undone_at.is_(None), Batch.finished_at.is_(None))
    query = sa.select(Batch).where(Batch.letter_id == letter.id, Batch.verb == VERB, stays)
    return db.session.scalars(query.order_by(Batch.id.desc()).limit(1)).first()


def advance(batch: Batch, sheets: Iterable[Sheet], terms: Terms, until: float) -> Iterator[int]:
    """Add the remaining rows of the file, one sheet per transaction; yield the last row number of each.

    `until`: on the monotonic clock, when to leave the rest; at least one sheet is added. Raises Stopped, CannotImport,
    or ObjectDeletedError if the letter was deleted meanwhile.
    """
    seen, came = Seen(), batch.last_id
    try:
        _recall(batch, seen)
        for sheet in sheets:
            rows = [row for row in sheet.rows if row.number > came]
            if rows:
                _add(batch, Sheet(rows, sheet.doubts), terms, seen, came)
                came = rows[-1].number
                yield came
                if monotonic() > until:
                    return
        with write():
            _lock(batch, came)
            batch.finished_at = now()
    finally:
        seen.close()


def _recall(batch: Batch, seen: Seen) -> None:
    """Put into `seen` the names the batch added before it stopped: lookups of names do not find pending signatures."""
    names = sa.select(Signature.sort_key).join(BatchRow, BatchRow.signature_id == Signature.id)
    some = names.where(BatchRow.batch_id == batch.id).execution_options(yield_per=AT_ONCE)
    with Session(db.engine) as session:  # its transaction holds the cursor of PostgreSQL
        for name in session.scalars(some):
            seen.is_new("name", name)


def _add(batch: Batch, sheet: Sheet, terms: Terms, seen: Seen, came: int) -> None:
    """Add the people of some rows, and record how far the batch came."""
    letter = batch.letter
    entries = list(entries_in(sheet, terms))  # slow, hence before anything is locked
    with write() as session:
        lock(letter)
        _lock(batch, came)
        if letter.state == "closed":
            raise CannotImport
        found = [one for one in judged(letter, entries, seen, terms.how) if one.entry]
        ids = write_rows(letter, found, terms)
        if ids:
            session.execute(sa.insert(BatchRow), [{"batch_id": batch.id, "signature_id": number} for number in ids])
            if letter.is_published:
                mark(Version.signed_at, letter, letter.version_number)
        batch.done += len(ids)
        complete_batch(letter.id, Verb.SIGNATURES_IMPORTED, batch.id, batch.done)
        batch.last_id = sheet.rows[-1].number


def _lock(batch: Batch, came: int) -> None:
    lock_row(batch)
    if batch.last_id != came or batch.finished_at or batch.undone_at:
        raise Stopped
