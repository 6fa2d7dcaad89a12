"""Private links and passkeys: one that was taken back opens nothing after a restore either."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from tribune.letters.models import Letter
from tribune.organisers.models import Passkey

COLUMNS = ["of", "number", "key"]  # "letter" or "organiser", which one, and what opens there

Known = dict[tuple[str, int], set[str | None]]  # by owner; None of those who have no key: they are known all the same


def read(connection: sa.Connection, tables: sa.MetaData) -> Iterator[list[Any]]:
    """Of each letter and organiser of a database, all keys; None where there is none."""
    letters, passkeys = tables.tables.get("letters"), tables.tables.get("passkeys")
    if letters is not None and "preview_nonce" in letters.columns:
        for number, nonce in connection.execute(sa.select(letters.columns["id"], letters.columns["preview_nonce"])):
            yield ["letter", number, nonce]
    if passkeys is not None:
        organisers = tables.tables["organisers"]
        theirs = sa.outerjoin(organisers, passkeys, passkeys.columns["organiser_id"] == organisers.columns["id"])
        query = sa.select(organisers.columns["id"], passkeys.columns["credential_id"]).select_from(theirs)
        for number, key in connection.execute(query):
            yield ["organiser", number, key and key.hex()]


def narrow(known: Known, given: Iterable[list[Any]]) -> None:
    """Of the keys of each owner, leave those that what was read knows too: whoever lacks one saw it taken back."""
    here: Known = {}
    for of, number, key in given:
        here.setdefault((of, number), set()).add(key)
    for owner, keys in here.items():
        known[owner] = known.get(owner, keys) & keys


def take_back(connection: sa.Connection, known: Known) -> None:
    """Take away, in a restored database, the keys that these owners have no more."""
    links = sa.select(Letter.id, Letter.preview_nonce).where(Letter.preview_nonce.is_not(None))
    for number, nonce in connection.execute(links).all():
        if nonce not in known.get(("letter", number), {nonce}):
            connection.execute(sa.update(Letter).where(Letter.id == number).values(preview_nonce=None))
    passkeys = sa.select(Passkey.id, Passkey.organiser_id, Passkey.credential_id)
    for passkey, number, key in connection.execute(passkeys).all():
        if key.hex() not in known.get(("organiser", number), {key.hex()}):
            connection.execute(sa.delete(Passkey).where(Passkey.id == passkey))
