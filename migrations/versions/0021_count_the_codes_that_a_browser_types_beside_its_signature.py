"""Count the codes that a browser types beside its signature: the time of a refusal told whether signing had left one."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

LASTS = timedelta(days=1)
UNTIL = sa.bindparam("until", type_=sa.DateTime(timezone=True))


def upgrade() -> None:
    """Keep how often codes were typed for as long as they can still be."""
    moved = sa.text("""
        INSERT INTO counters (key, number, until)
            SELECT 'code ' || browser_hash, max(code_tries), :until FROM signatures
                WHERE browser_hash IS NOT NULL AND code_tries > 0 GROUP BY browser_hash""")
    op.get_bind().execute(moved.bindparams(UNTIL), {"until": datetime.now(UTC) + LASTS})
    op.drop_column("signatures", "code_tries")


def downgrade() -> None:
    op.add_column("signatures", sa.Column("code_tries", sa.SmallInteger(), nullable=False, server_default="0"))
    op.execute("""
        UPDATE signatures SET code_tries = CASE WHEN number < 5 THEN number ELSE 5 END FROM counters
            WHERE counters.key = 'code ' || signatures.browser_hash""")
    op.execute("DELETE FROM counters WHERE key LIKE 'code %'")
