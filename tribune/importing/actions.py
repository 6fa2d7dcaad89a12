"""Importing signatures given elsewhere: looked over as a whole first, then piece by piece as a batch, undone whole."""

from collections.abc import Iterable, Iterator, Sequence
from secrets import token_urlsafe
from time import monotonic
from typing import Any

import sqlalchemy as sa

from tribune.audit.actions import record
from tribune.audit.models import Verb
from tribune.database import db, now, write
from tribune.importing.entries import ASK, ATTEST, Entry, Terms, entries_in
from tribune.importing.known import Finding, Seen, judged
from tribune.importing.mails import post_ask_imported
from tribune.letters.models import Letter, Version
from tribune.letters.queries import hold
from tribune.moderation.models import Batch, BatchRow
from tribune.organisers.models import Organiser
from tribune.reading.grid import Sheet
from tribune.signatures.actions import mark, tally
from tribune.signatures.flags import KINDS
from tribune.signatures.models import Flag, Merge, Signature, new_public_id
from tribune.signatures.spellings import print_as_merged

S = Signature
AT_ONCE, MAILS_AT_ONCE = 1_000, 100  # rows of one transaction; fewer where each is a mail to write
VERB, ORIGIN, WORDING = "import", "import", "import"
SAME_NAME = ("name_signed", "repeated_name")
LONGEST_REASON = 300  # characters


class CannotImport(Exception):
    """The letter is closed, or nobody can be asked to confirm before it is published."""


class NothingNew(Exception):
    """Nobody of the file would be added."""


class ReasonMissing(Exception):
    """Who answers for others says how they know."""


class Stopped(Exception):
    """The import was taken back, or goes on elsewhere."""


def check(letter: Letter, sheets: Iterable[Sheet], terms: Terms) -> Iterator[Finding]:
    """What would become of each row; writes nothing."""
    seen = Seen()
    try:
        for sheet in sheets:
            yield from judged(letter, entries_in(sheet, terms), seen, terms.how)
            db.session.rollback()  # no reading lasts as long as a file
    finally:
        seen.close()


def start(letter: Letter, terms: Terms, *, by: Organiser | None, digest: str, new: int) -> Batch:
    """Begin to import a file of which `new` rows are to be added, or go on with it where it stopped.

    `digest` names the file. Nothing is added yet: `advance` does. Raises CannotImport, ReasonMissing or NothingNew.
    """
    reason = " ".join(terms.reason.split())[:LONGEST_REASON]
    if (terms.how == ATTEST or terms.published) and not reason:
        raise ReasonMissing
    with write() as session:
        hold(letter)
        if letter.state == "closed" or (terms.how == ASK and not letter.is_open):
            raise CannotImport
        if begun := goes_on(letter, terms, digest):
            return begun
        if not new:
            raise NothingNew
        batch = Batch(letter_id=letter.id, organiser_id=by.id if by else None, verb=VERB, reason=reason)
        batch.choice = _choice(terms, digest)
        batch.tells, batch.total, batch.up_to_id = terms.how == ASK, new, 0
        session.add(batch)
        session.flush()
        record(
            Verb.SIGNATURES_IMPORTED,
            team_id=letter.team_id,
            by=by,
            letter_id=letter.id,
            subject=letter.version.title,
            batch=batch.id,
            reason=reason,
            count=new,
            how=terms.how,
        )
    return batch


def _choice(terms: Terms, digest: str) -> dict[str, Any]:
    return {"file": digest, "how": terms.how, "published": terms.published}


def goes_on(letter: Letter, terms: Terms, digest: str) -> Batch | None:
    """The import of this very file on these terms that has come to no end, if there is one."""
    unfinished = Batch.finished_at.is_(None), Batch.undone_at.is_(None)
    query = sa.select(Batch).where(Batch.letter_id == letter.id, Batch.verb == VERB, *unfinished)
    choice = _choice(terms, digest)
    return next((batch for batch in db.session.scalars(query) if batch.choice == choice), None)


def latest(letter: Letter) -> Batch | None:
    """The last import under a letter that is not taken back to its end."""
    stays = sa.or_(Batch.undone_at.is_(None), Batch.finished_at.is_(None))
    query = sa.select(Batch).where(Batch.letter_id == letter.id, Batch.verb == VERB, stays)
    return db.session.scalars(query.order_by(Batch.id.desc()).limit(1)).first()


