"""Private links and passkeys: a revoked one opens nothing after a restore either.

Owners are identified by what no other site has: an account by its mailbox key, a letter by the microsecond at which it
was created. Ids would not do: a backup may be restored over another site, where they mean somebody else.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from tribune.backup import rows
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser, Passkey

COLUMNS = ["of", "owner", "key"]  # "letter" or "organiser", which one, and its nonce or credential

Known = dict[tuple[str, str], set[str | None]]  # keys by owner; {None}: an owner known to have no key


class Taken(NamedTuple):
    """How many keys were revoked again, and how many stay because nothing was known of their owners."""

    passkeys: int
    links: int
    untold: int


def read(connection: sa.Connection, tables: sa.MetaData) -> Iterator[list[Any]]:
    """Yield rows of COLUMNS, one for each key of each letter and organiser of a database; key None if it has none."""
    letters, passkeys = tables.tables.get("letters"), tables.tables.get("passkeys")
    if letters is not None and "preview_nonce" in letters.columns:
        for begun, nonce in rows.read(connection, letters, ["created_at", "preview_nonce"]):
            yield ["letter", begun, nonce]
    if passkeys is not None:
        organisers = tables.tables["organisers"]
        theirs = sa.outerjoin(organisers, passkeys, passkeys.columns["organiser_id"] == organisers.columns["id"])
        query = sa.select(organisers.columns["mailbox_key"], passkeys.columns["credential_id"]).select_from(theirs)
        for mailbox, key in connection.execute(query):
            yield ["organiser", mailbox, key and key.hex()]


def narrow(known: Known, given: Iterable[list[Any]]) -> None:
    """Keep, for each owner, only the keys that are also in `given`: one missing there was revoked."""
    here: Known = {}
    for of, owner, key in given:
        here.setdefault((of, owner), set()).add(key)
    for owner, keys in here.items():
        known[owner] = known.get(owner, keys) & keys


def take_back(connection: sa.Connection, known: Known) -> Taken:
    """Delete, in a restored database, the keys that these owners no longer have."""
    passkeys = links = untold = 0
    query = sa.select(Letter.id, Letter.created_at, Letter.preview_nonce).where(Letter.preview_nonce.is_not(None))
    for number, begun, nonce in connection.execute(query).all():
        keys = known.get(("letter", begun.isoformat()))
        if keys is None:
            untold += 1
        elif nonce not in keys:
            connection.execute(sa.update(Letter).where(Letter.id == number).values(preview_nonce=None))
            links += 1
    theirs = sa.select(Passkey.id, Organiser.mailbox_key, Passkey.credential_id).join(Passkey.organiser)
    for number, mailbox, key in connection.execute(theirs).all():
        keys = known.get(("organiser", mailbox))
        if keys is None:
            untold += 1
        elif key.hex() not in keys:
            connection.execute(sa.delete(Passkey).where(Passkey.id == number))
            passkeys += 1
    return Taken(passkeys, links, untold)
