"""Index only the names of confirmed and attested signatures: nobody searches pending ones, and many stay pending."""

import sqlite3

from alembic import op

revision = "0010"
down_revision = "0009"

FOR_GOOD = "confirmed_at IS NOT NULL OR attested_at IS NOT NULL"
NEW_FOR_GOOD = "(new.confirmed_at IS NOT NULL OR new.attested_at IS NOT NULL)"
OLD_FOR_GOOD = "(old.confirmed_at IS NOT NULL OR old.attested_at IS NOT NULL)"
INDEX = "CREATE INDEX ix_signatures_trigrams ON signatures USING gin (trigrams_of(search_key))"
TRIGRAMS = "columnsize=0, tokenize='trigram case_sensitive 1'"
ERASE_AT_ONCE = "INSERT INTO signatures_trigrams (signatures_trigrams, rank) VALUES ('secure-delete', 1)"
ADD = "INSERT INTO signatures_trigrams (rowid, search_key) VALUES (new.id, new.search_key);"
FORGET = """INSERT INTO signatures_trigrams (signatures_trigrams, rowid, search_key)
            VALUES ('delete', old.id, old.search_key);"""
ADDED = "CREATE TRIGGER signatures_trigrams_added AFTER INSERT ON signatures"
CHANGED = "CREATE TRIGGER signatures_trigrams_changed AFTER UPDATE OF search_key ON signatures"
DELETED = "CREATE TRIGGER signatures_trigrams_deleted AFTER DELETE ON signatures"
MOVED = "AFTER UPDATE OF confirmed_at, attested_at ON signatures"
UPGRADED = (
    # Without a content table: a rebuild would take in everybody. With `secure-delete` and detail='none', SQLite loses
    # other rows' trigrams if one transaction changes a row that keeps some of its own.
    f"CREATE VIRTUAL TABLE signatures_trigrams USING fts5(search_key, content='', detail='column', {TRIGRAMS})",
    ERASE_AT_ONCE,
    f"INSERT INTO signatures_trigrams (rowid, search_key) SELECT id, search_key FROM signatures WHERE {FOR_GOOD}",
    f"{ADDED} WHEN {NEW_FOR_GOOD} BEGIN {ADD} END",
    f"CREATE TRIGGER signatures_trigrams_signed {MOVED} WHEN NOT {OLD_FOR_GOOD} AND {NEW_FOR_GOOD} BEGIN {ADD} END",
    f"CREATE TRIGGER signatures_trigrams_unsigned {MOVED} WHEN {OLD_FOR_GOOD} AND NOT {NEW_FOR_GOOD} BEGIN {FORGET} END",
    f"""{CHANGED} WHEN {OLD_FOR_GOOD} AND {NEW_FOR_GOOD} AND old.search_key IS NOT new.search_key
        BEGIN {FORGET} {ADD} END""",
    f"{DELETED} WHEN {OLD_FOR_GOOD} BEGIN {FORGET} END",
)
DOWNGRADED = (
    f"""
    CREATE VIRTUAL TABLE signatures_trigrams USING fts5(search_key, content='signatures', content_rowid='id',
        detail='none', {TRIGRAMS})""",
    ERASE_AT_ONCE,
    "INSERT INTO signatures_trigrams (signatures_trigrams) VALUES ('rebuild')",
    f"{ADDED} BEGIN {ADD} END",
    f"{CHANGED} WHEN old.search_key IS NOT new.search_key BEGIN {FORGET} {ADD} END",
    f"{DELETED} BEGIN {FORGET} END",
)
NEEDS = (3, 44)  # as of migration 0006


def upgrade() -> None:
    _replace(f"{INDEX} WHERE {FOR_GOOD}", UPGRADED)


def downgrade() -> None:
    _replace(INDEX, DOWNGRADED)


def _replace(index: str, statements: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_signatures_trigrams")
        op.execute(index)
        return
    for name in ("added", "signed", "unsigned", "changed", "deleted"):
        op.execute(f"DROP TRIGGER IF EXISTS signatures_trigrams_{name}")
    op.execute("DROP TABLE IF EXISTS signatures_trigrams")
    for statement in statements if sqlite3.sqlite_version_info >= NEEDS else ():
        op.get_bind().exec_driver_sql(statement)
