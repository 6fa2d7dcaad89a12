"""Have PostgreSQL count anew after a thousand signatures or flags: a tenth of a large table is a young letter, whole."""

from alembic import op

revision = "0028"
down_revision = "0027"

TABLES = ("signatures", "flags")


def upgrade() -> None:
    _change("SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000)")


def downgrade() -> None:
    _change("RESET (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold)")


def _change(action: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} {action}")
