"""`flask signatures import` is all or nothing, whatever breaks, in as little memory as a few rows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import new_app
from tests.databases import ON_SQLITE
from tests.factories import make_letter, owner_of
from tests.importing import files
from tests.importing.conftest import ATTESTED, said
from tests.servers.disk import small_disk
from tests.servers.site import FLASK, ROOT
from tests.shell import shell
from tribune.database import DatabaseBusy, db
from tribune.importing import actions, known
from tribune.letters.models import Letter
from tribune.signatures import commands
from tribune.signatures.models import Signature
from tribune.writing.deleting import delete_letter


def test_nothing_is_imported_of_a_file_that_breaks_far_down(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    path = files.many(
        tmp_path, 3_000, last='Ana,"Ba,,ana@example.org,False,True\nLéo,Roux,,leo@example.org,False,True\n'
    )
    report = tmp_path / "look.csv"
    code, output = shell(app, "signatures", "import", "rues", path, *ATTESTED, "--report", report)
    assert not report.exists()
    assert code == 1 and "row 3002" in output and "quotation mark" in output and "Nothing was imported" in output
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.attested_count == 0 and actions.latest(letter) is None


COMMENTS = ",".join(["x" * 1_900] * 2)
# Not of getrusage: that begins with what the process held from which this one was made.
MOST = """
import pathlib, re, sys, wsgi
done = wsgi.app.test_cli_runner().invoke(args=sys.argv[1:])
assert done.exit_code == 0, done.output
print(re.search("VmHWM: *(.*) kB", pathlib.Path("/proc/self/status").read_text())[1])
"""


@pytest.fixture
def alone(migrated_sqlite: Path, tmp_path: Path) -> Iterator[tuple[Flask, dict[str, str]]]:
    """A site on SQLite, and what a process needs to open it."""
    file = tmp_path / "site.sqlite"
    file.write_bytes(migrated_sqlite.read_bytes())
    url = f"sqlite:///{file}"
    app = new_app(url, tmp_path)
    env = {**os.environ, "TRIBUNE_SQLALCHEMY_DATABASE_URI": url, "TRIBUNE_SECRET_KEY": "k" * 40}
    env |= {"TRIBUNE_PUBLIC_URL": "http://localhost", "TRIBUNE_INSTANCE_PATH": str(tmp_path)}
    with app.app_context():
        yield app, env
        db.session.remove()
        db.engine.dispose()


def test_a_long_file_takes_no_more_memory_than_a_short_one(alone: tuple[Flask, dict[str, str]], tmp_path: Path) -> None:
    make_letter(slug="rues")

    def most(number: int) -> int:
        file = files.many(tmp_path, number)
        file.write_text("".join(f"{line},{COMMENTS}\n" for line in file.read_text().splitlines()))
        words = ["signatures", "import", "rues", str(file), *ATTESTED]
        done = subprocess.run([sys.executable, "-c", MOST, *words], env=alone[1], check=True, stdout=subprocess.PIPE)
        return int(done.stdout)

    short, long = most(2_000), most(5_000)
    assert long < short + 8 * 1024  # kilobytes; the other rows themselves are more than 11,000
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.attested_count == 5_000


def test_an_output_that_is_full_or_closed_is_not_told_as_a_fault_of_the_file(
    alone: tuple[Flask, dict[str, str]], tmp_path: Path
) -> None:
    make_letter(slug="rues")
    words = [*FLASK, "signatures", "import", "rues", str(files.many(tmp_path, 2)), *ATTESTED, "--dry-run"]

    def said_beside(output: BinaryIO) -> str:
        done = subprocess.run(words, env=alone[1], cwd=ROOT, stdout=output, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 1
        return done.stderr.decode()

    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed, Path("/dev/full").open("wb") as full:
        assert said_beside(closed) == ""
        assert said_beside(full) == "Error: The output cannot be written: No space left on device.\n"


@pytest.fixture
def cramped(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Flask]:
    """A site on a disk of a few megabytes."""
    with small_disk(tmp_path, megabytes=20) as disk:
        (disk / "tribune.sqlite").write_bytes(migrated_sqlite.read_bytes())
        app = new_app(f"sqlite:///{disk / 'tribune.sqlite'}", tmp_path)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def test_a_full_disk_leaves_nothing_half_done(cramped: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    code, output = shell(cramped, "signatures", "import", "rues", files.many(tmp_path, 4_000), *ATTESTED)
    assert code == 1 and "full" in output and "was undone: nothing was imported" in output, output
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.attested_count == db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


@ON_SQLITE
def test_a_full_temporary_folder_is_said_and_leaves_nothing_half_done(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_letter(slug="rues")
    words = ("signatures", "import", "rues", files.many(tmp_path, 2_500), *ATTESTED)
    begin, most_pages = known.Seen.__init__, 20  # more than a thousand people, and less than two

    def with_little_room(seen: known.Seen) -> None:
        begin(seen)
        seen._file.execute(f"PRAGMA max_page_count = {most_pages}")

    monkeypatch.setattr(known.Seen, "__init__", with_little_room)
    code, output = shell(app, *words)
    assert code == 1 and "Error: The temporary folder failed: database or disk is full." in output, output
    assert "Nothing was imported." in output and actions.latest(db.session.scalars(sa.select(Letter)).one()) is None
    look_over = commands.look_over

    def look_over_first(*given: Any) -> int:
        monkeypatch.setattr(known.Seen, "__init__", begin)
        new = look_over(*given)
        monkeypatch.setattr(known.Seen, "__init__", with_little_room)
        return new

    monkeypatch.setattr(commands, "look_over", look_over_first)
    code, output = shell(app, *words)
    assert code == 1 and "database or disk is full. All that had been added was undone" in output, output
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.attested_count == db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


@ON_SQLITE
def test_a_database_that_another_program_held_is_named(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_letter(slug="rues")

    def held(*_given: Any) -> Iterator[int]:
        raise DatabaseBusy

    monkeypatch.setattr(actions, "advance", held)
    code, output = shell(app, "signatures", "import", "rues", files.many(tmp_path, 2), *ATTESTED)
    assert code == 1 and "Another program held the database for too long. All that had been added was" in output, output
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


@ON_SQLITE
def test_an_error_of_ours_leaves_its_traceback_and_nothing_half_done(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_letter(slug="rues")
    words = ["signatures", "import", "rues", str(files.many(tmp_path, 2_500)), *ATTESTED]
    advance = actions.advance

    def broken(*given: Any) -> Iterator[int]:
        yield next(advance(*given))
        raise AttributeError("of ours")

    monkeypatch.setattr(actions, "advance", broken)
    db.session.remove()
    done = app.test_cli_runner().invoke(args=words)
    assert isinstance(done.exception, AttributeError)  # which Python prints with its traceback
    assert done.output.endswith("\nAll that had been added was undone: nothing was imported.\n"), done.output
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.attested_count == db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


@ON_SQLITE
def test_a_draft_deleted_meanwhile_is_named(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_letter(slug="rues", published=False)
    advance = actions.advance

    def deleted_meanwhile(*given: Any) -> Iterator[int]:
        for came in advance(*given):
            yield came
            if came < 1_500:
                letter = db.session.scalars(sa.select(Letter)).one()
                delete_letter(letter, owner_of(letter))

    monkeypatch.setattr(actions, "advance", deleted_meanwhile)
    code, output = shell(app, "signatures", "import", "rues", files.many(tmp_path, 1_500), *ATTESTED)
    assert code == 1 and output.endswith("The letter was deleted in the meantime, with all that was added.\n"), output
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(Signature))


KILLED = """
import os, sys, wsgi
from tribune.importing import shell
tell = shell.actions.advance
def advance(*given):
    for came in tell(*given):
        yield came
        os.kill(os.getpid(), 9)
shell.actions.advance = advance
wsgi.app.test_cli_runner().invoke(args=sys.argv[1:])
"""


def test_a_machine_that_stops_half_way_goes_on_with_the_same_command(
    alone: tuple[Flask, dict[str, str]], tmp_path: Path
) -> None:
    app, env = alone
    letter = make_letter(slug="rues")
    words = ["signatures", "import", "rues", str(files.many(tmp_path, 2_500)), *ATTESTED]
    done = subprocess.run([sys.executable, "-c", KILLED, *words], env=env, check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {"many.csv", "site.sqlite", "site.sqlite-wal", "site.sqlite-shm"}  # nor the room that it kept
    db.session.refresh(letter)
    assert letter.attested_count == 999
    assert "1501\tto add" in said(app, *words[1:])
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.attested_count == db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 2_500
