"""Remember whose invitation came from another's link after that one is gone: else they look like any other."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("invitations", sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE invitations SET forwarded_at = created_at WHERE forwarded_from_id IS NOT NULL")


def downgrade() -> None:
    op.drop_column("invitations", "forwarded_at")
