"""After each test the next finds PostgreSQL as if it were new, though the database is the same."""

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
import sqlalchemy as sa

from tests.servers.postgresql import fresh_database
from tests.servers.reused import MANY, OF_CATALOGUES, Reused

KEPT = "SELECT oid FROM pg_database WHERE datname = current_database()"
TEAM = "INSERT INTO teams (name, created_at) VALUES ('Rues', now()) RETURNING id"


@pytest.fixture
def reused(postgresql_server: str, migrated_postgresql: str) -> Iterator[Reused]:
    with fresh_database(postgresql_server, migrated_postgresql) as url, ExitStack() as made:
        yield Reused(postgresql_server, sa.make_url(url).database or "", made)


def ask(reused: Reused, *statements: str) -> object:
    """Return what the last of these statements returns."""
    with psycopg.connect(reused.url) as connection:
        for statement in statements:
            found = connection.execute(statement.encode())
        return found.fetchall() if found.description else None


def test_rows_go_and_are_numbered_from_one_again(reused: Reused) -> None:
    kept = ask(reused, KEPT)
    for _ in range(3):
        assert ask(reused, TEAM) == [(1,)]
        reused.renew(None)
        assert ask(reused, "SELECT count(*) FROM teams") == [(0,)]
    assert ask(reused, KEPT) == kept


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE messages RENAME TO lost",
        "ALTER TABLE letters DROP COLUMN slug CASCADE",
        "ALTER TABLE letters ALTER COLUMN slug DROP NOT NULL",
        "DROP TABLE flags",
        "DROP TABLE site_keys",
        "DROP INDEX {index}",
        "CREATE TABLE other (id int)",
        "CREATE UNIQUE INDEX other ON teams (name)",
        "ALTER TABLE teams ADD CONSTRAINT other CHECK (name <> '')",
        "CREATE RULE other AS ON INSERT TO teams DO INSTEAD NOTHING",
        "ALTER TABLE teams DISABLE TRIGGER ALL",
        "CREATE FUNCTION other() RETURNS int RETURN 1",
        "ALTER SEQUENCE teams_id_seq INCREMENT 2",
        "ANALYZE site_keys",
        "UPDATE site_keys SET value = 'other'",
        "DELETE FROM alembic_version",
        f"INSERT INTO teams (name, created_at) SELECT repeat('a', 100), now() FROM generate_series(1, {MANY // 100})",
    ],
)
def test_whatever_else_was_changed_it_is_another(reused: Reused, change: str) -> None:
    kept = ask(reused, KEPT)
    if "{index}" in change:
        [(index,)] = ask(
            reused, "SELECT indexname FROM pg_indexes WHERE tablename = 'flags' AND indexname ~ '^ix' LIMIT 1"
        )
        change = change.format(index=index)
    ask(reused, change)
    reused.renew(None)
    assert ask(reused, KEPT) != kept and ask(reused, TEAM) == [(1,)]


def test_no_catalogue_is_read_that_is_the_superusers_alone(reused: Reused) -> None:
    names = ", ".join(f"'pg_{name}'::regclass" for name in OF_CATALOGUES)
    denied = "NOT has_table_privilege('public', each, 'SELECT')"
    assert ask(reused, f"SELECT each::text FROM unnest(ARRAY[{names}]) AS each WHERE {denied}") == []


def test_nobody_stays_connected_but_those_who_may(reused: Reused) -> None:
    kept, engine = ask(reused, KEPT), sa.create_engine(sa.make_url(reused.url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        connection.execute(sa.text(TEAM))
    reused.renew(engine)  # it keeps one, at rest
    assert ask(reused, KEPT) == kept and engine.pool.status().startswith("Pool size: 5  Connections in pool: 1")
    with engine.connect() as connection:
        connection.execute(sa.text(TEAM))
        reused.renew(engine)
        assert ask(reused, KEPT) != kept
        with pytest.raises(sa.exc.OperationalError):
            connection.execute(sa.text(TEAM))
