"""A migration that is killed half-way leaves the schema and the rows of before; run again, it ends well."""

import os
import signal
import subprocess
import sys

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from tests.conftest import SETTINGS
from tests.migrations.filled import REVISIONS, fill, rows
from tribune import ROOT
from tribune.database import db

KILLED = """
import os, signal
import flask_migrate, wsgi
import sqlalchemy as sa
from tribune.database import db
changes = 0
with wsgi.app.app_context():
    @sa.event.listens_for(db.engine, "after_cursor_execute")
    def count(connection, cursor, statement, *rest):
        global changes
        changes += statement.split()[0] in {"CREATE", "ALTER", "DROP", "INSERT", "UPDATE"}
        if changes == 50:
            os.kill(os.getpid(), signal.SIGKILL)
    flask_migrate.upgrade()
"""


def test_a_migration_that_is_killed_is_run_again(app: Flask) -> None:
    flask_migrate.downgrade(revision="base")
    flask_migrate.upgrade(revision="0001")
    fill("0001")
    before, url = rows(), app.config["SQLALCHEMY_DATABASE_URI"]
    db.engine.dispose()
    ours = {**SETTINGS, "SQLALCHEMY_DATABASE_URI": url, "INSTANCE_PATH": app.instance_path}
    env = {**os.environ, **{f"TRIBUNE_{name}": str(value) for name, value in ours.items()}}
    killed = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, env=env, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    revision = sa.text("SELECT version_num FROM alembic_version")
    assert rows() == before and db.session.scalars(revision).all() == ["0001"]
    db.session.rollback()
    flask_migrate.upgrade()
    assert db.session.scalars(revision).all() == [REVISIONS[-1]]
    assert {name: number for name, number in rows().items() if name in before} == before
