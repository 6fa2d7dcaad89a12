"""Create the first tables."""

from secrets import token_hex
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
Key = sa.String(400).with_variant(sa.String(400, collation="C"), "postgresql")


def where(condition: str) -> dict[str, Any]:
    """Return the condition of a partial index, for either database."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table("mailboxes",
    sa.Column("key", sa.String(length=43), nullable=False),
    sa.Column("suppressed_at", Moment, nullable=True),
    sa.PrimaryKeyConstraint("key", name="pk_mailboxes")
    )
    op.create_table("messages",
    sa.Column("id", Id, nullable=False),
    sa.Column("kind", sa.String(length=40), nullable=False),
    sa.Column("budget", sa.String(length=40), nullable=False),
    sa.Column("priority", sa.SmallInteger(), nullable=False),
    sa.Column("mailbox_key", sa.String(length=43), nullable=False),
    sa.Column("recipient", sa.String(length=254), nullable=True),
    sa.Column("locale", sa.String(length=5), nullable=False),
    sa.Column("subject", sa.String(length=200), nullable=True),
    sa.Column("text", sa.Text(), nullable=True),
    sa.Column("html", sa.Text(), nullable=True),
    sa.Column("links", sa.JSON(), nullable=True),
    sa.Column("message_id", sa.String(length=200), nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("last_error", sa.String(length=40), nullable=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("next_at", Moment, nullable=False),
    sa.Column("sent_at", Moment, nullable=True),
    sa.Column("gave_up_at", Moment, nullable=True),
    sa.PrimaryKeyConstraint("id", name="pk_messages"),
    sa.UniqueConstraint("message_id", name="uq_messages_message_id")
    )
    op.create_index("ix_messages_budget", "messages", ["mailbox_key", "budget", "created_at"])
    op.create_index("ix_messages_waiting", "messages", ["priority", "next_at"], **where("sent_at IS NULL AND gave_up_at IS NULL"))
    op.create_table("organisers",
    sa.Column("id", Id, nullable=False),
    sa.Column("email", sa.String(length=254), nullable=False),
    sa.Column("mailbox_key", sa.String(length=43), nullable=False),
    sa.Column("name", sa.String(length=100), nullable=False),
    sa.Column("link_nonce", sa.String(length=32), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_organisers"),
    sa.UniqueConstraint("mailbox_key", name="uq_organisers_mailbox_key")
    )
    site_keys = op.create_table("site_keys",
    sa.Column("name", sa.String(length=40), nullable=False),
    sa.Column("value", sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint("name", name="pk_site_keys")
    )
    op.create_table("letters",
    sa.Column("id", Id, nullable=False),
    sa.Column("slug", sa.String(length=80), nullable=False),
    sa.Column("organiser_id", Id, nullable=False),
    sa.Column("version_number", sa.Integer(), nullable=False),
    sa.Column("locale", sa.String(length=5), nullable=False),
    sa.Column("authors", sa.String(length=300), nullable=False),
    sa.Column("addressee", sa.String(length=300), nullable=False),
    sa.Column("controller", sa.String(length=300), nullable=False),
    sa.Column("outlet", sa.String(length=100), nullable=False),
    sa.Column("outlet_url", sa.String(length=500), nullable=False),
    sa.Column("printed_on", sa.Date(), nullable=True),
    sa.Column("asks_role", sa.String(length=10), nullable=False),
    sa.Column("asks_organisation", sa.String(length=10), nullable=False),
    sa.Column("public_file", sa.Boolean(), nullable=False),
    sa.Column("confirmed_count", sa.Integer(), nullable=False),
    sa.Column("attested_count", sa.Integer(), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("published_at", Moment, nullable=True),
    sa.Column("closes_at", Moment, nullable=True),
    sa.Column("closed_at", Moment, nullable=True),
    sa.ForeignKeyConstraint(["organiser_id"], ["organisers.id"], name="fk_letters_organiser_id_organisers"),
    sa.PrimaryKeyConstraint("id", name="pk_letters"),
    sa.UniqueConstraint("slug", name="uq_letters_slug")
    )
    op.create_index("ix_letters_organiser_id", "letters", ["organiser_id"])
    op.create_table("log_ins",
    sa.Column("id", sa.String(length=32), nullable=False),
    sa.Column("organiser_id", Id, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("ended_at", Moment, nullable=True),
    sa.ForeignKeyConstraint(["organiser_id"], ["organisers.id"], name="fk_log_ins_organiser_id_organisers"),
    sa.PrimaryKeyConstraint("id", name="pk_log_ins")
    )
    op.create_index("ix_log_ins_organiser_id", "log_ins", ["organiser_id"])
    op.create_table("signatures",
    sa.Column("id", Id, nullable=False),
    sa.Column("public_id", sa.String(length=16), nullable=False),
    sa.Column("letter_id", Id, nullable=False),
    sa.Column("letter_version", sa.Integer(), nullable=False),
    sa.Column("origin", sa.String(length=10), nullable=False),
    sa.Column("given_name", sa.String(length=100), nullable=False),
    sa.Column("family_name", sa.String(length=100), nullable=False),
    sa.Column("role", sa.String(length=200), nullable=False),
    sa.Column("organisation", sa.String(length=200), nullable=False),
    sa.Column("capacity", sa.String(length=12), nullable=False),
    sa.Column("section", sa.String(length=100), nullable=False),
    sa.Column("affiliation", sa.String(length=400), nullable=True),
    sa.Column("position", sa.Integer(), nullable=True),
    sa.Column("organisation_key", Key, nullable=False),
    sa.Column("sort_key", Key, nullable=False),
    sa.Column("search_key", sa.Text(), nullable=False),
    sa.Column("email", sa.String(length=254), nullable=True),
    sa.Column("mailbox_key", sa.String(length=43), nullable=True),
    sa.Column("locale", sa.String(length=5), nullable=False),
    sa.Column("link_nonce", sa.String(length=32), nullable=False),
    sa.Column("browser_hash", sa.String(length=64), nullable=True),
    sa.Column("published", sa.Boolean(), nullable=False),
    sa.Column("news", sa.Boolean(), nullable=False),
    sa.Column("wording", sa.String(length=20), nullable=False),
    sa.Column("signed_at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment, nullable=True),
    sa.Column("attested_at", Moment, nullable=True),
    sa.Column("held_at", Moment, nullable=True),
    sa.Column("hidden_at", Moment, nullable=True),
    sa.Column("counted_at", Moment, nullable=True),
    sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_signatures_letter_id_letters"),
    sa.PrimaryKeyConstraint("id", name="pk_signatures"),
    sa.UniqueConstraint("public_id", name="uq_signatures_public_id")
    )
    op.create_index("ix_signatures_first", "signatures", ["letter_id", "position", "id"], **where("position IS NOT NULL"))
    op.create_index("ix_signatures_mailbox", "signatures", ["mailbox_key"], **where("confirmed_at IS NULL"))
    op.create_index("ix_signatures_organisation", "signatures", ["letter_id", "organisation_key"], **where("counted_at IS NOT NULL AND hidden_at IS NULL AND published"))
    op.create_index("ix_signatures_recent", "signatures", ["letter_id", "counted_at", "id"], **where("counted_at IS NOT NULL AND hidden_at IS NULL AND published AND position IS NULL"))
    op.create_index("ix_signatures_surname", "signatures", ["letter_id", "sort_key", "id"], **where("counted_at IS NOT NULL AND hidden_at IS NULL AND published AND position IS NULL"))
    op.create_index("ix_signatures_table", "signatures", ["letter_id", "id"])
    op.create_index("uq_signatures_one_per_person", "signatures", ["letter_id", "mailbox_key"], unique=True, **where("confirmed_at IS NOT NULL"))
    op.create_table("versions",
    sa.Column("id", Id, nullable=False),
    sa.Column("letter_id", Id, nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("title", sa.String(length=300), nullable=False),
    sa.Column("standfirst", sa.Text(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("html", sa.Text(), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_versions_letter_id_letters"),
    sa.PrimaryKeyConstraint("id", name="pk_versions"),
    sa.UniqueConstraint("letter_id", "number", name="uq_versions_letter_id_number")
    )
    # The secret that names mailboxes is made with the database and stays in it: people must be recognised
    # after SECRET_KEY has been rotated.
    op.bulk_insert(site_keys, [{"name": "mailbox", "value": token_hex(32)}])


def downgrade() -> None:
    for table in ("versions", "signatures", "log_ins", "letters", "site_keys", "organisers", "messages", "mailboxes"):
        op.drop_table(table)
