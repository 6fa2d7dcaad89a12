"""Make authors and addressee part of a version: kept beside all versions, they could change unnoticed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

NAMES = ("authors", "addressee")


def upgrade() -> None:
    # Columns with a default are added, and dropped, without rebuilding the table, so that SQLite's ids go on.
    _add_names("versions")
    op.add_column("versions", sa.Column("names_in_digest", sa.Boolean(), nullable=False, server_default=sa.true()))
    for name in NAMES:
        op.execute(f"UPDATE versions SET {name} = (SELECT {name} FROM letters WHERE letters.id = versions.letter_id)")
    op.execute("UPDATE versions SET names_in_digest = false")
    _drop_names("letters")


def downgrade() -> None:
    _add_names("letters")
    current = "versions.letter_id = letters.id AND versions.number = letters.version_number"
    for name in NAMES:
        op.execute(f"UPDATE letters SET {name} = (SELECT {name} FROM versions WHERE {current})")
    op.drop_column("versions", "names_in_digest")
    _drop_names("versions")


def _add_names(table: str) -> None:
    for name in NAMES:
        op.add_column(table, sa.Column(name, sa.String(300), nullable=False, server_default=""))


def _drop_names(table: str) -> None:
    for name in NAMES:
        op.drop_column(table, name)
