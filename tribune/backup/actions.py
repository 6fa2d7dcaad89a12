"""Back up the site while it runs, restore it while it is stopped: each in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from tribune import schema
from tribune.backup import had_left, replacing, rows, wishes
from tribune.backup.database import alone, as_session, filling, number_ahead, snapshot
from tribune.backup.file import BadBackup, Manifest, Reader, Writer
from tribune.backup.wishes import Granted
from tribune.database import now
from tribune.files import appearing
from tribune.outbox.queries import to_leave
from tribune.signatures import reminding
from tribune.signatures.counting import count_again
from tribune.signatures.models import Signature

MADE_BY_MIGRATIONS = {"site_keys"}  # rows that an empty site has
ENDED = ("log_ins", "passkey_challenges")  # emptied: a log-in revoked since must not come back, so everybody logs in
LATELY = timedelta(days=3)  # mails that left: longer than from one backup to the next
CAN_WAIT = 1  # the priority of invitations, questions, news; what people ask for themselves, at 0, leaves at once

Told = Callable[[int], None]  # called with the number of rows done since the last call


class SiteHasRows(Exception):
    """The database is not empty, and a restore would replace it."""


class AnotherSite(Exception):
    """The erasures are of another site than the database, or nothing was restored there yet."""


def back_up(path: Path, *, wishes_only: bool = False, total: Told, told: Told) -> Manifest:
    """Write the site as it is at this moment to a file, while it runs; `total` is called with the number of rows.

    `wishes_only`: write only what restores must respect, such as erasures, and which mails left lately. Raises
    BadBackup, IsWhole, KnowsMore, OSError.
    """
    with appearing(path) as file, snapshot() as connection:
        revision = schema.revision_of(connection)
        if revision is None or not schema.is_known(revision):
            raise BadBackup("The database has no schema of this code: run `flask db upgrade` first.")
        manifest = Manifest(revision, connection.dialect.name, now().isoformat(), not wishes_only)
        found = rows.reflect(connection)
        if wishes_only:
            replacing.refuse(path, connection, found)
        with Writer(file, manifest) as writer:
            if wishes_only:
                for part in wishes.read(connection, found):
                    writer.add(*part)
                for part in had_left.read(connection, found, now() - LATELY, priority=CAN_WAIT):
                    writer.add(*part)
                writer.add(replacing.SITE, ["name"], iter([[replacing.name_of_site(connection, found)]]))
                return manifest
            total(sum(_length(connection, table) for table in found.sorted_tables))
            for table in found.sorted_tables:
                names = table.columns.keys()
                writer.add(table.name, names, _counted(rows.read(connection, table, names), told))
    return manifest


def _counted(read: Iterator[list[Any]], told: Told) -> Iterator[list[Any]]:
    for row in read:
        told(1)
        yield row


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Open a backup, and read it once to the end to check it. Raises BadBackup, OSError."""
    with Reader(path) as reader:
        if not schema.is_known(reader.manifest.revision):
            raise BadBackup("It was made by a newer Tribune: update this one, then restore it.")
        reader.check()
        yield reader


class Restored(NamedTuple):
    """How many signatures there are; what was granted again; how many mails had left, and how many leave now."""

    signatures: int
    again: Granted
    had_left: int
    to_leave: int


def restore(backup: Reader, *, replace: bool, erasures: Reader | None, told: Told) -> Restored:
    """Make the site what it was when the backup was taken, at the present schema, or change nothing.

    What people asked for since then is kept, as far as the present database or `erasures`, another backup, knows it:
    what they erased or withdrew, consents they took back, "it was not me", and revoked keys. Of what they asked before
    the backup only what is FINAL is taken: the backup knows the rest, and who changed their mind. Nor is anybody sent
    again what waits in the backup and has left, as far as these know. Raises SiteHasRows, SiteRuns, BadBackup.
    """
    if not backup.manifest.whole:
        raise BadBackup("It is no whole backup: give it with --erasures, beside one.")
    with alone() as connection:
        present = rows.reflect(connection)
        if not replace and any(_has_rows(connection, table) for table in present.tables.values()):
            raise SiteHasRows
        asked = wishes.Wishes(backup.manifest.moment)
        for part in wishes.read(connection, present):
            asked.add(*part)
        mails = had_left.HadLeft(backup)
        for part in had_left.read(connection, present, backup.manifest.moment - wishes.UNDER_WAY):
            mails.add(*part)
        if erasures:
            for part in erasures.parts(wishes.PARTS if is_newer(erasures, backup) else wishes.FINAL):
                asked.add(*part)
            for part in erasures.parts(had_left.PARTS):
                mails.add(*part)
        present.drop_all(connection)
        for unreflected in ("alembic_version", "signatures_trigrams"):
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {unreflected}"))
        schema.upgrade_within(connection, backup.manifest.revision)
        _fill(connection, backup, told)
        schema.upgrade_within(connection, "head")
        for name in ENDED:
            connection.execute(sa.delete(sa.table(name)))
        granted = asked.grant(connection)
        left = mails.write_down(connection)
        with as_session(connection):
            reminding.skip_due()
            waits = to_leave()
        number_ahead(connection)
        count_again(connection)
        return Restored(_length(connection, Signature.__table__), granted, left, waits)


def apply(erasures: Reader, *, dry_run: bool) -> Granted:
    """Apply to the site as it is what people had wished according to a file of --erasures-only, or change nothing.

    For a site that was restored without that file. What somebody wished before they did something by which they stand
    is left out, and so are keys: those made since are unknown to the file. Raises AnotherSite, SiteRuns, BadBackup.
    """
    if erasures.manifest.whole:
        raise BadBackup("It is a whole backup: name a file of `flask backup --erasures-only`.")
    with alone() as connection:
        present = rows.reflect(connection)
        sites = replacing.sites_of(erasures)
        if "site_keys" not in present.tables or sites != [replacing.name_of_site(connection, present)]:
            raise AnotherSite
        wished = wishes.Wishes(None)
        for part in erasures.parts(wishes.OF_SIGNATORIES):
            wished.add(*part)
        granted = wished.grant(connection)
        count_again(connection)
        if dry_run:
            connection.rollback()
        return granted


def is_newer(erasures: Reader, backup: Reader) -> bool:
    """Whether `erasures` is not older than the backup."""
    return erasures.manifest.moment >= backup.manifest.moment


def _length(connection: sa.Connection, table: sa.FromClause) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def _has_rows(connection: sa.Connection, table: sa.Table) -> bool:
    return table.name not in MADE_BY_MIGRATIONS and bool(connection.scalar(sa.select(sa.exists().select_from(table))))


def _fill(connection: sa.Connection, backup: Reader, told: Told) -> None:
    """Write the rows of a backup into the tables of its revision, which must have exactly the same columns."""
    made, given = rows.reflect(connection), backup.manifest.tables
    wanted = {name: set(table.columns) for name, table in given.items()}
    if {name: set(table.columns.keys()) for name, table in made.tables.items()} != wanted:
        raise BadBackup(f"It is not what revision {backup.manifest.revision} looks like: it was changed by hand.")
    for table in made.sorted_tables:
        connection.execute(sa.delete(table))  # rows that migrations made
        with filling(connection, table):
            for number in rows.write(connection, table, given[table.name].columns, backup.rows(table.name)):
                told(number)
