"""What whoever types a command reads when the database or the disk does not play along."""

import os
import subprocess
from pathlib import Path
from shutil import copyfile

import pytest
from flask import Flask

from tests.conftest import SETTINGS, new_app
from tests.databases import ON_SQLITE
from tests.factories import make_letter
from tests.servers import postgresql
from tests.servers.postgresql import NOBODY
from tests.servers.site import FLASK, ROOT, machine
from tests.shell import shell
from tribune.database import DatabaseBusy, db
from tribune.organisers import commands


@pytest.mark.parametrize("words", [["organisers", "add", "alice@example.org"], ["letters", "list"], ["site", "status"]])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_who_forgot_the_schema_is_told_what_to_type(
    kind: str, words: list[str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with postgresql.fresh_database(request.getfixturevalue("postgresql_server")) as url:
        app = new_app(url if kind == "postgresql" else f"sqlite:///{tmp_path}/empty.sqlite", tmp_path)
        with app.app_context():
            code, said = shell(app, *words)
            db.engine.dispose()
    assert code == 1
    assert said.startswith("Error: The database fails: ") and "`flask db upgrade`" in said
    assert "SELECT" not in said and "LINE" not in said


@pytest.mark.parametrize("words", [["retention", "run"], ["doctor"]])  # of a group, and of none
def test_what_a_full_disk_has_no_room_for_is_told(words: list[str], migrated_sqlite: Path, tmp_path: Path) -> None:
    settings = {**SETTINGS, "INSTANCE_PATH": tmp_path}
    copyfile(migrated_sqlite, tmp_path / "tribune.sqlite")
    env = machine() | {f"TRIBUNE_{name}": str(value) for name, value in settings.items()}
    env["PYTHONUNBUFFERED"] = ""  # as usual: what is written waits in a buffer, which is emptied at the end too
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*FLASK, *words], cwd=ROOT, env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "Error: The output cannot be written: No space left on device.\n")


def test_commands_go_on_where_nobody_can_read_how_far_they_are(migrated_sqlite: Path, tmp_path: Path) -> None:
    settings = {**SETTINGS, "INSTANCE_PATH": tmp_path}
    copyfile(migrated_sqlite, tmp_path / "tribune.sqlite")
    env = machine() | {f"TRIBUNE_{name}": str(value) for name, value in settings.items()}
    backup = tmp_path / "site.zip"
    silent = ["sh", "-c", 'exec "$@" 2>&-', "sh", *FLASK]  # as a line of cron may be written
    for words in (["backup", backup], ["restore", backup, "--replace"]):
        done = subprocess.run([*silent, *words], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=False)
        assert done.returncode == 0 and backup.exists(), words


def test_a_database_that_root_makes_is_for_whoever_has_its_folder(tmp_path: Path) -> None:
    if os.geteuid() == 0:  # who runs the tests otherwise has the folder, and gives nothing away
        os.chown(tmp_path, NOBODY, -1)
    app = new_app(f"sqlite:///{tmp_path}/new.sqlite", tmp_path)
    with app.app_context():
        assert shell(app, "db", "upgrade")[0] == 0
        files = {file.name: file.stat().st_uid for file in tmp_path.glob("new.sqlite*")}
        db.engine.dispose()
    assert {"new.sqlite", "new.sqlite-wal"} <= files.keys() and set(files.values()) == {tmp_path.stat().st_uid}


@ON_SQLITE
def test_a_database_that_another_program_holds_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_anything: object) -> None:
        raise DatabaseBusy

    monkeypatch.setattr(commands, "open_account", held)
    code, said = shell(app, "organisers", "add", "alice@example.org")
    assert code == 1 and "nothing was written. Try again" in said


def test_what_is_no_text_is_told(app: Flask) -> None:
    latin = b"caf\xe9".decode("utf-8", "surrogateescape")  # as a terminal in another encoding types it
    for words in (["letters", "publish", latin], ["signatures", "export", latin], ["site", "banner", latin]):
        code, said = shell(app, *words)
        assert code in {1, 2} and said, words
    assert "not UTF-8" in shell(app, "letters", "close", latin)[1]


@ON_SQLITE
def test_an_output_in_which_not_every_name_can_be_written_is_told(app: Flask) -> None:
    make_letter(title="Łódź")
    done = app.test_cli_runner(charset="cp1252").invoke(args=["letters", "list"])
    assert done.exit_code == 1 and "The output is in cp1252" in done.output
