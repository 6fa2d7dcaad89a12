"""Check a PostgreSQL server: durability, statistics, patience, disk, rights, clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError, ProgrammingError

from tribune.database import WAIT, db, now
from tribune.doctor.findings import Finding, Level, judge

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
CLOCKS = 5  # seconds that the clocks of two machines may differ


def check_server(connection: sa.Connection) -> Iterator[Finding]:
    """Yield the findings about the server of this connection."""
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
    yield from _counting(connection)
    yield _patience(connection)
    yield _writing(connection)
    yield _rights(connection)
    version = int(str(connection.exec_driver_sql("SHOW server_version_num").scalar())) // 10000
    old = Level.WARN if version < OLDEST_SERVER else None
    yield judge(_("PostgreSQL version"), old, str(version), _("Use %(n)s or newer.", n=OLDEST_SERVER))
    yield _clock(connection)


def _counting(connection: sa.Connection) -> Iterator[Finding]:
    """Check that it counts its tables by itself, else a page may read a whole letter (decision 0104), and clears them.

    Where the server has `track_counts` off and the database has it on, nothing does, though both look well.
    """
    for name in ("autovacuum", "track_counts"):
        found = str(connection.exec_driver_sql(f"SHOW {name}").scalar())
        yield judge(
            f"PostgreSQL {name}",
            None if found == "on" else Level.WARN,
            found,
            _(
                "Pages may become slow, and the files of the database may keep what was erased: set autovacuum = on "
                "for the server, and track_counts = on for the server, the database and the role."
            ),
        )


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


def _writing(connection: sa.Connection) -> Finding:
    """Check that it takes writes, and has room for them."""
    writes = connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
    full = writes and not _has_room(connection)
    return judge(
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


def _rights(connection: sa.Connection) -> Finding:
    """Check that the account of the site may use each table and sequence."""
    tables = list(db.metadata.tables)
    names = {"tables": tables, "sequences": [f"{table}_id_seq" for table in tables]}
    closed = list(connection.scalars(CLOSED, names))
    return judge(
        _("Rights in PostgreSQL"),
        Level.WRONG if closed else None,
        _("missing on %(names)s", names=", ".join(closed)) if closed else _("to read and write rows"),
        who_may_use(),
    )


def _clock(connection: sa.Connection) -> Finding:
    """Check that its clock goes with ours."""
    before = now()
    theirs: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    # If the answer took long, it was theirs at some moment in between.
    apart = max(before - theirs, theirs - now(), timedelta()).total_seconds()
    wrong = Level.WRONG if apart > CLOCKS else None
    said = _("%(n)s s from ours", n=round(apart))
    return judge(_("Clock of the database"), wrong, said, _("Set the clocks of both machines by NTP."))


def who_may_use() -> str:
    """Say how to give the account of the site its rights in PostgreSQL."""
    account = db.engine.dialect.identifier_preparer.quote(db.engine.url.username or "…")
    to_type = (
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {account}; "
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {account};"
    )
    where = _("in `psql`, as the account that migrates (docs/deploy.md, Two accounts of the database).")
    return f"{to_type} {where}"
