"""Spellings of one organisation that are printed as one. What people typed is kept; only what is printed changes."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa

from tribune.database import db
from tribune.names import organisation_key, plain, sort_key
from tribune.signatures.models import Merge, Signature

MergeOf = Callable[[str], Merge | None]  # gives that of a key, if there is one


class Merged(NamedTuple):
    """How a spelling is printed: by which merge, and as what in the end, for one may lead to another."""

    merge: Merge
    name: str


def merged(letter_id: int, key: str) -> Merged | None:
    """How the spelling of this key is printed under a letter; None: as typed."""
    return followed(key, partial(_merge, letter_id))


def followed(key: str, merge_of: MergeOf) -> Merged | None:
    """The same, among merges that are at hand.

    One that is being undone leads nowhere; one that changes capitals or accents alone is the last.
    """
    first = found = merge_of(key)
    name = ""
    while found is not None and found.into:
        name, key = found.into, organisation_key(found.into)
        found = merge_of(key) if key != found.from_key else None
    return Merged(first, name) if first is not None and name else None


def _merge(letter_id: int, key: str) -> Merge | None:
    return db.session.scalars(sa.select(Merge).where(Merge.letter_id == letter_id, Merge.from_key == key)).first()


def print_as_merged(signature: Signature, merge_of: MergeOf | None = None) -> None:
    """Give a signature, whose keys are those of what was typed, the printed name of its organisation.

    `merge_of`: where the merges of its letter are at hand.
    """
    merge_of = merge_of or partial(_merge, signature.letter_id)
    found = followed(signature.organisation_key, merge_of) if signature.affiliation is None else None
    if found is None:
        signature.merge_id = signature.printed_organisation = None
        return
    signature.merge_id, signature.printed_organisation = found.merge.id, found.name
    signature.organisation_key = organisation_key(found.name)
    if signature.as_organisation:
        signature.sort_key = sort_key(found.name, "")
    if signature.organisation_key != found.merge.from_key:  # else it is found under these words already
        signature.search_key += f" {plain(found.name)}"
