"""Migrations build exactly what the models describe, there and back."""

from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from tests.migrations.filled import REVISIONS
from tribune import ROOT
from tribune.database import db
from tribune.schema import is_table_or_index_of_models, revision_of_the_code


def schema() -> dict[str, str]:
    """Every table and index, as the database itself describes them."""
    db.session.rollback()
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'sqlite_sequence'"
        else:
            query = """
                SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
                UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                    WHERE connamespace = 'public'::regnamespace
                UNION ALL SELECT proname, pg_get_functiondef(oid) FROM pg_proc
                    WHERE pronamespace = 'public'::regnamespace
                UNION ALL SELECT table_name || '.' || column_name,
                    data_type || ' ' || coalesce(character_maximum_length::text, '') || ' ' || is_nullable || ' '
                    || coalesce(column_default, '') || ' ' || coalesce(collation_name, '')
                    FROM information_schema.columns WHERE table_schema = 'public'"""
        found = connection.execute(sa.text(query)).all()
    normal = {name: sorted(sql.replace('"', "").replace(",", " ").split()) for name, sql in found}
    return {name: " ".join(words) for name, words in normal.items() if not name.startswith("alembic_version")}


def test_the_folder_of_the_code_may_have_any_name(
    make_empty: Callable[[], Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tribune 100% été"
    folder.symlink_to(ROOT)
    monkeypatch.setattr("tribune.ROOT", folder)
    with make_empty().app_context():
        flask_migrate.upgrade()
        assert revision_of_the_code() == REVISIONS[-1]


def test_the_revisions_are_numbered_one_after_the_other() -> None:
    assert [int(revision) for revision in REVISIONS] == list(range(1, len(REVISIONS) + 1))


def test_nothing_is_left_to_migrate(app: Flask) -> None:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_table_or_index_of_models}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def test_migrations_build_what_the_models_describe_to_the_last_index(make_empty: Callable[[], Flask]) -> None:
    with make_empty().app_context():
        flask_migrate.upgrade()
        migrated = schema()
        flask_migrate.downgrade(revision="base")
        assert schema() == {}
        db.create_all()
        assert len(migrated) > 15
        assert schema() == migrated


def test_each_step_goes_back_and_forth(make_empty: Callable[[], Flask]) -> None:
    with make_empty().app_context():
        for revision in REVISIONS:
            flask_migrate.upgrade(revision=revision)
            before = schema()
            flask_migrate.downgrade()
            flask_migrate.upgrade(revision=revision)
            assert schema() == before, revision
