"""Spellings of an organisation printed as one. What people typed is kept; only what is printed changes."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa

from tribune.names import organisation_key, searchable, sort_key
from tribune.signatures.models import Merge, Signature
from tribune.statements import the_one

PRINTED_NAME = sa.func.coalesce(Signature.printed_organisation, Signature.organisation)  # of an organisation
MergeOf = Callable[[str], Merge | None]  # from the key of a spelling to its merge, if there is one


class Merged(NamedTuple):
    """How a spelling is printed: its own merge, and the final name, as one merge may lead to another."""

    merge: Merge
    name: str


def merged(letter_id: int, key: str) -> Merged | None:
    """Return how one letter prints the spelling of this key; None: as typed."""
    return followed(key, partial(_merge, letter_id))


def followed(key: str, merge_of: MergeOf) -> Merged | None:
    """Do the same with merges found by `merge_of`.

    A merge that is being undone ends the chain, and so does one that changes only capitals or accents.
    """
    first = found = merge_of(key)
    name = ""
    while found is not None and found.into:
        name, key = found.into, organisation_key(found.into)
        found = merge_of(key) if key != found.from_key else None
    return Merged(first, name) if first is not None and name else None


def _merge(letter_id: int, key: str) -> Merge | None:
    return the_one(Merge, Merge.letter_id == letter_id, Merge.from_key == key)


def print_as_merged(signature: Signature, merge_of: MergeOf | None = None) -> None:
    """Give a signature the printed name of its organisation, and its keys, which have to be those of what was typed.

    `merge_of`: if the merges of its letter are already loaded.
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
    if signature.organisation_key != found.merge.from_key:  # else searches find it already
        signature.search_key += f" {searchable(found.name)}"
