"""`flask signatures import`: looked over first, all or nothing, whatever breaks, in as little memory as a few rows."""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import new_app
from tests.databases import ON_SQLITE
from tests.factories import make_letter, posted
from tests.importing import files
from tests.servers.disk import small_disk
from tests.shell import shell
from tribune.database import db
from tribune.importing import actions, known
from tribune.importing import shell as command
from tribune.letters.models import Letter
from tribune.outbox.actions import suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures.models import Signature

ATTESTED = ("--attest", "--reason", "Ils ont signé sur Pytition.")


def said(app: Flask, *words: str | Path) -> str:
    code, output = shell(app, "signatures", *words)
    assert code == 0, output
    return output


def test_each_is_asked_to_confirm_unless_told_otherwise(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    output = said(app, "import", "rues", files.written(tmp_path, files.GOOGLE))
    assert "3\tto add" in output and "0\trefused" in output and "column 4\tAdresse e-mail\temail" in output
    assert len(posted()) == 3 and {s.status for s in db.session.scalars(sa.select(Signature))} == {"pending"}
    assert "id,origin" not in output and output.endswith("flask signatures undo-import rues\n")
    assert said(app, "undo-import", "rues") == "The import was taken back.\n" and posted() == []


@ON_SQLITE
def test_a_workbook_is_no_csv_and_is_told_where_to_go(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    code, output = shell(app, "signatures", "import", "rues", files.written(tmp_path, b"PK\x03\x04\0\0"))
    assert code == 1 and "This is no CSV" in output and "Send a CSV, XLSX" not in output


@ON_SQLITE
def test_a_report_that_cannot_be_written_is_named(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    report = tmp_path / "missing" / "look.csv"
    path = files.written(tmp_path, files.PYTITION)
    code, output = shell(app, "signatures", "import", "rues", path, "--dry-run", "--report", report)
    assert code == 1 and f"Error: {report} cannot be written: No such file or directory." in output


@ON_SQLITE
def test_a_report_that_finds_a_full_disk_is_named(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    path = files.written(tmp_path, files.PYTITION)
    words = ("signatures", "import", "rues", path, *ATTESTED, "--dry-run", "--report", "/dev/full")
    code, output = shell(app, *words)
    assert code == 1 and "Error: /dev/full cannot be written: No space left on device." in output


@ON_SQLITE
def test_a_report_is_never_written_over_the_file_itself(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    path = files.written(tmp_path, files.PYTITION)
    link = tmp_path / "look.csv"
    link.symlink_to(path)
    for report in (path, link):
        code, output = shell(app, "signatures", "import", "rues", path, "--dry-run", "--report", report)
        assert code == 1 and "is the file itself" in output and path.read_text() == files.PYTITION


def test_a_dry_run_tells_which_rows_and_why_and_writes_nothing(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    report = tmp_path / "report.csv"
    text = files.PYTITION + "=cmd(),Ba,,ana+x@example.org,False,True\n"
    path = files.written(tmp_path, text)
    output = said(app, "import", "rues", path, *ATTESTED, "--dry-run", "--report", report)
    assert re.findall(r"^\d+\t.*$", output, re.MULTILINE) == [
        "2\tto add",
        "0\tof these to look at",
        "1\tthere already",
        "1\trefused",
    ]
    assert "row 4\tLéo Roux\tThey never confirmed it there" in output
    rows = list(csv.reader(report.read_text("utf-8-sig").splitlines()))
    assert [row[:3] for row in rows[1:]] == [["4", "Léo Roux", "refused"], ["5", "'=cmd() Ba", "there"]]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


def test_who_asked_not_to_be_there_is_a_number_in_what_is_told(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    suppress(mailbox_key("ana@example.org"))
    report = tmp_path / "report.csv"
    path = files.written(tmp_path, files.GOOGLE)
    output = said(app, "import", "rues", path, *ATTESTED, "--dry-run", "--report", report)
    assert "2\tto add" in output and "1\tleft out, and not said which" in output and "Ana" not in output
    assert len(report.read_text("utf-8-sig").splitlines()) == 1


@ON_SQLITE
def test_a_question_that_is_not_known_is_told(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    path = files.written(tmp_path, "Prénom,Nom,Signer anonymement ?\nZoé,Évrard,Oui\n")
    assert "column 3\tSigner anonymement ?\tleft out\tperhaps" in said(
        app, "import", "rues", path, *ATTESTED, "--dry-run"
    )


@ON_SQLITE
def test_columns_zone_and_order_can_be_said(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    text = "A,B,Wann,Öffentlich\nZoé,Évrard,11/10/2023 13:00:00,ja\n"
    chosen = [word for what in ("A=given", "2=family", "Wann=date") for word in ("--column", what)]
    clocks = ("--headings", "1", "--zone", "UTC", "--month-first")
    said(app, "import", "rues", files.written(tmp_path, text), *ATTESTED, *chosen, *clocks)
    [signature] = db.session.scalars(sa.select(Signature))
    assert signature.signed_at.isoformat() == "2023-11-10T13:00:00+00:00" and not signature.published


@ON_SQLITE
def test_the_columns_are_guessed_from_the_row_of_headings_that_is_said(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    title = "Nos signataires,de Lille,zoe@lille.example,à Paris,2023,,,,,,\n"
    path = files.written(tmp_path, title + files.FORM)
    output = said(app, "import", "rues", path, "--headings", "2", "--column", "11=left out", *ATTESTED, "--dry-run")
    assert "column 1\tHorodateur\tdate\n" in output and "apparaisse\tpublished\n" in output
    assert "informé·e ?\tleft out" in output and "month before day" in output and "2\tto add" in output


@ON_SQLITE
def test_a_list_of_one_column_that_says_so_is_read(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    text = "Nom complet\r\nZoé Évrard\r\nAna Ba\r\n"
    assert "2\tto add" in said(app, "import", "rues", files.written(tmp_path, text), *ATTESTED)
    names = db.session.scalars(sa.select(Signature.family_name).order_by(Signature.id))
    assert list(names) == ["Évrard", "Ba"]


@ON_SQLITE
def test_one_date_however_far_down_tells_the_order_of_all(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    text = "Timestamp,First name,Last name\n" + "11/10/2023,Zoé,Évrard\n" * 1_000 + "11/24/2023,Ana,Ba\n"
    assert "month before day" in said(app, "import", "rues", files.written(tmp_path, text), *ATTESTED)
    days = db.session.scalars(sa.select(Signature.signed_at).order_by(Signature.id))
    assert [day.isoformat()[:10] for day in days] == ["2023-11-09", "2023-11-23"]  # midnight in Paris


@ON_SQLITE
def test_a_last_piece_without_dates_is_read_as_the_others(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    text = "Prénom,Nom,Horodateur\n" + "Zoé,Évrard,11/10/2023\n" * 999 + "Ana,Ba,\n"
    assert "day before month" in said(app, "import", "rues", files.written(tmp_path, text), *ATTESTED)


@ON_SQLITE
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--attest",), 2, "--reason TEXT"),
        (("--column", "Nom=surname"), 2, "WHAT is one of"),
        (("--zone", "Mars/Olympus"), 2, "No time zone"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    app: Flask, tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    make_letter(slug="rues")
    got, output = shell(app, "signatures", "import", "rues", files.written(tmp_path, files.GOOGLE), *words)
    assert got == code and told in output


def test_nothing_is_imported_of_a_file_that_breaks_far_down(app: Flask, tmp_path: Path) -> None:
    letter = make_letter(slug="rues")
    path = files.many(
        tmp_path, 3_000, last='Ana,"Ba,,ana@example.org,False,True\nLéo,Roux,,leo@example.org,False,True\n'
    )
    code, output = shell(app, "signatures", "import", "rues", path, *ATTESTED)
    assert code == 1 and "row 3002" in output and "quotation mark" in output and "Nothing was imported" in output
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.attested_count == 0 and actions.latest(letter) is None


def test_there_is_nothing_to_take_back_twice(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    said(app, "import", "rues", files.written(tmp_path, files.GOOGLE), *ATTESTED)
    said(app, "undo-import", "rues")
    code, output = shell(app, "signatures", "undo-import", "rues")
    assert code == 1 and "all of it was taken back" in output


MOST = """
import resource, sys, wsgi
done = wsgi.app.test_cli_runner().invoke(args=sys.argv[1:])
assert done.exit_code == 0, done.output
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
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


def test_tens_of_thousands_take_no_more_memory_than_a_thousand(
    alone: tuple[Flask, dict[str, str]], tmp_path: Path
) -> None:
    make_letter(slug="rues")

    def most(number: int) -> int:
        words = ["signatures", "import", "rues", str(files.many(tmp_path, number)), *ATTESTED]
        done = subprocess.run([sys.executable, "-c", MOST, *words], env=alone[1], check=True, stdout=subprocess.PIPE)
        return int(done.stdout)

    assert most(20_000) < most(1_000) + 12 * 1024  # kilobytes; the rows themselves would be many times that
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.attested_count == 20_000


@pytest.fixture
def cramped(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Flask]:
    """A site on a disk of a few megabytes."""
    with small_disk(tmp_path, megabytes=26) as disk:
        (disk / "tribune.sqlite").write_bytes(migrated_sqlite.read_bytes())
        app = new_app(f"sqlite:///{disk / 'tribune.sqlite'}", tmp_path)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def test_a_full_disk_leaves_nothing_half_done(cramped: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    code, output = shell(cramped, "signatures", "import", "rues", files.many(tmp_path, 10_000), *ATTESTED)
    assert code == 1 and "full" in output and "was taken back: nothing is imported" in output, output
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
    look_over = command.look_over

    def look_over_first(*given: Any) -> int:
        monkeypatch.setattr(known.Seen, "__init__", begin)
        new = look_over(*given)
        monkeypatch.setattr(known.Seen, "__init__", with_little_room)
        return new

    monkeypatch.setattr(command, "look_over", look_over_first)
    code, output = shell(app, *words)
    assert code == 1 and "database or disk is full. All that had been added was taken back" in output, output
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.attested_count == db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


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
