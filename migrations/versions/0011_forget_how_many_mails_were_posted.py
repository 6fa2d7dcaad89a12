"""Drop the number of mails posted per hour: nobody read it, and signing waited for the mail worker's lock on it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.drop_column("mail_tallies", "posted")


def downgrade() -> None:
    op.add_column("mail_tallies", sa.Column("posted", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE mail_tallies SET posted = sent + gave_up")  # as far as it is known
    with op.batch_alter_table("mail_tallies") as table:
        table.alter_column("posted", server_default=None)
