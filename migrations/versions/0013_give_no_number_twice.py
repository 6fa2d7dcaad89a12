"""Give no number twice: on SQLite that of the newest row was given again once it was deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

NUMBERED = (
    *("mail_requests", "messages", "organisers", "teams", "letters", "memberships", "passkeys", "team_invitations"),
    *("addenda", "batches", "events", "merges", "signatures", "versions", "flags", "invitations"),
)
# What the log says of a signature that is gone, and may have come to say of another: the row is of later, imported or
# not, or of before somebody was removed. The lines keep their words.
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
# In the order in which they were made: of two indexes that serve as well SQLite takes the one made last.
MADE = sa.text("SELECT name, sql FROM sqlite_master WHERE type = :type AND tbl_name = :name AND sql <> '' ORDER BY rowid")
STEP = 1_000_000  # the numbers of who is gone stand in batches and orders of before, and nothing tells the largest
LARGEST = sa.text("SELECT max(seq) FROM sqlite_sequence")
GO_ON = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")


def upgrade() -> None:
    op.execute(CUT)
    _rebuild(never_again=True)
    _number_ahead()


def downgrade() -> None:
    _rebuild(never_again=False)


def _number_ahead() -> None:
    """Where there are rows, let all tables go on after the largest number of any."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite" and (last := connection.scalar(LARGEST)):
        connection.execute(sa.text("DELETE FROM sqlite_sequence"))
        connection.execute(GO_ON, [{"name": name, "last": last + STEP} for name in NUMBERED])


def _rebuild(never_again: bool) -> None:
    """Make the tables of SQLite anew, with their indexes, and with the triggers by which names are found."""
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
