"""Check the database: schema, durability, rights, free disk."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError, ProgrammingError

from tribune import schema
from tribune.database import WAIT, db, now
from tribune.doctor.findings import Finding, Level, judge
from tribune.doctor.settings import can_be_written, is_open, mode

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
SERVER = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
}
# Select the tables and sequences that the account of the site may not use.
CLOSED = sa.text(
    "SELECT relname FROM pg_class WHERE relnamespace = CAST(quote_ident(current_schema()) AS regnamespace) AND"
    " (relkind = 'r' AND relname = ANY(:tables) AND NOT (has_table_privilege(oid, 'SELECT') AND"
    " has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))"
    " OR relkind = 'S' AND relname = ANY(:sequences) AND NOT has_sequence_privilege(oid, 'USAGE')) ORDER BY relname"
)
OLDEST_SERVER = 14
FULL_DISK = "53100"  # as PostgreSQL says it
OVER_A_NETWORK = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "fuse.ceph", "fuse.glusterfs", "fuse.sshfs")
LITTLE, TOO_LITTLE = 1024, 100  # MiB
CLOCKS = 5  # seconds that the clocks of two machines may differ


def check_database() -> Iterator[Finding]:
    """Yield the finding about the schema, then those for this kind of database. Raises SQLAlchemyError if down."""
    with db.engine.connect() as connection:
        found, wanted = schema.revision_of(connection), schema.revision_of_the_code()
        behind = None if found == wanted else Level.WRONG
        said = _("%(found)s, the code has %(wanted)s", found=found or _("none"), wanted=wanted)
        mend = _("Run `flask db upgrade`.")
        if found and not schema.is_known(found):
            mend = _("A newer version of Tribune has worked on this database: update the code, not the database.")
        yield judge(_("Schema"), behind, said, mend)
        if connection.dialect.name == "sqlite":
            yield from _pragmas(connection)
        else:
            yield from _server(connection)
    if db.engine.dialect.name == "sqlite" and db.engine.url.database:
        file = Path(db.engine.url.database)
        yield from _file(file)
        yield _room(file.parent, 2 * file.stat().st_size // 2**20)
    else:  # if PostgreSQL runs on this machine, its disk is mostly the same
        yield _room(Path(current_app.instance_path))


def _pragmas(connection: sa.Connection) -> Iterator[Finding]:
    for name, wanted in PRAGMAS.items():
        found: Any = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
        yield judge(
            f"SQLite {name}",
            None if found == wanted else Level.WRONG,
            str(found),
            _(
                "It must be %(wanted)s; otherwise what was acknowledged may be lost, or what was erased may be "
                "read. Something in instance/config.py or the file system changes what tribune/connections.py "
                "sets.",
                wanted=wanted,
            ),
        )


def who_must_write() -> str:
    """Say how to fix a SQLite file that cannot be written or opened."""
    return str(
        _(
            "The account that runs the site must be able to write to the file and to its folder, and their "
            "disk must have room: see `ls -l`, `mount` and `df`, and check SQLALCHEMY_DATABASE_URI."
        )
    )


def who_may_use() -> str:
    """Say how to give the account of the site its rights in PostgreSQL."""
    account = db.engine.dialect.identifier_preparer.quote(db.engine.url.username or "…")
    to_type = (
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {account}; "
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {account};"
    )
    where = _("in `psql`, as the account that migrates (docs/deploy.md, Two accounts of the database).")
    return f"{to_type} {where}"


def _file(file: Path) -> Iterator[Finding]:
    yield judge(str(file), Level.WRONG if is_open(file) else None, mode(file), f"`chmod 600 {file}`.")
    writable = can_be_written(file) and os.access(file.parent, os.W_OK)
    said = _("can be written") if writable else _("can only be read")
    yield judge(_("Database file"), None if writable else Level.WRONG, said, who_must_write())
    kind = _file_system(file)
    remote = kind.startswith(OVER_A_NETWORK)
    yield judge(
        _("File system"),
        Level.WRONG if remote else None,
        kind or _("not known"),
        _("SQLite cannot lock a file over a network: move it to a disk of this machine, or use PostgreSQL."),
    )


def _room(folder: Path, need: int = LITTLE) -> Finding:
    """Check that the disk of a folder has `need` MiB free, and at least LITTLE."""
    free, need = shutil.disk_usage(folder).free // 2**20, max(LITTLE, need)
    short = Level.WRONG if free < TOO_LITTLE else Level.WARN if free < need else None
    room = _("Make room: %(n)s MiB is comfortable.", n=need)
    return judge(_("Free disk"), short, _("%(n)s MiB", n=free), room)


def _file_system(file: Path) -> str:
    """Return the type of the file system a file is on; empty if there is no /proc/mounts."""
    try:
        lines = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return ""
    above = {str(parent) for parent in file.resolve().parents}
    return max(((len(line[1]), line[2]) for line in lines if line[1] in above), default=(0, ""))[1]


def _has_room(connection: sa.Connection) -> bool:
    """Whether the disk of PostgreSQL, which may be another machine's, takes a megabyte more. Nothing of it is kept."""
    trial = connection.begin_nested()
    try:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE trial AS SELECT generate_series(1, 30000)")
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != FULL_DISK:
            raise
        return False
    except ProgrammingError:  # this account may make no temporary table
        return True
    finally:
        trial.rollback()
    return True


