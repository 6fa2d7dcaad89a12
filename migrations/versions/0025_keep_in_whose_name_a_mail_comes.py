"""Keep in whose name a mail comes; those that wait come from the site alone, as before."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("messages", sa.Column("sender_name", sa.String(60)))


def downgrade() -> None:
    op.drop_column("messages", "sender_name")
