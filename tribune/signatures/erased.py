"""What was erased stays erased: the hashes and public ids by which restores and imports leave it out."""

from base64 import b32encode
from collections.abc import Collection, Iterable
from hashlib import sha256

import sqlalchemy as sa

from tribune.database import db, insert
from tribune.letters.models import Letter
from tribune.signatures.models import Erasure, Signature


def names_of(rows: Iterable[Signature]) -> list[str]:
    """The names that stay of rows that go: the public one of each, and that of its owner under its letter."""
    return [name for row in rows for name in (row.public_id, owner_name(row.letter_id, row.mailbox_key)) if name]


def keep(names: Collection[str]) -> None:
    """Keep such names, in the transaction in which the rows go; one who erases twice is known already."""
    if names:
        db.session.execute(insert(Erasure).on_conflict_do_nothing(), [{"public_id": name} for name in sorted(names)])


def keep_replaced(rows: Iterable[Signature]) -> None:
    """Keep names of rows whose owners' own word takes their place: files of before know these by their public names."""
    keep([owner_name(row.letter_id, row.public_id) for row in rows])


def erased_among(letter: Letter, mailboxes: Collection[str]) -> set[str]:
    """Of these mailboxes, those whose owners have erased what stood under a letter; of public names, those replaced."""
    names = {owner_name(letter.id, key): key for key in mailboxes}
    found = db.session.scalars(sa.select(Erasure.public_id).where(Erasure.public_id.in_(names)))
    return {names[name] for name in found}


def owner_name(letter_id: int, mailbox_key: str | None) -> str:
    """The name of who owns a mailbox under one letter: the key is a keyed hash, so only this site can tell whose."""
    if mailbox_key is None:
        return ""
    return b32encode(sha256(f"{letter_id} {mailbox_key}".encode()).digest())[:16].decode()  # in capitals: no row's name
