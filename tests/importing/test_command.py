"""`flask signatures import`: looked over first, columns and dates as guessed or as said, and what is wrong is told."""

import csv
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, posted
from tests.importing import files
from tests.importing.conftest import ATTESTED, said
from tests.shell import shell
from tribune.database import db
from tribune.outbox.actions import suppress
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures import commands
from tribune.signatures.models import Signature

pytestmark = ON_SQLITE


def test_each_is_asked_to_confirm_unless_told_otherwise(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    output = said(app, "import", "rues", files.written(tmp_path, files.GOOGLE))
    assert "3\tto add" in output and "0\trefused" in output and "column 4\tAdresse e-mail\temail" in output
    assert len(posted()) == 3 and {s.status for s in db.session.scalars(sa.select(Signature))} == {"pending"}
    assert "id,origin" not in output and output.endswith("flask signatures undo-import rues\n")
    assert said(app, "undo-import", "rues") == "The import was undone.\n" and posted() == []


def test_where_nobody_can_answer_nobody_is_asked(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_letter(slug="rues")
    monkeypatch.setattr(commands, "sys", SimpleNamespace(stdin=None))  # as after `<&-`
    assert "3 imported." in said(app, "import", "rues", files.written(tmp_path, files.GOOGLE))


def test_a_workbook_is_no_csv_and_is_told_where_to_go(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    code, output = shell(app, "signatures", "import", "rues", files.written(tmp_path, b"PK\x03\x04\0\0"))
    assert code == 1 and "This is not a CSV" in output and "Send a CSV, XLSX" not in output


def test_a_report_that_cannot_be_written_is_named(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    report = tmp_path / "missing" / "look.csv"
    path = files.written(tmp_path, files.PYTITION)
    code, output = shell(app, "signatures", "import", "rues", path, "--dry-run", "--report", report)
    assert code == 1 and f"Error: {report} cannot be written: No such file or directory." in output


def test_a_report_that_finds_a_full_disk_is_named(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    path = files.written(tmp_path, files.PYTITION)
    words = ("signatures", "import", "rues", path, *ATTESTED, "--dry-run", "--report", "/dev/full")
    code, output = shell(app, *words)
    assert code == 1 and "Error: /dev/full cannot be written: No space left on device." in output


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
    assert report.stat().st_mode & 0o777 == 0o600  # it names people, and says what they did
    assert [row[:3] for row in rows[1:]] == [["4", "Léo Roux", "refused"], ["5", "'=cmd() Ba", "there"]]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


def test_who_asked_not_to_be_there_is_a_number_in_what_is_told(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    suppress(mailbox_key("ana@example.org"))
    report = tmp_path / "report.csv"
    path = files.written(tmp_path, files.GOOGLE)
    output = said(app, "import", "rues", path, *ATTESTED, "--dry-run", "--report", report)
    assert "2\tto add" in output and "1\tleft out, without saying which" in output and "Ana" not in output
    assert len(report.read_text("utf-8-sig").splitlines()) == 1


def test_a_question_that_is_not_known_is_told(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    path = files.written(tmp_path, "Prénom,Nom,Signer anonymement ?\nZoé,Évrard,Oui\n")
    assert "column 3\tSigner anonymement ?\tleft out\tperhaps" in said(
        app, "import", "rues", path, *ATTESTED, "--dry-run"
    )


def test_letters_that_look_odd_are_told(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    rows = "first_name,last_name\nRenée,Évrard\n".encode()
    for content, odd in (
        (rows, False),
        (rows + "Zoé,Ba\n".encode("cp1252"), False),
        (rows.decode("cp1252").encode(), True),
        (rows.decode().encode("mac_roman"), True),
    ):
        output = said(app, "import", "rues", files.written(tmp_path, content), *ATTESTED, "--dry-run")
        assert ("letters\tSome letters look odd" in output) is odd, content


def test_columns_zone_and_order_can_be_said(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    text = "A,B,Wann,Öffentlich\nZoé,Évrard,11/10/2023 13:00:00,ja\n"
    chosen = [word for what in ("A=given", "2=family", "Wann=date") for word in ("--column", what)]
    clocks = ("--headings", "1", "--zone", "UTC", "--month-first")
    said(app, "import", "rues", files.written(tmp_path, text), *ATTESTED, *chosen, *clocks)
    [signature] = db.session.scalars(sa.select(Signature))
    assert signature.signed_at.isoformat() == "2023-11-10T13:00:00+00:00" and not signature.published


def test_the_columns_are_guessed_from_the_row_of_headings_that_is_said(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    title = "Nos signataires,de Lille,zoe@lille.example,à Paris,2023,,,,,,\n"
    path = files.written(tmp_path, title + files.FORM)
    output = said(app, "import", "rues", path, "--headings", "2", "--column", "11=left out", *ATTESTED, "--dry-run")
    assert "column 1\tHorodateur\tdate\n" in output and "apparaisse\tpublished\n" in output
    assert "informé·e ?\tleft out" in output and "month before day" in output and "2\tto add" in output


def test_a_list_of_one_column_that_says_so_is_read(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    text = "Nom complet\r\nZoé Évrard\r\nAna Ba\r\n"
    assert "2\tto add" in said(app, "import", "rues", files.written(tmp_path, text), *ATTESTED)
    names = db.session.scalars(sa.select(Signature.family_name).order_by(Signature.id))
    assert list(names) == ["Évrard", "Ba"]


def test_one_date_however_far_down_tells_the_order_of_all(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    text = "Timestamp,First name,Last name\n" + "11/10/2023,Zoé,Évrard\n" * 1_000 + "11/24/2023,Ana,Ba\n"
    assert "month before day" in said(app, "import", "rues", files.written(tmp_path, text), *ATTESTED)
    days = db.session.scalars(sa.select(Signature.signed_at).order_by(Signature.id))
    assert [day.isoformat()[:10] for day in days] == ["2023-11-09", "2023-11-23"]  # midnight in Paris


def test_a_last_piece_without_dates_is_read_as_the_others(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    text = "Prénom,Nom,Horodateur\n" + "Zoé,Évrard,11/10/2023\n" * 999 + "Ana,Ba,\n"
    assert "day before month" in said(app, "import", "rues", files.written(tmp_path, text), *ATTESTED)


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


def test_there_is_nothing_to_take_back_twice(app: Flask, tmp_path: Path) -> None:
    make_letter(slug="rues")
    said(app, "import", "rues", files.written(tmp_path, files.GOOGLE), *ATTESTED)
    said(app, "undo-import", "rues")
    code, output = shell(app, "signatures", "undo-import", "rues")
    assert code == 1 and "all of it has been undone" in output
