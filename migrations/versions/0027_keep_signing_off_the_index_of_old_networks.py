"""Keep signing off the index by which old networks are found, which a search for one network can no longer use."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

INDEX = "ix_signatures_networks_by_age"


def upgrade() -> None:
    op.drop_index(INDEX, "signatures")
    _index(sa.text("network_hash <> ''"))


def downgrade() -> None:
    op.drop_index(INDEX, "signatures")
    _index(sa.text("network_hash IS NOT NULL"))


def _index(where: sa.TextClause) -> None:
    op.create_index(INDEX, "signatures", ["signed_at"], sqlite_where=where, postgresql_where=where)
