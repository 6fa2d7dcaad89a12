"""Find, among all signatures, those whose owners declined a new text."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    where = sa.text("disagreed_at IS NOT NULL")
    op.create_index(
        "ix_signatures_disagreed",
        "signatures",
        ["letter_id", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_index("ix_signatures_disagreed", "signatures")
