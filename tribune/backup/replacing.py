"""Keep a file from being replaced by one of wishes (`--erasures-only`) that knows less.

A whole backup always knows more. And once a disk is lost, a file of wishes is all that is left of them, while the timer
that writes it every ten minutes may run on the new machine before anything is restored there.
"""

import hmac
from pathlib import Path

import sqlalchemy as sa

from tribune.backup.file import BadBackup, Reader

SITE = "site"  # a table beside the wishes: which site they are of


class KnowsMore(Exception):
    """The existing file knows erasures that the database does not, or is of another site."""


class IsWhole(Exception):
    """The existing file is a whole backup."""


def name_of_site(connection: sa.Connection, tables: sa.MetaData) -> str:
    """Return a name that is the same in all backups of a site and no other's; a hash of its key, which it hides."""
    key = connection.execute(sa.select(tables.tables["site_keys"].columns["value"])).scalars().one()
    return hmac.digest(bytes.fromhex(key), b"tribune.backup", "sha256").hex()


def refuse(path: Path, connection: sa.Connection, tables: sa.MetaData) -> None:
    """Raise IsWhole for a whole backup at `path`, KnowsMore for another site's wishes, or an erasure unknown here."""
    try:
        with Reader(path) as there:
            if there.manifest.whole:
                raise IsWhole
            parts = there.manifest.tables
            sites = [name for [name] in there.rows(SITE)] if SITE in parts else []
            erased = {row[0] for row in there.rows("erasures")} if "erasures" in parts else set()
    except (FileNotFoundError, BadBackup):
        return
    known = connection.execute(sa.select(tables.tables["erasures"].columns["public_id"])).scalars()
    if erased.difference(known) or not {name_of_site(connection, tables)}.issuperset(sites):
        raise KnowsMore
