"""Find, among all signatures, those asked about a new text that have not answered."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    where = sa.text(
        "counted_at IS NULL AND held_at IS NULL AND withdrawn_at IS NULL AND disagreed_at IS NULL"
        " AND (confirmed_at IS NOT NULL OR attested_at IS NOT NULL)"
    )
    op.create_index(
        "ix_signatures_asked",
        "signatures",
        ["letter_id", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_index("ix_signatures_asked", "signatures")
