"""Keep who comes first on a shared line: it was whoever had answered first, or had not signed themselves later."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

FIRST = sa.text("position IS NOT NULL")


def upgrade() -> None:
    op.add_column("signatures", sa.Column("line_place", sa.Integer(), nullable=False, server_default="0"))
    op.execute("""
        UPDATE signatures SET line_place = (
            SELECT count(*) FROM signatures AS before WHERE before.letter_id = signatures.letter_id
                AND before.position = signatures.position AND before.id < signatures.id
        ) WHERE position IS NOT NULL""")
    _index("letter_id", "position", "line_place", "id")


def downgrade() -> None:
    _index("letter_id", "position", "id")
    op.drop_column("signatures", "line_place")


def _index(*columns: str) -> None:
    op.drop_index("ix_signatures_first", "signatures")
    op.create_index("ix_signatures_first", "signatures", columns, sqlite_where=FIRST, postgresql_where=FIRST)
