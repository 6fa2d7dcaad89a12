"""Let the operator take a letter down and block an account."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("letters", sa.Column("taken_down_at", sa.DateTime(timezone=True)))
    op.add_column("letters", sa.Column("taken_down_for", sa.Text, nullable=False, server_default=""))
    op.add_column("organisers", sa.Column("blocked_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("organisers", "blocked_at")
    op.drop_column("letters", "taken_down_for")
    op.drop_column("letters", "taken_down_at")