def advance(batch: Batch, sheets: Iterable[Sheet], terms: Terms, until: float) -> Iterator[int]:
    """Add what the file still holds, a piece a transaction; gives the row that each came to.

    `until`: on the monotonic clock, when to leave the rest; one piece at least. Raises Stopped.
    """
    seen, came = Seen(), batch.last_id
    try:
        for sheet in sheets:
            rows = [row for row in sheet.rows if row.number > came]
            if rows:
                _add(batch, Sheet(rows, sheet.doubts), terms, seen, came)
                came = rows[-1].number
                yield came
                if monotonic() > until:
                    return
        with write():
            _hold(batch, came)
            batch.finished_at = now()
    finally:
        seen.close()


def _add(batch: Batch, sheet: Sheet, terms: Terms, seen: Seen, came: int) -> None:
    """Add the people of some rows, and note how far it came."""
    letter = batch.letter
    entries = list(entries_in(sheet, terms))  # what takes long, before anybody has to wait
    with write() as session:
        hold(letter)
        _hold(batch, came)
        if letter.state == "closed":
            raise CannotImport
        found = [one for one in judged(letter, entries, seen, terms.how) if one.entry]
        ids = _write(letter, found, terms)
        if ids:
            session.execute(sa.insert(BatchRow), [{"batch_id": batch.id, "signature_id": number} for number in ids])
            if letter.is_published:
                mark(Version.signed_at, letter, letter.version_number)
        batch.done += len(ids)
        batch.last_id = sheet.rows[-1].number


def _hold(batch: Batch, came: int) -> None:
    db.session.refresh(batch, with_for_update=True)
    if batch.last_id != came or batch.finished_at or batch.undone_at:
        raise Stopped


def _write(letter: Letter, found: Sequence[Finding], terms: Terms) -> list[int]:
    """The numbers of the new rows."""
    rows = [_row(letter, one, one.entry, terms) for one in found if one.entry]
    if terms.how == ASK:
        return [number for row, one in zip(rows, found, strict=True) if (number := _ask(letter, row, one))]
    if not rows:
        return []
    _print_as_merged(letter, rows)
    ids = dict(db.session.execute(sa.insert(S).returning(S.public_id, S.id), rows).all())
    _flag(letter, {ids[row["public_id"]]: one for row, one in zip(rows, found, strict=True)})
    more = sa.update(Letter).where(Letter.id == letter.id)
    db.session.execute(more.values(attested_count=Letter.attested_count + len(rows)))
    return list(ids.values())


def _row(letter: Letter, found: Finding, entry: Entry, terms: Terms) -> dict[str, Any]:
    """A row as the table has it. Who is attested counts since they signed: there they stand among the latest."""
    moment = now()
    signed_at = entry.signed_at or moment
    attested = {"attested_at": moment, "counted_at": signed_at} if terms.how == ATTEST else {}
    return {
        "public_id": new_public_id(),
        "link_nonce": token_urlsafe(16),
        "letter_id": letter.id,
        "letter_version": letter.version_number,
        "origin": ORIGIN,
        **entry.words,
        **found.found_by,
        "email": entry.email or None,
        "mailbox_key": entry.key or None,
        "domain": entry.email.rpartition("@")[2].lower() or None,
        "locale": letter.locale,
        "published": entry.published,
        "news": entry.news,
        "wording": WORDING,
        "signed_at": signed_at,
        **attested,
    }


def _ask(letter: Letter, row: dict[str, Any], found: Finding) -> int | None:
    """The number of a row whose owner is asked to confirm it; None, and no row, where their mailbox is full."""
    signature = Signature(**row)
    print_as_merged(signature)
    db.session.add(signature)
    db.session.flush()
    signed_at = found.entry.signed_at if found.entry else None
    if not post_ask_imported(signature, letter, signed_at):
        db.session.delete(signature)
        db.session.flush()
        return None
    tally(letter, "signed")
    _flag(letter, {signature.id: found})
    return signature.id


def _print_as_merged(letter: Letter, rows: Sequence[dict[str, Any]]) -> None:
    """Give the rows the printed names of their organisations, where some spellings of this letter are merged."""
    if not db.session.scalar(sa.select(sa.exists().where(Merge.letter_id == letter.id))):
        return
    names = ("merge_id", "printed_organisation", "organisation_key", "sort_key", "search_key")
    for row in rows:
        signature = Signature(**row)
        print_as_merged(signature)
        row.update({name: getattr(signature, name) for name in names})


def _flag(letter: Letter, found: dict[int, Finding]) -> None:
    """Flag what deserves a look, as if they had signed here."""
    flags = [
        {"letter_id": letter.id, "signature_id": number, "kind": kind}
        for number, one in found.items()
        for kind in dict.fromkeys("same_person" if reason in SAME_NAME else reason for reason in one.reasons)
        if kind in KINDS
    ]
    if flags:
        db.session.execute(sa.insert(Flag), flags)
