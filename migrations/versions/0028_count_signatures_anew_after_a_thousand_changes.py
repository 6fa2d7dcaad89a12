"""Have PostgreSQL count signatures anew after a thousand changes: a tenth of a large table may be a whole young letter."""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    _change("SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000)")


def downgrade() -> None:
    _change("RESET (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold)")


def _change(action: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE signatures {action}")