def _patience(connection: sa.Connection) -> Finding:
    """Check that whoever needs a locked row waits for a while only, as `connections.py: prepare` asks for."""
    waits = str(connection.exec_driver_sql("SHOW lock_timeout").scalar())
    database = connection.exec_driver_sql("SELECT quote_ident(current_database())").scalar()  # a pooler may rename it
    mend = f"`ALTER DATABASE {database} SET lock_timeout = '{WAIT}s';`."
    return judge(
        "PostgreSQL lock_timeout",
        Level.WARN if waits == "0" else None,  # for ever
        waits,
        _(
            "Whoever needs a locked row waits for ever. A pooler such as PgBouncer may keep this from PostgreSQL: in "
            "`psql`, %(command)s",
            command=mend,
        ),
    )


def _server(connection: sa.Connection) -> Iterator[Finding]:
    for name, good in SERVER.items():
        found = str(connection.exec_driver_sql(f"SHOW {name}").scalar())
        yield judge(
            f"PostgreSQL {name}",
            None if found in good else Level.WRONG,
            found,
            _(
                "What was acknowledged may be lost in a power cut: set %(name)s = on for the server, the "
                "database and the role.",
                name=name,
            ),
        )
    yield _patience(connection)
    writes = connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
    full = writes and not _has_room(connection)
    yield judge(
        "PostgreSQL",
        None if writes and not full else Level.WRONG,
        _("its disk is full") if full else _("can be written") if writes else _("can only be read"),
        _("Make room on the disk of PostgreSQL: until then nobody can sign.")
        if full
        else _(
            "It is a standby server, or its host lets nobody write to it any more, as some do when the disk is "
            "nearly full: name the server that takes writes, or make room."
        ),
    )
    tables = list(db.metadata.tables)
    names = {"tables": tables, "sequences": [f"{table}_id_seq" for table in tables]}
    closed = list(connection.scalars(CLOSED, names))
    yield judge(
        _("Rights in PostgreSQL"),
        Level.WRONG if closed else None,
        _("missing on %(names)s", names=", ".join(closed)) if closed else _("to read and write rows"),
        who_may_use(),
    )
    version = int(str(connection.exec_driver_sql("SHOW server_version_num").scalar())) // 10000
    old = Level.WARN if version < OLDEST_SERVER else None
    yield judge(_("PostgreSQL version"), old, str(version), _("Use %(n)s or newer.", n=OLDEST_SERVER))
    before = now()
    theirs: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    # If the answer took long, it was theirs at some moment in between.
    apart = max(before - theirs, theirs - now(), timedelta()).total_seconds()
    wrong = Level.WRONG if apart > CLOCKS else None
    said = _("%(n)s s from ours", n=round(apart))
    yield judge(_("Clock of the database"), wrong, said, _("Set the clocks of both machines by NTP."))
