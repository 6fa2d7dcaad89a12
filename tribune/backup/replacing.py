"""A file of wishes is replaced by none that knows less.

Once a disk is lost it is all that is left of them, and the same timer that wrote it runs on the new machine before
anything is restored there, every ten minutes.
"""

import hmac
from pathlib import Path

import sqlalchemy as sa

from tribune.backup.file import BadBackup, Reader

SITE = "site"  # a part beside the wishes: whose they are


class KnowsMore(Exception):
    """The file that is there knows what the database does not."""


def name_of_site(connection: sa.Connection, tables: sa.MetaData) -> str:
    """The same for all backups of a database, restored or not, and for no other; it tells nothing of its key."""
    key = connection.execute(sa.select(tables.tables["site_keys"].columns["value"])).scalars().one()
    return hmac.digest(bytes.fromhex(key), b"tribune.backup", "sha256").hex()


def refuse(path: Path, connection: sa.Connection, tables: sa.MetaData) -> None:
    """Raises KnowsMore where a file of wishes is another site's, or has an erasure that this one does not know."""
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
