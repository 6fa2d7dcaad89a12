"""Make room for invitations and for leaving: first signatories asked one by one, signatures withdrawn and erased."""

import sqlalchemy as sa
from alembic import op

from tribune.names import plain

revision = "0003"
down_revision = "0002"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def id_of(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    """Return a foreign key, named by our convention."""
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}", ondelete=ondelete)


def one_per_person(condition: str) -> None:
    """Rebuild the index that allows one confirmed signature per person and letter."""
    op.drop_index("uq_signatures_one_per_person", "signatures")
    where = sa.text(condition)
    op.create_index(
        "uq_signatures_one_per_person",
        "signatures",
        ["letter_id", "mailbox_key"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def by_mailbox(condition: str) -> None:
    """Rebuild the index that finds signatures by mailbox."""
    op.drop_index("ix_signatures_mailbox", "signatures")
    where = sa.text(condition)
    op.create_index(
        "ix_signatures_mailbox", "signatures", ["mailbox_key"], sqlite_where=where, postgresql_where=where
    )


PENDING = "confirmed_at IS NULL AND attested_at IS NULL AND held_at IS NULL AND hidden_at IS NULL"
HELD = "held_at IS NOT NULL"


def counted_by_the_desk(and_more: str = "") -> None:
    """Rebuild the two indexes that the desk counts by, with a further condition."""
    for name, condition in (("ix_signatures_pending", PENDING), ("ix_signatures_held", HELD)):
        op.drop_index(name, "signatures")
        where = sa.text(condition + and_more)
        op.create_index(name, "signatures", ["letter_id", "id"], sqlite_where=where, postgresql_where=where)


def waiting(name: str, columns: list[str], condition: str = "") -> None:
    """Make an index of mails that wait."""
    where = sa.text(f"sent_at IS NULL AND gave_up_at IS NULL{condition}")
    op.create_index(name, "messages", columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.add_column("messages", sa.Column("paused_at", Moment, nullable=True))
    op.add_column("messages", sa.Column("reply_to", sa.String(length=254), nullable=True))
    op.drop_index("ix_messages_waiting", "messages")
    waiting("ix_messages_waiting", ["priority", "next_at"], " AND paused_at IS NULL")
    waiting("ix_messages_paused", ["about", "kind"], " AND paused_at IS NOT NULL")
    op.add_column("letters", sa.Column("announced_at", Moment, nullable=True))
    op.add_column("images", sa.Column("removed_at", Moment, nullable=True))
    op.execute("UPDATE letters SET announced_at = published_at WHERE published_at <= CURRENT_TIMESTAMP")
    op.add_column("signatures", sa.Column("withdrawn_at", Moment, nullable=True))
    op.add_column("signatures", sa.Column("disagreed_at", Moment, nullable=True))
    op.add_column("signatures", sa.Column("anonymised_at", Moment, nullable=True))
    op.add_column("letters", sa.Column("names_kept_months", sa.Integer(), nullable=True))
    # A default fills existing rows: a million of them are not copied.
    op.add_column("signatures", sa.Column("as_organisation", sa.Boolean(), nullable=False, server_default=sa.false()))
    one_per_person("confirmed_at IS NOT NULL AND withdrawn_at IS NULL")
    by_mailbox("mailbox_key IS NOT NULL")
    counted_by_the_desk(" AND withdrawn_at IS NULL")
    for name, column in (("withdrawn", "withdrawn_at"), ("nameless", "anonymised_at")):
        some = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_signatures_{name}", "signatures", ["letter_id", "id"], sqlite_where=some, postgresql_where=some
        )
    op.create_table(
        "erasures",
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("erased_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("public_id", name="pk_erasures"),
    )
    find_by_affiliation()
    create_invitations()


def find_by_affiliation() -> None:
    """Let a search find the words after the names of first signatories, as only they can have such words."""
    columns = [sa.column(name) for name in ("id", "search_key", "affiliation")]
    signatures = sa.table("signatures", *columns)
    number, key, printed = columns
    database = op.get_bind()
    for found, was, words in database.execute(sa.select(*columns).where(printed != "")).all():
        database.execute(sa.update(signatures).where(number == found).values(search_key=f"{was} {plain(words)}"))


def create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", Id, nullable=False),
        sa.Column("letter_id", Id, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("family_name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("affiliation", sa.String(length=400), nullable=True),
        sa.Column("capacity", sa.String(length=12), nullable=False),
        sa.Column("as_organisation", sa.Boolean(), nullable=False),
        sa.Column("section", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("mailbox_key", sa.String(length=43), nullable=True),
        sa.Column("link_nonce", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("invited_at", Moment, nullable=True),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("refused_at", Moment, nullable=True),
        sa.Column("reminders", sa.SmallInteger(), nullable=False),
        sa.Column("reminded_at", Moment, nullable=True),
        sa.Column("opened_at", Moment, nullable=True),
        sa.Column("accepted_at", Moment, nullable=True),
        sa.Column("corrected_at", Moment, nullable=True),
        sa.Column("declined_at", Moment, nullable=True),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment, nullable=True),
        sa.Column("tell", sa.Boolean(), nullable=False),
        sa.Column("told_at", Moment, nullable=True),
        sa.Column("signature_id", Id, nullable=True),
        sa.Column("forwarded_from_id", Id, nullable=True),
        id_of("invitations", "letter_id", "letters"),
        id_of("invitations", "message_id", "messages", ondelete="SET NULL"),
        id_of("invitations", "signature_id", "signatures", ondelete="SET NULL"),
        id_of("invitations", "forwarded_from_id", "invitations", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
    )
    op.create_index("ix_invitations_rank", "invitations", ["letter_id", "rank", "id"])
    op.create_index("ix_invitations_mailbox", "invitations", ["letter_id", "mailbox_key"])
    op.create_index("ix_invitations_message", "invitations", ["message_id"])
    op.create_index("ix_invitations_signature", "invitations", ["signature_id"])
    op.create_index("ix_invitations_forwarded_from", "invitations", ["forwarded_from_id"])
    op.create_table(
        "gatherings",
        sa.Column("letter_id", Id, nullable=False),
        sa.Column("subject", sa.String(length=150), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("paused_at", Moment, nullable=True),
        sa.Column("saved_at", Moment, nullable=False),
        id_of("gatherings", "letter_id", "letters"),
        sa.PrimaryKeyConstraint("letter_id", name="pk_gatherings"),
    )


def downgrade() -> None:
    for table in ("gatherings", "invitations", "erasures"):
        op.drop_table(table)
    op.drop_index("ix_signatures_withdrawn", "signatures")
    op.drop_index("ix_signatures_nameless", "signatures")
    by_mailbox("confirmed_at IS NULL")
    op.execute("UPDATE signatures SET confirmed_at = NULL WHERE withdrawn_at IS NOT NULL")
    one_per_person("confirmed_at IS NOT NULL")
    counted_by_the_desk()
    with op.batch_alter_table("signatures") as table:
        table.drop_column("as_organisation")
        table.drop_column("withdrawn_at")
        table.drop_column("disagreed_at")
        table.drop_column("anonymised_at")
    with op.batch_alter_table("letters") as table:
        table.drop_column("announced_at")
        table.drop_column("names_kept_months")
    op.execute("DELETE FROM images WHERE removed_at IS NOT NULL")
    with op.batch_alter_table("images") as table:
        table.drop_column("removed_at")
    op.drop_index("ix_messages_paused", "messages")
    op.drop_index("ix_messages_waiting", "messages")
    with op.batch_alter_table("messages") as table:
        table.drop_column("paused_at")
        table.drop_column("reply_to")
    waiting("ix_messages_waiting", ["priority", "next_at"])
