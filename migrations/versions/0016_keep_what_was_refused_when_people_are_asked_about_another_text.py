"""Keep when somebody refused a text, where they are asked about another: undoing that question did not know it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("batch_rows", sa.Column("disagreed_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("batch_rows", "disagreed_at")
