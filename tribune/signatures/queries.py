"""Who counts, and who is shown."""

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm.exc import ObjectDeletedError

from tribune.database import db, is_postgresql, there_is
from tribune.letters.models import Letter
from tribune.letters.queries import LETTERS
from tribune.signatures.lines import PRINTED, Printed, Signatory
from tribune.signatures.models import SHOWN, Signature

PAGE = 100
LATEST = 20
Who = TypeVar("Who", bound=Signatory)


class Page(NamedTuple, Generic[Who]):
    """Some signatures, and the cursor of the page after them (empty on the last)."""

    signatures: Sequence[Who]
    after: str
    number: int | None = None  # of all that a search found; None: more than are on this page
    walked: int = 0  # signatures among which a search looked, where it ended before the list and the page did


def hold_letter_of(signature_id: int) -> None:
    """Keep the letter of a signature as it is until the transaction ends, before the signature is held.

    As `letters.queries.hold` does, shared, and in one statement for whoever reads the letter only after it.
    """
    if is_postgresql():
        queue = sa.func.pg_advisory_xact_lock_shared(LETTERS, sa.cast(Signature.letter_id, sa.Integer))
        db.session.execute(sa.select(queue).where(Signature.id == signature_id))


def hold_again(signature: Signature) -> None:
    """Read a signature as it is now, and keep it so until the transaction ends.

    Raises ObjectDeletedError where it is gone, as any other look at it would.
    """
    (number,) = sa.inspect(signature).identity or (signature.id,)
    held = sa.select(Signature).where(Signature.id == number).with_for_update()
    if db.session.scalars(held.execution_options(populate_existing=True)).first() is None:
        raise ObjectDeletedError(sa.inspect(signature))


def the_one_that_counts(letter: Letter, mailbox_key: str) -> Signature | None:
    """The confirmed signature of this person under this letter: there is at most one."""
    query = sa.select(Signature).where(
        Signature.letter_id == letter.id,
        Signature.mailbox_key == mailbox_key,
        Signature.confirmed_at.is_not(None),
        Signature.withdrawn_at.is_(None),
    )
    return db.session.scalars(query).first()


def latest_pending(mailbox_key: str) -> list[Signature]:
    """The last signature of this person that waits to be confirmed, under each letter where none counts yet.

    The latest first: what was signed today is what somebody looks for, and the budget of mails may end.
    """
    waits = Signature.confirmed_at.is_(None), Signature.attested_at.is_(None)
    query = sa.select(Signature).where(Signature.mailbox_key == mailbox_key, *waits)
    latest: dict[int, Signature] = {}
    for signature in db.session.scalars(query.order_by(Signature.id.desc())):
        latest.setdefault(signature.letter_id, signature)
    return [s for s in latest.values() if the_one_that_counts(s.letter, mailbox_key) is None]


def first_signatories(letter: Letter) -> list[Printed]:
    """All first signatories who are shown, in the organiser's order."""
    first = shown(letter).where(Signature.position.is_not(None))
    return printed(letter, first.order_by(Signature.position, Signature.id))


def latest_signatories(letter: Letter) -> list[Printed]:
    """The latest who signed from the page and are shown; where nobody is, a database would look among all of them."""
    if letter.public_list == "no":
        return []
    query = shown(letter).where(Signature.position.is_(None))
    return printed(letter, query.order_by(Signature.counted_at.desc(), Signature.id.desc()).limit(LATEST))


def printed(letter: Letter, query: sa.Select[Any]) -> list[Printed]:
    """The people whom this query finds under a letter, as far as their lines need them."""
    return [Printed._make((*row, letter)) for row in db.session.execute(query.with_only_columns(*PRINTED))]


def shown(letter: Letter) -> sa.Select[Signature]:
    """Whom readers see, in no order."""
    query = sa.select(Signature).where(Signature.letter_id == letter.id, SHOWN)
    return query.where(Signature.position.is_not(None)) if letter.public_list == "no" else query


def names_are_gone(letter: Letter) -> bool:
    """Some count under it whose names were deleted when their time had come."""
    of_it = Signature.letter_id == letter.id
    return there_is(of_it, Signature.anonymised_at.is_not(None), Signature.counted_at.is_not(None))


def signature_of_link(signature_id: int, nonce: str) -> Signature | None:
    """The signature whose link carries this nonce; None once it was removed or its link replaced."""
    query = sa.select(Signature).where(Signature.id == signature_id, Signature.link_nonce == nonce)
    return db.session.scalars(query).first()
