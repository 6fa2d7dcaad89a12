"""The index by which a part of a name is found among a million: of the pieces of three letters of every search key.

On PostgreSQL an index of arrays, on SQLite a full-text table that triggers keep in step; a SQLite older than NEEDS has
none, and there a search reads the whole letter. A migration makes it; written below is what it is today.
"""

import sqlite3
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects.postgresql import ARRAY

from tribune.database import db, is_postgresql
from tribune.names import trigrams
from tribune.signatures.models import Signature

NEEDS = (3, 44)
NAME = "signatures_trigrams"  # of the table on SQLite, and what the names of its parts begin with

_table = sa.table(NAME, sa.column("rowid"), sa.column(NAME))


def indexed(found: sa.Select[Any], words: str) -> sa.Select[Any] | None:
    """Those of `found` whose search keys have the pieces of these words, read from the index, in no order.

    None where the index cannot tell: every word is shorter than a piece, or there is no index.
    """
    quoted = [f'"{piece}"' for piece in trigrams(words)]  # of letters, digits and spaces alone
    if not quoted or not _exists():
        return None
    if is_postgresql():
        # Written into the statement: for words it does not see, PostgreSQL plans as if they were frequent.
        array = sa.bindparam(None, "{" + ",".join(quoted) + "}", sa.Text(), literal_execute=True)
        return found.where(sa.func.trigrams_of(Signature.search_key).op("@>")(sa.cast(array, ARRAY(sa.Text))))
    asked = " AND ".join(quoted)
    # A sum, or SQLite reads the whole letter and looks for each of its people in the index.
    matches = _table.c.rowid + 0 == Signature.id
    return found.join(_table, matches).where(_table.c[NAME].op("MATCH")(asked))


def _exists() -> bool:
    """Whether this database has the index: looked up once."""
    known: dict[str, bool] = current_app.extensions.setdefault("tribune_trigrams", {})
    if NAME not in known:
        known[NAME] = is_postgresql() or sa.inspect(db.session.connection()).has_table(NAME)
    return known[NAME]


# As the migration leaves it.
_POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION trigrams_of(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
    $$ SELECT ARRAY(SELECT substr(words, n, 3) FROM generate_series(1, length(words) - 2) AS n) $$""",
    "CREATE INDEX ix_signatures_trigrams ON signatures USING gin (trigrams_of(search_key))",
)
_SQLITE = (
    """
    CREATE VIRTUAL TABLE signatures_trigrams USING fts5(search_key, content='signatures', content_rowid='id',
        columnsize=0, detail='none', tokenize='trigram case_sensitive 1')""",
    "INSERT INTO signatures_trigrams (signatures_trigrams, rank) VALUES ('secure-delete', 1)",
    """
    CREATE TRIGGER signatures_trigrams_added AFTER INSERT ON signatures BEGIN
        INSERT INTO signatures_trigrams (rowid, search_key) VALUES (new.id, new.search_key);
    END""",
    """
    CREATE TRIGGER signatures_trigrams_changed AFTER UPDATE OF search_key ON signatures
    WHEN old.search_key IS NOT new.search_key BEGIN
        INSERT INTO signatures_trigrams (signatures_trigrams, rowid, search_key)
            VALUES ('delete', old.id, old.search_key);
        INSERT INTO signatures_trigrams (rowid, search_key) VALUES (new.id, new.search_key);
    END""",
    """
    CREATE TRIGGER signatures_trigrams_deleted AFTER DELETE ON signatures BEGIN
        INSERT INTO signatures_trigrams (signatures_trigrams, rowid, search_key)
            VALUES ('delete', old.id, old.search_key);
    END""",
)


@sa.event.listens_for(Signature.__table__, "after_create")
def create(_table: sa.Table, connection: sa.Connection, **_given: Any) -> None:
    """Make it with its table."""
    on_sqlite = _SQLITE if sqlite3.sqlite_version_info >= NEEDS else ()
    for statement in _POSTGRESQL if connection.dialect.name == "postgresql" else on_sqlite:
        connection.exec_driver_sql(statement)
