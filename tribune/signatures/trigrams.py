"""The index that finds part of a name among a million: it holds the pieces of three characters of search keys.

Of confirmed and attested signatures: nobody searches pending ones. On PostgreSQL an index of arrays, on SQLite a
full-text table that triggers keep in step; a SQLite older than NEEDS has none, and there a search walks the list.
A migration makes it; written below is what it is today.
"""

import sqlite3
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects.postgresql import ARRAY

from tribune.database import db, is_postgresql
from tribune.names import trigrams
from tribune.signatures.models import COLUMNS, Signature

NEEDS = (3, 44)
NAME = "signatures_trigrams"  # of the table on SQLite, and what the names of its parts begin with
# Which rows of the table, or of a trigger, are indexed; word for word in the index and in what asks it. Not who
# counts: a text that changes would have a million names forgotten at once.
FOR_GOOD, _OLD, _NEW = (
    f"({row}.confirmed_at IS NOT NULL OR {row}.attested_at IS NOT NULL)" for row in ("signatures", "old", "new")
)

_table = sa.table(NAME, sa.column("rowid"), sa.column(NAME))


def pieces(words: str) -> str | None:
    """Return what the index is asked for these plain words, as the database writes it.

    None if the index cannot help: every word is shorter than three characters, or there is no index.
    """
    quoted = [f'"{piece}"' for piece in trigrams(words)]  # pieces hold only letters, digits and spaces
    if not quoted or not _exists():
        return None
    return "{" + ",".join(quoted) + "}" if is_postgresql() else " AND ".join(quoted)


def indexed(found: sa.Select[Any], on_postgresql: bool) -> sa.Select[Any]:
    """Those of `found` that are indexed and whose search keys have the `pieces`, a parameter; in no order."""
    # As a literal: for a parameter, PostgreSQL plans as if the words were frequent.
    asked = sa.bindparam("pieces", type_=sa.Text, literal_execute=on_postgresql)
    if on_postgresql:
        found = found.where(sa.text(FOR_GOOD))
        return found.where(sa.func.trigrams_of(COLUMNS.search_key).op("@>")(sa.cast(asked, ARRAY(sa.Text))))
    # + 0, or SQLite reads the whole letter and looks up each signature in the index.
    matches = _table.c.rowid + 0 == COLUMNS.id
    return found.join(_table, matches).where(_table.c[NAME].op("MATCH")(asked))


def _exists() -> bool:
    """Whether this database has the index; looked up once per app."""
    known: dict[str, bool] = current_app.extensions.setdefault("tribune_trigrams", {})
    if NAME not in known:
        known[NAME] = is_postgresql() or sa.inspect(db.session.connection()).has_table(NAME)
    return known[NAME]


# As the migrations leave it.
_ADD = "INSERT INTO signatures_trigrams (rowid, search_key) VALUES (new.id, new.search_key);"
_FORGET = """INSERT INTO signatures_trigrams (signatures_trigrams, rowid, search_key)
            VALUES ('delete', old.id, old.search_key);"""
_TRIGGER = "CREATE TRIGGER signatures_trigrams_"
_POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION trigrams_of(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
    $$ SELECT ARRAY(SELECT substr(words, n, 3) FROM generate_series(1, length(words) - 2) AS n) $$""",
    f"CREATE INDEX ix_signatures_trigrams ON signatures USING gin (trigrams_of(search_key)) WHERE {FOR_GOOD}",
)
_SQLITE = (
    """
    CREATE VIRTUAL TABLE signatures_trigrams USING fts5(search_key, content='', detail='column', columnsize=0,
        tokenize='trigram case_sensitive 1')""",
    "INSERT INTO signatures_trigrams (signatures_trigrams, rank) VALUES ('secure-delete', 1)",
    f"{_TRIGGER}added AFTER INSERT ON signatures WHEN {_NEW} BEGIN {_ADD} END",
    f"""{_TRIGGER}signed AFTER UPDATE OF confirmed_at, attested_at ON signatures
        WHEN NOT {_OLD} AND {_NEW} BEGIN {_ADD} END""",
    f"""{_TRIGGER}unsigned AFTER UPDATE OF confirmed_at, attested_at ON signatures
        WHEN {_OLD} AND NOT {_NEW} BEGIN {_FORGET} END""",
    f"""{_TRIGGER}changed AFTER UPDATE OF search_key ON signatures
        WHEN {_OLD} AND {_NEW} AND old.search_key IS NOT new.search_key BEGIN {_FORGET} {_ADD} END""",
    f"{_TRIGGER}deleted AFTER DELETE ON signatures WHEN {_OLD} BEGIN {_FORGET} END",
)


@sa.event.listens_for(Signature.__table__, "after_create")
def create(_table: sa.Table, connection: sa.Connection, **_given: Any) -> None:
    """Create the index together with the table of signatures."""
    on_sqlite = _SQLITE if sqlite3.sqlite_version_info >= NEEDS else ()
    for statement in _POSTGRESQL if connection.dialect.name == "postgresql" else on_sqlite:
        connection.exec_driver_sql(statement)
