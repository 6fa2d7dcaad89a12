"""Check the database: schema, durability and rights of a SQLite file, free disk; a server by `postgresql.py`."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from tribune import schema
from tribune.database import db
from tribune.doctor.findings import Finding, Level, judge
from tribune.doctor.postgresql import check_server
from tribune.doctor.settings import can_be_written, is_open, mode

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
OVER_A_NETWORK = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "fuse.ceph", "fuse.glusterfs", "fuse.sshfs")
LITTLE, TOO_LITTLE = 1024, 100  # MiB


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
            yield from check_server(connection)
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
