"""Machines that upgrade one database at once."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE

import sqlalchemy as sa
from flask import Flask

from tests import canary
from tests.conftest import SETTINGS
from tests.migrations.filled import REVISIONS, rows
from tribune import ROOT
from tribune.database import db

AT_ONCE = 4
UPGRADE = """
import flask_migrate, wsgi
print("ready", flush=True)
input()
with wsgi.app.app_context():
    flask_migrate.upgrade()
"""


def test_machines_that_upgrade_at_once_all_succeed(
    empty_url: str, make_empty: Callable[[], Flask], tmp_path: Path
) -> None:
    ours = {"SQLALCHEMY_DATABASE_URI": empty_url, "INSTANCE_PATH": str(tmp_path), **SETTINGS}
    env = {**os.environ, **{f"TRIBUNE_{name}": str(value) for name, value in ours.items()}}
    machines = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE], cwd=ROOT, env=env, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True
        )
        for _ in range(AT_ONCE)
    ]
    for machine in machines:
        assert machine.stdout and machine.stdout.readline() == "ready\n"
    for machine in machines:
        assert machine.stdin
        machine.stdin.write("\n")
        machine.stdin.flush()
    said = [machine.communicate()[1] for machine in machines]
    canary.check("\n".join(said))
    assert [machine.returncode for machine in machines] == [0] * AT_ONCE, "\n".join(said)
    with make_empty().app_context():
        assert db.session.execute(sa.text("SELECT version_num FROM alembic_version")).all() == [(REVISIONS[-1],)]
        assert rows()["site_keys"] == 1
