"""The schema: which revision the database has, which one this code has, and the way from one to the other."""

from functools import cache

import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app


def revision_of(connection: sa.Connection) -> str | None:
    """The revision of the database; None before its first migration."""
    return MigrationContext.configure(connection).get_current_revision()


def revision_of_the_code() -> str | None:
    """The newest revision that this code knows."""
    return _scripts().get_current_head()


def is_known(revision: str | None) -> bool:
    """Return whether this code has that revision."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def is_table_or_index_of_models(name: str | None, *_kind: object) -> bool:
    """Whether the models describe what has this name: not alembic's own table, nor the trigram indexes."""
    return name is None or (name != "alembic_version" and "_trigrams" not in name)


def upgrade_within(connection: sa.Connection, revision: str) -> None:
    """Bring the schema to a revision in the caller's transaction, begun on SQLite without foreign keys."""
    config = current_app.extensions["migrate"].migrate.get_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _scripts() -> ScriptDirectory:
    return _scripts_in(current_app.extensions["migrate"].directory)


@cache  # reading them all takes long, and the code that runs stays as it is
def _scripts_in(folder: str) -> ScriptDirectory:
    return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config(folder))
