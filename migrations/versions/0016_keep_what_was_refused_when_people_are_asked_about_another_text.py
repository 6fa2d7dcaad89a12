"""Keep, in a batch that asks again, when somebody refused the text before: undoing it could not restore that."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("batch_rows", sa.Column("disagreed_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("batch_rows", "disagreed_at")
