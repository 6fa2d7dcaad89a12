"""A restore that is killed while it fills the tables leaves the site as it was; run again, it ends well."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from flask import Flask

from tests.conftest import SETTINGS
from tests.factories import everything, make_letter, make_signature
from tests.shell import shell
from tribune import ROOT
from tribune.database import db
from tribune.letters.queries import letter_by_slug

KILLED = """
import os, signal, sys
import sqlalchemy as sa
import wsgi
from tribune.database import db
with wsgi.app.app_context():
    @sa.event.listens_for(db.engine, "after_cursor_execute")
    def die(connection, cursor, statement, *rest):
        if statement.startswith("INSERT INTO signatures "):
            os.kill(os.getpid(), signal.SIGKILL)
    wsgi.app.test_cli_runner().invoke(args=["restore", sys.argv[1], "--replace"])
"""


def test_a_restore_that_is_killed_is_run_again(app: Flask, tmp_path: Path) -> None:
    make_signature(make_letter(slug="rues"))
    assert shell(app, "backup", tmp_path / "site.zip")[0] == 0
    make_signature(make_letter(slug="since"))
    before = everything()
    db.session.remove()
    db.engine.dispose()
    ours = {**SETTINGS, "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"], "INSTANCE_PATH": tmp_path}
    env = {**os.environ, **{f"TRIBUNE_{name}": str(value) for name, value in ours.items()}}
    command = [sys.executable, "-c", KILLED, str(tmp_path / "site.zip")]
    killed = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert everything() == before
    assert shell(app, "restore", tmp_path / "site.zip", "--replace")[0] == 0
    assert letter_by_slug("rues") and not letter_by_slug("since")
