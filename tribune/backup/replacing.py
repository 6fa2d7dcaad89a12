"""Keep a file of wishes (`--erasures-only`) from being replaced by one that knows less.

Once a disk is lost, this file is all that is left of them; and the timer that writes it every ten minutes may run on
the new machine before anything is restored there.
"""

import hmac
from pathlib import Path

import sqlalchemy as sa

from tribune.backup.file import BadBackup, Reader

SITE = "site"  # a table beside the wishes: which site they are of


class KnowsMore(Exception):
    """The existing file knows erasures that the database does not, or is of another site."""


def name_of_site(connection: sa.Connection, tables: sa.MetaData) -> str:
    """Return a name that is the same in all backups of a site and no other's; a hash of its key, which it hides."""
    key = connection.execute(sa.select(tables.tables["site_keys"].columns["value"])).scalars().one()
    return hmac.digest(bytes.fromhex(key), b"tribune.backup", "sha256").hex()


def refuse(path: Path, connection: sa.Connection, tables: sa.MetaData) -> None:
    """Raise KnowsMore if the file of wishes at `path` is another site's, or has an erasure unknown here."""
    try:
        with Reader(path) as there:
            parts = there.manifest.tables
            sites = [name for [name] in there.rows(SITE)] if SITE in parts else []
            erased = {row[0] for row in there.rows("erasures")} if "erasures" in parts else set()
    except (FileNotFoundError, BadBackup):
        return
    known = connection.execute(sa.select(tables.tables["erasures"].columns["public_id"])).scalars()
    if erased.difference(known) or not {name_of_site(connection, tables)}.issuperset(sites):
        raise KnowsMore
