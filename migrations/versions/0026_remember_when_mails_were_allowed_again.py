"""Remember when mails to a mailbox were allowed again; of those allowed before, nobody knows when."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("mailboxes", sa.Column("allowed_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("mailboxes", "allowed_at")
