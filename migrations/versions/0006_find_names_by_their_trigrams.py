"""Find names by their pieces of three letters (trigrams), among a million as fast as among ten."""

import sqlite3

from alembic import op

revision = "0006"
down_revision = "0005"

# Arrays of trigrams under a GIN index: the extension pg_trgm is not on every server.
POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION trigrams_of(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
    $$ SELECT ARRAY(SELECT substr(words, n, 3) FROM generate_series(1, length(words) - 2) AS n) $$""",
    "CREATE INDEX ix_signatures_trigrams ON signatures USING gin (trigrams_of(search_key))",
)
# The words stay in their table; triggers keep the index in step, in the same transaction.
SQLITE = (
    """
    CREATE VIRTUAL TABLE signatures_trigrams USING fts5(search_key, content='signatures', content_rowid='id',
        columnsize=0, detail='none', tokenize='trigram case_sensitive 1')""",
    # Erased words leave the file at once, not when the index is next merged.
    "INSERT INTO signatures_trigrams (signatures_trigrams, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO signatures_trigrams (signatures_trigrams) VALUES ('rebuild')",
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
NEEDS = (3, 44)  # the first SQLite with `secure-delete`; on an older one a search reads the whole letter


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        statements = POSTGRESQL
    else:
        statements = SQLITE if sqlite3.sqlite_version_info >= NEEDS else ()
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_signatures_trigrams")
        op.execute("DROP FUNCTION trigrams_of(text)")
        return
    for name in ("added", "changed", "deleted"):
        op.execute(f"DROP TRIGGER IF EXISTS signatures_trigrams_{name}")
    op.execute("DROP TABLE IF EXISTS signatures_trigrams")
