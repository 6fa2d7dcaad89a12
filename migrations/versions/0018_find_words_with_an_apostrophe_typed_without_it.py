"""Let a search find words with an apostrophe by what is typed without it (`obrien`), as it does for new signatures."""

import sqlalchemy as sa
from alembic import op

from tribune.names import without_apostrophes

revision = "0018"
down_revision = "0017"

WORDS = [
    sa.column(name, sa.Text)
    for name in ("given_name", "family_name", "role", "organisation", "affiliation", "printed_organisation")
]
NUMBER, KEY = sa.column("id", sa.BigInteger), sa.column("search_key", sa.Text)
SIGNATURES = sa.table("signatures", NUMBER, KEY, *WORDS)
AT_A_TIME = 1_000
TRIGGER = "SELECT sql FROM sqlite_master WHERE name = 'signatures_trigrams_changed'"
INDEX_ANEW = (
    "INSERT INTO signatures_trigrams (signatures_trigrams) VALUES ('delete-all')",
    """INSERT INTO signatures_trigrams (rowid, search_key) SELECT id, search_key FROM signatures
        WHERE confirmed_at IS NOT NULL OR attested_at IS NOT NULL""",
)


def upgrade() -> None:
    """Complete the keys; SQLite then makes its index of trigrams anew, since row by row takes milliseconds for each."""
    database = op.get_bind()
    trigger = None if database.dialect.name == "postgresql" else database.scalar(sa.text(TRIGGER))
    if trigger:
        op.execute("DROP TRIGGER signatures_trigrams_changed")
    complete_keys(database)
    if trigger:
        for statement in (*INDEX_ANEW, trigger):
            database.exec_driver_sql(statement)


def complete_keys(database: sa.Connection) -> None:
    some = sa.or_(*(words.contains(apostrophe) for words in WORDS for apostrophe in "'’‘ʼ`´"))
    # A key is empty once the names are deleted.
    query = sa.select(NUMBER, KEY, *WORDS).where(some, KEY != "").order_by(NUMBER).limit(AT_A_TIME)
    last = 0
    while rows := database.execute(query.where(NUMBER > last)).all():
        for number, key, *texts in rows:
            words = [word for text in texts for word in without_apostrophes(text or "")]
            missing = [word for word in dict.fromkeys(words) if word not in key.split()]
            if missing:
                of_it = sa.update(SIGNATURES).where(NUMBER == number)
                database.execute(of_it.values(search_key=" ".join([key, *missing])))
        last = rows[-1].id


def downgrade() -> None:
    """Leave the keys: the code before finds a little more by them, and nothing wrong."""
