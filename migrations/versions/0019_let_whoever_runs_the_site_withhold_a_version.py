"""Let whoever runs the site withhold the text of an earlier version, or the reason given for it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("versions", sa.Column("withheld", sa.String(10), nullable=False, server_default=""))
    op.add_column("versions", sa.Column("withheld_for", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("versions", "withheld_for")
    op.drop_column("versions", "withheld")
