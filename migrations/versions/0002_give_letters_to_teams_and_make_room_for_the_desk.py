"""Give letters to teams, and make room for the desk: log, drafts, versions with reasons, batches, flags, tallies."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
Key = sa.String(400).with_variant(sa.String(400, collation="C"), "postgresql")
ROLE = sa.Enum("owner", "editor", "viewer", name="role", native_enum=False, length=10)


def where(condition: str) -> dict[str, Any]:
    """Return the condition of a partial index, for either database."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def id_of(table: str, column: str, other: str, **how: Any) -> sa.ForeignKeyConstraint:
    """Return a foreign key, named by our convention."""
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}", **how)


def upgrade() -> None:
    create_teams()
    give_letters_to_teams()
    extend_accounts()
    create_what_stands_beside_a_letter()
    extend_signatures()
    create_the_log_and_the_batches()
    create_tallies()


def downgrade() -> None:
    for table in ("batch_rows", "batches", "events", "tallies", "mail_tallies", "flags", "merges", "images", "addenda", "drafts", "passkey_challenges", "passkeys"):
        op.drop_table(table)
    for name in INDEXES:
        op.drop_index(name, "signatures")
    with op.batch_alter_table("signatures") as table:
        for column in ("printed_organisation", "merge_id", "domain", "network_hash"):
            table.drop_column(column)
    with op.batch_alter_table("messages") as table:
        table.drop_column("about")
    with op.batch_alter_table("versions") as table:
        for column in ("reason", "signed_at", "frozen_at", "asks_again"):
            table.drop_column(column)
    with op.batch_alter_table("log_ins") as table:
        table.drop_column("browser")
        table.drop_column("proved_at")
    with op.batch_alter_table("letters") as table:
        table.add_column(sa.Column("organiser_id", Id, nullable=True))
    op.execute("""UPDATE letters SET organiser_id = (SELECT min(organiser_id) FROM memberships
        WHERE memberships.team_id = letters.team_id AND memberships.role = 'owner')""")
    op.drop_index("ix_letters_team_id", "letters")
    with op.batch_alter_table("letters") as table:
        table.alter_column("organiser_id", existing_type=Id, nullable=False)
        table.create_foreign_key("fk_letters_organiser_id_organisers", "organisers", ["organiser_id"], ["id"])
        table.drop_constraint("fk_letters_team_id_teams", type_="foreignkey")
        for column in ("team_id", "revision", "timezone", "contact", "goal", "public_list", "noindex", "preview_nonce"):
            table.drop_column(column)
    op.create_index("ix_letters_organiser_id", "letters", ["organiser_id"])
    for table in ("team_invitations", "memberships", "teams"):
        op.drop_table(table)


