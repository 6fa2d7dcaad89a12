"""Who counts, and who is shown."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tribune.database import db, is_postgresql, run
from tribune.letters.models import Letter
from tribune.letters.queries import LETTERS
from tribune.signatures.lines import PRINTED, Printed, Signatory
from tribune.signatures.models import COLUMNS, SHOWN, Signature
from tribune.statements import there_is

PAGE = 100
LATEST = 20
Who = TypeVar("Who", bound=Signatory)
# Whom readers see of the `letter` of this id, as PRINTED and in no order. Statements are built once: to build one takes
# as long as to run it.
_shown = sa.select(*PRINTED).where(COLUMNS.letter_id == sa.bindparam("letter"), SHOWN)
FIRST, OTHERS = _shown.where(COLUMNS.position.is_not(None)), _shown.where(COLUMNS.position.is_(None))
IN_LINES = COLUMNS.position, COLUMNS.line_place, COLUMNS.id  # the order of first signatories
_ALL_FIRST = FIRST.order_by(*IN_LINES)
_LATEST_OTHERS = OTHERS.order_by(COLUMNS.counted_at.desc(), COLUMNS.id.desc()).limit(LATEST)
_queued = sa.func.pg_advisory_xact_lock_shared(LETTERS, sa.cast(COLUMNS.letter_id, sa.Integer))
_LETTER_HELD = sa.select(_queued).where(COLUMNS.id == sa.bindparam("number"))
# Everybody who confirms opens the link of their mail twice: before, and to see that they count.
_THAT_COUNTS = sa.select(Signature).where(
    Signature.letter_id == sa.bindparam("letter"),
    Signature.mailbox_key == sa.bindparam("key"),
    Signature.confirmed_at.is_not(None),
    Signature.withdrawn_at.is_(None),
)
_OF_LINK = (
    sa.select(Signature)
    .where(Signature.id == sa.bindparam("number"), Signature.link_nonce == sa.bindparam("nonce"))
    .options(joinedload(Signature.letter))
)


class Page(NamedTuple, Generic[Who]):
    """Some signatures, and the cursor of the next page ("" on the last)."""

    signatures: Sequence[Who]
    after: str
    number: int | None = None  # how many a search found in all; None: unknown, more than on this page
    walked: int = 0  # how many signatures a search looked at, if it stopped before the end and a full page


def lock_letter_of(signature_id: int) -> None:
    """Lock the letter of a signature, shared, until the transaction ends; call it before locking the signature.

    Like `letters.queries.lock`, but in one statement, for callers that have not read the letter yet.
    """
    if is_postgresql():
        run(_LETTER_HELD, {"number": signature_id})


def the_one_that_counts(letter: Letter, mailbox_key: str) -> Signature | None:
    """Return the confirmed signature of this mailbox under this letter; there is at most one."""
    return db.session.scalars(_THAT_COUNTS, {"letter": letter.id, "key": mailbox_key}).first()


def latest_pending(mailbox_key: str) -> list[Signature]:
    """Return the last pending signature of this mailbox under each letter where none is confirmed, newest first.

    Newest first, because people look for what they signed today, and the mail budget may run out.
    """
    waits = Signature.confirmed_at.is_(None), Signature.attested_at.is_(None)
    query = sa.select(Signature).where(Signature.mailbox_key == mailbox_key, *waits)
    latest: dict[int, Signature] = {}
    for signature in db.session.scalars(query.order_by(Signature.id.desc())):
        latest.setdefault(signature.letter_id, signature)
    return [s for s in latest.values() if the_one_that_counts(s.letter, mailbox_key) is None]


def first_signatories(letter: Letter) -> list[Printed]:
    """Return all first signatories who are shown, in the organiser's order."""
    return printed(letter, _ALL_FIRST)


def latest_signatories(letter: Letter) -> list[Printed]:
    """Return the latest others who are shown. If the list shows none, no query is made: it would read everybody."""
    return [] if letter.public_list == "no" else printed(letter, _LATEST_OTHERS)


def printed(letter: Letter, query: sa.Select[Any], values: Mapping[str, Any] | None = None) -> list[Printed]:
    """Run a query made of FIRST or OTHERS for this letter, with these values of its other parameters."""
    rows = db.session.execute(query, {"letter": letter.id, **(values or {})})
    return [Printed._make((*row, letter)) for row in rows]


def names_are_gone(letter: Letter) -> bool:
    """Whether signatures count under this letter whose names retention has deleted."""
    of_it = Signature.letter_id == letter.id
    return there_is(of_it, Signature.anonymised_at.is_not(None), Signature.counted_at.is_not(None))


def nobody_is_named(letter: Letter) -> bool:
    """Whether all signatures that count are such; not once the letter is open again, and somebody has signed."""
    counts = Signature.letter_id == letter.id, Signature.counted_at.is_not(None)
    return names_are_gone(letter) and not there_is(*counts, Signature.anonymised_at.is_(None))


def signature_of_link(signature_id: int, nonce: str) -> Signature | None:
    """Return the signature of a link; None once it was removed or its link replaced."""
    return db.session.scalars(_OF_LINK, {"number": signature_id, "nonce": nonce}).first()
