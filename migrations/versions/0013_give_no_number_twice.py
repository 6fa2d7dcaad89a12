"""Use no id twice: by default SQLite gives that of a deleted newest row to the next one."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

NUMBERED = (
    *("mail_requests", "messages", "organisers", "teams", "letters", "memberships", "passkeys", "team_invitations"),
    *("addenda", "batches", "events", "merges", "signatures", "versions", "flags", "invitations"),
)
# Unlink lines of the log from signatures that may not be theirs, as an id was used again: the row is newer than the
# line, imported later, or made before a removal. The lines keep their words.
CUT = """
    UPDATE events SET signature_id = NULL WHERE signature_id IS NOT NULL AND (
        NOT EXISTS (
            SELECT 1 FROM signatures WHERE signatures.id = events.signature_id AND signatures.signed_at <= events.at)
        OR EXISTS (
            SELECT 1 FROM batch_rows JOIN batches ON batches.id = batch_rows.batch_id
            WHERE batch_rows.signature_id = events.signature_id
                AND batches.verb = 'import' AND batches.created_at > events.at)
        OR EXISTS (
            SELECT 1 FROM events AS removed
            WHERE removed.signature_id = events.signature_id
                AND removed.verb = 'first_signatory_removed' AND removed.id >= events.id))"""
# In the order of creation: of two equally good indexes SQLite takes the newest.
MADE = sa.text("SELECT name, sql FROM sqlite_master WHERE type = :type AND tbl_name = :name AND sql <> '' ORDER BY rowid")
STEP = 1_000_000  # ids of deleted rows still stand in batches and orders, and nothing tells the largest
LARGEST = sa.text("SELECT max(seq) FROM sqlite_sequence")
GO_ON = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")


def upgrade() -> None:
    op.execute(CUT)
    _rebuild(never_again=True)
    _number_ahead()


def downgrade() -> None:
    _rebuild(never_again=False)


def _number_ahead() -> None:
    """If there are rows, let all tables continue after the largest id of any."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite" and (last := connection.scalar(LARGEST)):
        connection.execute(sa.text("DELETE FROM sqlite_sequence"))
        connection.execute(GO_ON, [{"name": name, "last": last + STEP} for name in NUMBERED])


def _rebuild(never_again: bool) -> None:
    """Rebuild the tables of SQLite with their indexes and the triggers of the search."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    names = {"pk": "pk_%(table_name)s"}
    for name in NUMBERED:
        indexes, triggers = (
            connection.execute(MADE, {"name": name, "type": kind}).all() for kind in ("index", "trigger")
        )
        for index, _sql in indexes:
            op.drop_index(index, name)
        anew = {"recreate": "always", "table_kwargs": {"sqlite_autoincrement": never_again}}
        with op.batch_alter_table(name, naming_convention=names, **anew):
            pass
        for _name, sql in (*indexes, *triggers):
            connection.exec_driver_sql(sql)
