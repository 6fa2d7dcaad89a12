"""One PostgreSQL database for the tests of a process, one after the other, emptied in between.

With one of their own most tests would take twice as long: it takes a tenth of a second to make, and whoever connects
to it reads its catalogues anew, another tenth.
"""

from contextlib import ExitStack, suppress

import psycopg
import sqlalchemy as sa
from psycopg import sql

from tests.servers import postgresql

MANY = 64 * 8192  # bytes of a table: what is deleted from it would still be read by the tests to come
# Whatever changes more than rows leaves a newer row in one of these, or fewer.
OF_CATALOGUES = ("attribute", "class", "constraint", "db_role_setting", "index", "proc", "trigger")
ANALYZED = sql.SQL("SELECT -1, count(*), 0 FROM pg_stats WHERE schemaname = 'public'")  # its table is the superuser's
CONNECTED = """SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
USED = """SELECT relname, pg_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"""
COUNT_FROM_ONE = """SELECT setval(seqrelid, 1, false) FROM pg_sequence
WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"""


class Reused:
    """A copy of the database `template`, at `url`; `made` drops it when closed."""

    def __init__(self, server: str, template: str, made: ExitStack) -> None:
        self._server, self._template, self._made = server, template, made
        self._make()

    def renew(self, engine: sa.Engine | None) -> None:
        """Make it as its template is, for the next test; the connections that `engine` keeps may stay.

        It is made anew if anybody else is connected, if more than rows was changed, or very many of them.
        """
        stay = engine.pool.checkedin() if engine and isinstance(engine.pool, sa.QueuePool) else 0
        with suppress(psycopg.Error), psycopg.connect(self.url, autocommit=True) as connection:  # a table may be gone
            if connection.execute(CONNECTED).fetchone() == (stay, 0) and self._state(connection) == self._at_first:
                used = dict(connection.execute(USED).fetchall())
                if max(used.values()) <= MANY:
                    self._empty(connection, [name for name in used if name not in self._filled])
                    return
        self.make_anew(engine)

    def make_anew(self, engine: sa.Engine | None) -> None:
        """Make it a new copy, to which nobody is connected, `engine` neither."""
        if engine:
            engine.dispose()
        self._made.close()
        self._make()

    def _make(self) -> None:
        copy = postgresql.fresh_database(self._server, self._template, f"{self._template}_copy")
        self.url = self._made.enter_context(copy)
        with psycopg.connect(self.url) as connection:
            self._filled = dict(connection.execute(USED).fetchall()).keys()  # by the migrations
            self._at_first = self._state(connection)

    def _state(self, connection: psycopg.Connection) -> object:
        """Return the number of rows and the newest of each catalogue, and of each table the migrations filled.

        Of what anybody may read: `TEST_DATABASE_URL` may be of an account that can make databases, and no more.
        """
        one = sql.SQL("SELECT {}, count(*), max(xmin::text::bigint) FROM {}")
        names = (*(f"pg_{name}" for name in OF_CATALOGUES), *sorted(self._filled))
        each = [one.format(number, sql.Identifier(name)) for number, name in enumerate(names)]
        return connection.execute(sql.SQL(" UNION ALL ").join([*each, ANALYZED])).fetchall()

    def _empty(self, connection: psycopg.Connection, names: list[str]) -> None:
        """Delete the rows of these tables, at once, so that it does not matter who refers to whom; count from one."""
        one = sql.SQL("{} AS (DELETE FROM {})")
        each = [one.format(sql.Identifier(f"no {name}"), sql.Identifier(name)) for name in names]
        if each:
            connection.execute(sql.SQL("WITH {} SELECT").format(sql.SQL(", ").join(each)))
        connection.execute(COUNT_FROM_ONE)
