"""What was erased stays erased: the hashes and public ids by which restores and imports leave it out."""

from base64 import b32encode
from collections.abc import Collection, Iterable
from hashlib import sha256

import sqlalchemy as sa

from tribune.database import db, now
from tribune.letters.models import Letter
from tribune.signatures.models import Erasure, Signature
from tribune.statements import insert


def names_of(rows: Iterable[Signature]) -> list[str]:
    """Return what is kept of rows to be deleted: the public id of each, and the `owner_name` of its owner."""
    return [name for row in rows for name in (row.public_id, owner_name(row.letter_id, row.mailbox_key)) if name]


def keep(names: Collection[str]) -> None:
    """Keep names of `names_of`, in the transaction that deletes the rows; those kept before keep their moment."""
    _keep(insert(Erasure).on_conflict_do_nothing(), names)


def keep_from_now(names: Collection[str]) -> None:
    """As `keep`, for those whom somebody erases: the last moment counts.

    Else an older backup would bring back what the team wrote between two erasures of the same owner.
    """
    _keep(insert(Erasure).on_conflict_do_update(index_elements=["public_id"], set_={"erased_at": now()}), names)


def _keep(into: sa.Insert, names: Collection[str]) -> None:
    if names:
        db.session.execute(into, [{"public_id": name} for name in sorted({*names})])


def keep_replaced(rows: Iterable[Signature]) -> None:
    """Keep names of attested rows that their owners' own signatures replace: earlier files have their public ids."""
    keep([owner_name(row.letter_id, row.public_id) for row in rows])


def erased_among(letter: Letter, mailboxes: Collection[str]) -> set[str]:
    """Return which of these mailboxes were erased under a letter, and which of these public ids were replaced."""
    names = {owner_name(letter.id, key): key for key in mailboxes}
    found = db.session.scalars(sa.select(Erasure.public_id).where(Erasure.public_id.in_(names)))
    return {names[name] for name in found}


def owner_name(letter_id: int, mailbox_key: str | None) -> str:
    """Hash a mailbox under one letter; as the key is itself a keyed hash, only this site can tell whose it is."""
    if mailbox_key is None:
        return ""
    return b32encode(sha256(f"{letter_id} {mailbox_key}".encode()).digest())[:16].decode()  # capitals: no public id
