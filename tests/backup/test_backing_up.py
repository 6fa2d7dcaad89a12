"""A backup is whole, or it is refused in a sentence and nothing changes; it is taken while people sign."""

import json
import os
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.backup.site import disconnect, make_site
from tests.conftest import new_app
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import everything, make_letter, make_signature
from tests.servers import postgresql
from tests.servers.disk import small_disk
from tests.servers.site import FLASK, ROOT, machine
from tests.shell import shell
from tests.statements import listening
from tribune.backup import rows
from tribune.backup.file import Manifest, Writer
from tribune.database import db, now
from tribune.files import LEFT, UNFINISHED

IN_THE_DIRECTORY = b"PK\x01\x02"  # with which each entry at the end of a zip begins


@pytest.fixture
def backup(app: Flask, tmp_path: Path) -> Path:
    """The backup of a site that went on since."""
    make_site()
    assert shell(app, "backup", tmp_path / "site.zip")[0] == 0
    make_letter(slug="later")
    return tmp_path / "site.zip"


def rewrite(backup: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Change what some parts of a backup hold."""
    with zipfile.ZipFile(backup) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(backup, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


def cut(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])


def tamper(backup: Path) -> None:
    rewrite(backup, lambda name, content: content.replace("Évrard".encode(), b"Martin"))


def flip(backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 3] ^= 0xFF
    backup.write_bytes(content)


def pack_as_nobody_does(part: int) -> Callable[[Path], None]:
    def change(backup: Path) -> None:
        head, *parts = backup.read_bytes().split(IN_THE_DIRECTORY)
        parts[part] = parts[part][:6] + b"\x63" + parts[part][7:]  # the method of compression
        backup.write_bytes(IN_THE_DIRECTORY.join([head, *parts]))

    return change


def lead_astray(backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[-3] = 0x7F  # of where the directory begins, from which all other places are reckoned
    backup.write_bytes(content)


def name_in_utf_8(backup: Path) -> None:
    head, *parts = backup.read_bytes().split(IN_THE_DIRECTORY)
    name = parts[0].index(b".jsonl")
    parts[0] = parts[0][:5] + b"\x08" + parts[0][6:name] + b"\xff" + parts[0][name + 1 :]
    backup.write_bytes(IN_THE_DIRECTORY.join([head, *parts]))


def misdate(backup: Path) -> None:
    with zipfile.ZipFile(backup) as old:
        right = old.read("letters.jsonl")
    wrong = right.replace(b"2018-01-31", b"2018-01-32")
    sums = [sha256(content).hexdigest().encode() for content in (right, wrong)]
    rewrite(backup, lambda name, content: wrong if name == "letters.jsonl" else content.replace(*sums))


def manifest(**changes: object) -> Callable[[Path], None]:
    def change(name: str, content: bytes) -> bytes:
        return json.dumps(json.loads(content) | changes).encode() if name == "manifest.json" else content

    return lambda backup: rewrite(backup, change)


def lose_a_table(backup: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        values = json.loads(content) if name == "manifest.json" else {}
        values.get("tables", {}).pop("flags", None)
        return json.dumps(values).encode() if values else content

    rewrite(backup, change)


def replace_by_a_letter(backup: Path) -> None:
    backup.write_text("Dear Sir")


HARMS: list[tuple[Callable[[Path], None], str]] = [
    (cut, "cut"), (flip, "damaged"), (pack_as_nobody_does(0), "damaged"),
    (pack_as_nobody_does(-1), "cut"), (lead_astray, "cut"), (name_in_utf_8, "cut"),
    (tamper, "damaged"), (misdate, "A row of its table letters is not"),
    (lose_a_table, "by hand"), (replace_by_a_letter, "else"),
    (manifest(revision="9999"), "newer Tribune"), (manifest(format=2), "newer Tribune"), (manifest(x=1), "cannot"),
    (manifest(created_at="then"), "cannot"),
    (Path.unlink, "No such file"),
]  # fmt: skip


@ON_SQLITE
def test_what_is_no_whole_backup_is_refused_and_nothing_changes(app: Flask, backup: Path) -> None:
    before = everything()
    for number, (harm, said) in enumerate(HARMS):
        harmed = backup.with_name(f"{number}.zip")
        shutil.copy(backup, harmed)
        harm(harmed)
        code, output = shell(app, "restore", harmed, "--replace")
        assert (code, output.count("\n")) == (1, 1) and "Nothing was changed" in output, (number, output)
        assert said in output, (number, harm)
        assert everything() == before, (number, harm)
    assert app.test_client().get("/letters/rues").status_code == 200


@ON_SQLITE
def test_a_file_that_is_there_is_replaced_only_when_asked(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "site.zip").write_text("precious")
    code, said = shell(app, "backup", tmp_path / "site.zip")
    assert code == 1 and "--force" in said and (tmp_path / "site.zip").read_text() == "precious"
    assert shell(app, "backup", tmp_path / "site.zip", "--force")[0] == 0
    assert zipfile.is_zipfile(tmp_path / "site.zip")


@ON_SQLITE
def test_erasures_alone_neither_replace_a_whole_backup_nor_are_one(app: Flask, tmp_path: Path) -> None:
    assert "addresses" in shell(app, "backup", tmp_path / "site.zip")[1]
    whole = (tmp_path / "site.zip").read_bytes()
    code, said = shell(app, "backup", "--erasures-only", "--force", tmp_path / "site.zip")
    assert code == 1 and "whole backup" in said and (tmp_path / "site.zip").read_bytes() == whole
    said = shell(app, "backup", "--erasures-only", tmp_path / "small.zip")[1]
    assert "nobody's name or address" in said and "site's own keys" not in said
    assert shell(app, "backup", "--erasures-only", "--force", tmp_path / "small.zip")[0] == 0
    code, said = shell(app, "restore", tmp_path / "small.zip", "--erasures", tmp_path / "site.zip", "--replace")
    assert code == 1 and f"{tmp_path / 'small.zip'}: It is no whole backup" in said


@ON_SQLITE
def test_erasures_replace_what_is_damaged_and_what_did_not_say_of_which_site_it_is(app: Flask, tmp_path: Path) -> None:
    small = tmp_path / "small.zip"
    small.write_text("Dear Sir")
    assert shell(app, "backup", "--erasures-only", "--force", small)[0] == 0
    with small.open("wb") as file, Writer(file, Manifest("0001", "sqlite", now().isoformat(), whole=False)):
        pass
    assert shell(app, "backup", "--erasures-only", "--force", small)[0] == 0


@ON_SQLITE
@pytest.mark.parametrize("change", ["DELETE FROM alembic_version", "UPDATE alembic_version SET version_num = '9999'"])
def test_a_database_of_which_nothing_could_be_restored_is_not_backed_up(
    app: Flask, tmp_path: Path, change: str
) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text(change))
    code, said = shell(app, "backup", tmp_path / "site.zip")
    assert code == 1 and "flask db upgrade" in said and not (tmp_path / "site.zip").exists()


@ON_SQLITE
def test_what_is_no_file_is_not_replaced(app: Flask, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    code, said = shell(app, "backup", "--force", tmp_path / "pipe")
    assert code == 1 and "name a file" in said and (tmp_path / "pipe").is_fifo()


@ON_SQLITE
def test_a_link_to_it_stays_a_link(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "site.zip")
    for _ in range(2):
        assert shell(app, "backup", tmp_path / "link", "--force")[0] == 0
        assert (tmp_path / "link").is_symlink() and zipfile.is_zipfile(tmp_path / "site.zip")


@ON_SQLITE
def test_a_folder_that_is_not_there_is_said_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    code, said = shell(app, "backup", tmp_path / "nowhere" / "site.zip")
    assert code == 1 and said.count("\n") == 1 and "No such file or directory" in said


@ON_SQLITE
def test_a_place_into_which_nobody_can_look_is_said_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    """Such as a folder of another account; root can look everywhere, but not for a name that is too long."""
    for more in (), ("--force",), ("--erasures-only",):
        code, said = shell(app, "backup", *more, tmp_path / ("n" * 300))
        assert code == 1 and said.count("\n") == 1 and "File name too long" in said


@ON_SQLITE
def test_what_a_backup_left_that_was_killed_goes_with_the_next_one(app: Flask, tmp_path: Path) -> None:
    names = [f".2026-11-{day}.zip.abc{UNFINISHED}" for day in (25, 26)] + [".2026-11-25.zip.mine"]
    for name, age in zip(names, (LEFT + 60, 0, LEFT + 60), strict=True):
        (tmp_path / name).write_text("Zoé Évrard")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    assert shell(app, "backup", tmp_path / "2026-11-27.zip")[0] == 0
    assert {file.name for file in tmp_path.iterdir() if file.is_file()} == {*names[1:], "2026-11-27.zip"}


@ON_SQLITE
def test_a_backup_that_is_asked_to_stop_leaves_nothing(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_words: object) -> Iterator[list[object]]:
        os.kill(os.getpid(), signal.SIGTERM)
        yield []

    make_site()
    (tmp_path / "backups").mkdir()
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(rows, "read", asked)
    assert shell(app, "backup", tmp_path / "backups" / "site.zip")[0] == 128 + signal.SIGTERM
    assert list((tmp_path / "backups").iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) == before


@ON_SQLITE
def test_a_damaged_database_is_to_be_moved_away_only_before_another_takes_its_place(
    backup: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)
    for words, advice in (("backup", tmp_path / "other.zip"), False), (("restore", backup, "--replace"), True):
        environment = {
            **machine(), "TRIBUNE_SQLALCHEMY_DATABASE_URI": f"sqlite:///{damaged}", "TRIBUNE_SECRET_KEY": "k" * 40,
            "TRIBUNE_PUBLIC_URL": "http://127.0.0.1", "TRIBUNE_INSTANCE_PATH": str(tmp_path),
        }  # fmt: skip
        done = subprocess.run([*FLASK, *map(str, words)], cwd=ROOT, env=environment, capture_output=True, check=False)
        said = done.stderr.decode()
        assert (done.returncode, said.count("\n")) == (1, 1) and "Nothing was changed. `flask doctor` says" in said
        assert ("move it away" in said) == advice


def test_a_database_that_cannot_be_written_is_not_said_to_be_in_use(tmp_path: Path, migrated_sqlite: Path) -> None:
    with small_disk(tmp_path) as disk:
        file = disk / "tribune.sqlite"
        shutil.copy(migrated_sqlite, file)
        app = new_app(f"sqlite:///{file}", tmp_path)
        with app.app_context():
            assert shell(app, "backup", tmp_path / "site.zip")[0] == 0
            disconnect()
            for how in ("bind", "remount,bind,ro"):  # the file alone: its journal is beside it
                subprocess.run(["mount", "-o", how, str(file), str(file)], check=True)
            code, said = shell(app, "restore", tmp_path / "site.zip", "--replace")
            disconnect()
            assert code == 1 and "The database fails: " in said and "stop the site" not in said
            subprocess.run(["umount", str(file)], check=True)


def test_a_site_that_runs_is_not_restored(app: Flask, backup: Path) -> None:
    url, folder = app.config["SQLALCHEMY_DATABASE_URI"], Path(app.instance_path)
    other = new_app(url, folder)
    with other.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text("SELECT * FROM letters")).all()
        with app.app_context():
            before = everything()
            code, said = shell(app, "restore", backup, "--replace")
            assert (code, said.count("\n")) == (1, 1) and "stop the site" in said
            assert everything() == before
    with other.app_context():
        db.engine.dispose()
    code, said = shell(app, "restore", backup, "--replace")
    assert code == 0, said


@ON_POSTGRESQL
def test_a_connection_that_is_just_closing_keeps_nobody_from_restoring(app: Flask, backup: Path) -> None:
    other = sa.create_engine(db.engine.url, poolclass=sa.NullPool).connect()

    def leave(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "pg_stat_activity" in statement:
            other.close()

    with listening("after_cursor_execute", leave):
        code, said = shell(app, "restore", backup, "--replace")
    assert code == 0, said


def test_a_site_moves_from_one_database_to_the_other(
    request: pytest.FixtureRequest, app: Flask, backup: Path, tmp_path: Path
) -> None:
    shell(app, "restore", backup, "--replace")
    before = everything()
    with postgresql.fresh_database(request.getfixturevalue("postgresql_server")) as server:
        moved = server if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else f"sqlite:///{tmp_path}/moved"
        other = new_app(moved, tmp_path)
        with other.app_context():
            assert shell(other, "restore", backup)[0] == 0
            assert everything() == before
            make_signature(make_letter())
            db.session.remove()
            db.engine.dispose()
