"""Make room for a reminder to confirm, for the code that confirms, and for mailboxes that send mails back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("signatures", sa.Column("reminded_at", Moment, nullable=True))
    op.add_column("signatures", sa.Column("code_tries", sa.SmallInteger(), nullable=False, server_default="0"))
    signed_here = sa.text("browser_hash IS NOT NULL")
    op.create_index(
        "ix_signatures_browser",
        "signatures",
        ["browser_hash"],
        sqlite_where=signed_here,
        postgresql_where=signed_here,
    )
    op.add_column("mailboxes", sa.Column("hard_bounces", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("mailboxes", sa.Column("bounced_at", Moment, nullable=True))
    for name in ("reminded", "confirmed_after"):
        op.add_column("tallies", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    unreminded = sa.text(
        "confirmed_at IS NULL AND attested_at IS NULL AND held_at IS NULL AND hidden_at IS NULL "
        "AND reminded_at IS NULL AND email IS NOT NULL"
    )
    op.create_index(
        "ix_signatures_unreminded",
        "signatures",
        ["signed_at", "id"],
        sqlite_where=unreminded,
        postgresql_where=unreminded,
    )


def downgrade() -> None:
    op.drop_index("ix_signatures_unreminded", "signatures")
    op.drop_index("ix_signatures_browser", "signatures")
    with op.batch_alter_table("mailboxes") as table:
        table.drop_column("hard_bounces")
        table.drop_column("bounced_at")
    with op.batch_alter_table("tallies") as table:
        table.drop_column("reminded")
        table.drop_column("confirmed_after")
    with op.batch_alter_table("signatures") as table:
        table.drop_column("reminded_at")
        table.drop_column("code_tries")