def create_teams() -> None:
    op.create_table("teams",
    sa.Column("id", Id, nullable=False),
    sa.Column("name", sa.String(length=254), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_teams")
    )
    op.create_table("memberships",
    sa.Column("id", Id, nullable=False),
    sa.Column("team_id", Id, nullable=False),
    sa.Column("organiser_id", Id, nullable=False),
    sa.Column("role", ROLE, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    id_of("memberships", "team_id", "teams"),
    id_of("memberships", "organiser_id", "organisers"),
    sa.PrimaryKeyConstraint("id", name="pk_memberships"),
    sa.UniqueConstraint("team_id", "organiser_id", name="uq_memberships_team_id_organiser_id")
    )
    op.create_index("ix_memberships_organiser_id", "memberships", ["organiser_id"])
    op.create_table("team_invitations",
    sa.Column("id", Id, nullable=False),
    sa.Column("team_id", Id, nullable=False),
    sa.Column("email", sa.String(length=254), nullable=False),
    sa.Column("mailbox_key", sa.String(length=43), nullable=False),
    sa.Column("role", ROLE, nullable=False),
    sa.Column("link_nonce", sa.String(length=32), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("accepted_at", Moment, nullable=True),
    sa.Column("revoked_at", Moment, nullable=True),
    id_of("team_invitations", "team_id", "teams"),
    sa.PrimaryKeyConstraint("id", name="pk_team_invitations")
    )
    op.create_index("ix_team_invitations_team_id", "team_invitations", ["team_id"])
    # Each account gets its own team, with the id of the account.
    op.execute("INSERT INTO teams (id, name, created_at) SELECT id, CASE WHEN name = '' THEN email ELSE name END, created_at FROM organisers")
    op.execute("INSERT INTO memberships (team_id, organiser_id, role, created_at) SELECT id, id, 'owner', created_at FROM organisers ORDER BY id")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('teams', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM teams), false)")


def give_letters_to_teams() -> None:
    with op.batch_alter_table("letters") as table:
        table.add_column(sa.Column("team_id", Id, nullable=True))
        table.add_column(sa.Column("revision", sa.Integer(), nullable=True))
        table.add_column(sa.Column("timezone", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("contact", sa.String(length=254), nullable=True))
        table.add_column(sa.Column("goal", sa.Integer(), nullable=True))
        table.add_column(sa.Column("public_list", sa.String(length=10), nullable=True))
        table.add_column(sa.Column("noindex", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("preview_nonce", sa.String(length=32), nullable=True))
    op.execute("UPDATE letters SET team_id = organiser_id, revision = 1, timezone = 'Europe/Paris', contact = '', public_list = 'yes', noindex = false")
    op.drop_index("ix_letters_organiser_id", "letters")
    with op.batch_alter_table("letters") as table:
        for name, kind in (("team_id", Id), ("revision", sa.Integer()), ("timezone", sa.String(40)), ("contact", sa.String(254)), ("public_list", sa.String(10)), ("noindex", sa.Boolean())):
            table.alter_column(name, existing_type=kind, nullable=False)
        table.create_foreign_key("fk_letters_team_id_teams", "teams", ["team_id"], ["id"])
        table.drop_constraint("fk_letters_organiser_id_organisers", type_="foreignkey")
        table.drop_column("organiser_id")
    op.create_index("ix_letters_team_id", "letters", ["team_id"])


def extend_accounts() -> None:
    with op.batch_alter_table("log_ins") as table:
        table.add_column(sa.Column("browser", sa.String(length=60), nullable=True))
        table.add_column(sa.Column("proved_at", Moment, nullable=True))
    op.execute("UPDATE log_ins SET browser = '', proved_at = created_at")
    with op.batch_alter_table("log_ins") as table:
        table.alter_column("browser", existing_type=sa.String(60), nullable=False)
        table.alter_column("proved_at", existing_type=Moment, nullable=False)
    op.create_table("passkeys",
    sa.Column("id", Id, nullable=False),
    sa.Column("organiser_id", Id, nullable=False),
    sa.Column("credential_id", sa.LargeBinary(), nullable=False),
    sa.Column("public_key", sa.LargeBinary(), nullable=False),
    sa.Column("sign_count", sa.BigInteger(), nullable=False),
    sa.Column("name", sa.String(length=60), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("used_at", Moment, nullable=True),
    id_of("passkeys", "organiser_id", "organisers"),
    sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
    sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id")
    )
    op.create_index("ix_passkeys_organiser_id", "passkeys", ["organiser_id"])
    op.create_table("passkey_challenges",
    sa.Column("value", sa.LargeBinary(length=64), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.PrimaryKeyConstraint("value", name="pk_passkey_challenges")
    )
    op.create_index("ix_passkey_challenges_created_at", "passkey_challenges", ["created_at"])


def create_what_stands_beside_a_letter() -> None:
    with op.batch_alter_table("versions") as table:
        table.add_column(sa.Column("reason", sa.Text(), nullable=True))
        table.add_column(sa.Column("signed_at", Moment, nullable=True))
        table.add_column(sa.Column("frozen_at", Moment, nullable=True))
        table.add_column(sa.Column("asks_again", sa.Boolean(), nullable=True))
    of_this_version = "FROM signatures s WHERE s.letter_id = versions.letter_id AND s.letter_version = versions.number AND s.origin = 'web'"
    op.execute(f"UPDATE versions SET reason = '', asks_again = false, signed_at = (SELECT min(s.signed_at) {of_this_version}), frozen_at = (SELECT min(s.confirmed_at) {of_this_version})")
    with op.batch_alter_table("versions") as table:
        table.alter_column("reason", existing_type=sa.Text(), nullable=False)
        table.alter_column("asks_again", existing_type=sa.Boolean(), nullable=False)
    op.create_table("drafts",
    sa.Column("letter_id", Id, nullable=False),
    sa.Column("organiser_id", Id, nullable=False),
    sa.Column("content", sa.JSON(), nullable=False),
    sa.Column("revision", sa.Integer(), nullable=False),
    sa.Column("saved_at", Moment, nullable=False),
    id_of("drafts", "letter_id", "letters"),
    id_of("drafts", "organiser_id", "organisers"),
    sa.PrimaryKeyConstraint("letter_id", "organiser_id", name="pk_drafts")
    )
    op.create_table("addenda",
    sa.Column("id", Id, nullable=False),
    sa.Column("letter_id", Id, nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("html", sa.Text(), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    id_of("addenda", "letter_id", "letters"),
    sa.PrimaryKeyConstraint("id", name="pk_addenda")
    )
    op.create_index("ix_addenda_letter_id", "addenda", ["letter_id"])
    op.create_table("images",
    sa.Column("letter_id", Id, nullable=False),
    sa.Column("digest", sa.String(length=16), nullable=False),
    sa.Column("data", sa.LargeBinary(), nullable=False),
    sa.Column("width", sa.Integer(), nullable=False),
    sa.Column("height", sa.Integer(), nullable=False),
    sa.Column("description", sa.String(length=300), nullable=False),
    sa.Column("credit", sa.String(length=200), nullable=False),
    id_of("images", "letter_id", "letters"),
    sa.PrimaryKeyConstraint("letter_id", name="pk_images")
    )


INDEXES = {
    "ix_signatures_pending": (["letter_id", "id"], where("confirmed_at IS NULL AND attested_at IS NULL AND held_at IS NULL AND hidden_at IS NULL")),
    "ix_signatures_attested": (["letter_id", "id"], where("attested_at IS NOT NULL")),
    "ix_signatures_held": (["letter_id", "id"], where("held_at IS NOT NULL")),
    "ix_signatures_hidden": (["letter_id", "id"], where("hidden_at IS NOT NULL")),
    "ix_signatures_merge": (["merge_id"], where("merge_id IS NOT NULL")),
    "ix_signatures_sections": (["letter_id", "section", "id"], where("section <> ''")),
    "ix_signatures_table_surname": (["letter_id", "sort_key", "id"], {}),
    "ix_signatures_table_organisation": (["letter_id", "organisation_key", "id"], {}),
    "ix_signatures_domain": (["letter_id", "domain", "signed_at"], where("domain IS NOT NULL")),
    "ix_signatures_network": (["letter_id", "network_hash", "signed_at"], where("network_hash IS NOT NULL")),
    "ix_signatures_networks_by_age": (["signed_at"], where("network_hash IS NOT NULL")),
}


def extend_signatures() -> None:
    # Nullable columns are added in place: a million rows are not copied.
    op.add_column("signatures", sa.Column("printed_organisation", sa.String(length=200), nullable=True))
    op.add_column("signatures", sa.Column("merge_id", sa.BigInteger(), nullable=True))
    op.add_column("signatures", sa.Column("domain", sa.String(length=254), nullable=True))
    op.add_column("signatures", sa.Column("network_hash", sa.String(length=43), nullable=True))
    for name, (columns, condition) in INDEXES.items():
        op.create_index(name, "signatures", columns, **condition)
    op.create_table("flags",
    sa.Column("id", Id, nullable=False),
    sa.Column("letter_id", Id, nullable=False),
    sa.Column("signature_id", Id, nullable=False),
    sa.Column("kind", sa.String(length=20), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("cleared_at", Moment, nullable=True),
    id_of("flags", "letter_id", "letters"),
    id_of("flags", "signature_id", "signatures", ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name="pk_flags"),
    sa.UniqueConstraint("signature_id", "kind", name="uq_flags_signature_id_kind")
    )
    op.create_index("ix_flags_open", "flags", ["letter_id", "kind", "signature_id"], **where("cleared_at IS NULL"))
    op.create_table("merges",
    sa.Column("id", Id, nullable=False),
    sa.Column("letter_id", Id, nullable=False),
    sa.Column("from_key", Key, nullable=False),
    sa.Column("into", sa.String(length=200), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    id_of("merges", "letter_id", "letters"),
    sa.PrimaryKeyConstraint("id", name="pk_merges"),
    sa.UniqueConstraint("letter_id", "from_key", name="uq_merges_letter_id_from_key")
    )


def create_the_log_and_the_batches() -> None:
    op.create_table("events",
    sa.Column("id", Id, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("team_id", Id, nullable=False),
    sa.Column("organiser_id", Id, nullable=True),
    sa.Column("actor", sa.String(length=254), nullable=False),
    sa.Column("verb", sa.String(length=40), nullable=False),
    sa.Column("letter_id", Id, nullable=True),
    sa.Column("signature_id", Id, nullable=True),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("details", sa.JSON(), nullable=False),
    id_of("events", "team_id", "teams"),
    id_of("events", "organiser_id", "organisers"),
    id_of("events", "letter_id", "letters"),
    sa.PrimaryKeyConstraint("id", name="pk_events")
    )
    op.create_index("ix_events_team", "events", ["team_id", "id"])
    op.create_index("ix_events_letter", "events", ["letter_id", "id"])
    op.create_index("ix_events_signature", "events", ["signature_id"])
    op.create_table("batches",
    sa.Column("id", Id, nullable=False),
    sa.Column("letter_id", Id, nullable=False),
    sa.Column("organiser_id", Id, nullable=True),
    sa.Column("verb", sa.String(length=10), nullable=False),
    sa.Column("reason", sa.String(length=300), nullable=False),
    sa.Column("tells", sa.Boolean(), nullable=False),
    sa.Column("choice", sa.JSON(), nullable=False),
    sa.Column("last_id", Id, nullable=False),
    sa.Column("up_to_id", Id, nullable=False),
    sa.Column("total", sa.Integer(), nullable=False),
    sa.Column("done", sa.Integer(), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("finished_at", Moment, nullable=True),
    sa.Column("undone_at", Moment, nullable=True),
    id_of("batches", "letter_id", "letters"),
    id_of("batches", "organiser_id", "organisers"),
    sa.PrimaryKeyConstraint("id", name="pk_batches")
    )
    op.create_index("ix_batches_letter_id", "batches", ["letter_id"])
    op.create_table("batch_rows",
    sa.Column("batch_id", Id, nullable=False),
    sa.Column("signature_id", Id, nullable=False),
    sa.Column("hidden_at", Moment, nullable=True),
    sa.Column("held_at", Moment, nullable=True),
    sa.Column("counted_at", Moment, nullable=True),
    id_of("batch_rows", "batch_id", "batches"),
    id_of("batch_rows", "signature_id", "signatures", ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("batch_id", "signature_id", name="pk_batch_rows")
    )
    op.create_index("ix_batch_rows_signature_id", "batch_rows", ["signature_id"])


def create_tallies() -> None:
    op.add_column("messages", sa.Column("about", sa.BigInteger(), nullable=True))
    op.create_table("mail_tallies",
    sa.Column("about", sa.BigInteger(), nullable=False, autoincrement=False),
    sa.Column("hour", Moment, nullable=False),
    sa.Column("posted", sa.Integer(), nullable=False),
    sa.Column("sent", sa.Integer(), nullable=False),
    sa.Column("gave_up", sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint("about", "hour", name="pk_mail_tallies")
    )
    op.create_table("tallies",
    sa.Column("letter_id", Id, nullable=False),
    sa.Column("hour", Moment, nullable=False),
    sa.Column("signed", sa.Integer(), nullable=False),
    sa.Column("confirmed", sa.Integer(), nullable=False),
    id_of("tallies", "letter_id", "letters"),
    sa.PrimaryKeyConstraint("letter_id", "hour", name="pk_tallies")
    )
    # Counted from the rows that exist: who removed a signature, or never confirmed one, is no longer known.
    hour = "date_trunc('hour', {0}, 'UTC')" if op.get_bind().dialect.name == "postgresql" else "strftime('%Y-%m-%d %H:00:00.000000', {0})"
    op.execute(f"""INSERT INTO tallies (letter_id, hour, signed, confirmed)
        SELECT letter_id, hour, sum(signed), sum(confirmed) FROM (
            SELECT letter_id, {hour.format("signed_at")} AS hour, 1 AS signed, 0 AS confirmed FROM signatures WHERE attested_at IS NULL
            UNION ALL
            SELECT letter_id, {hour.format("confirmed_at")}, 0, 1 FROM signatures WHERE confirmed_at IS NOT NULL
        ) AS moments GROUP BY letter_id, hour""")
