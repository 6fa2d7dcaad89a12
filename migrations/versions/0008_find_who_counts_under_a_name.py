"""Find the counted signatures of a name, however many pending ones have the same name."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    where = sa.text("counted_at IS NOT NULL")
    op.create_index(
        "ix_signatures_counted",
        "signatures",
        ["sort_key", "letter_id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_index("ix_signatures_counted", "signatures")
