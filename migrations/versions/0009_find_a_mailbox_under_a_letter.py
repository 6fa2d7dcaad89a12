"""Find what a mailbox signed under one letter without reading all of it, as SQLite did by the index of the letter."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NAME = "ix_signatures_mailbox"


def upgrade() -> None:
    _replace(["mailbox_key", "letter_id"])


def downgrade() -> None:
    _replace(["mailbox_key"])


def _replace(columns: list[str]) -> None:
    where = sa.text("mailbox_key IS NOT NULL")
    op.drop_index(NAME, "signatures")
    op.create_index(NAME, "signatures", columns, sqlite_where=where, postgresql_where=where)
