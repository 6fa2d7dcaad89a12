"""The signatures as a workbook: the cells of the CSV, each of them text."""

import csv
import io
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
import time_machine
from flask import Flask
from xlsxwriter.worksheet import Worksheet

from tests.databases import ON_SQLITE
from tests.exports.workbooks import lines, sheet
from tests.factories import make_letter, make_signature, owner_of
from tests.page import Reader
from tests.shell import shell
from tribune.abuse.shedding import AT_ONCE, LONG_PAUSE
from tribune.database import now, write
from tribune.exports import manage, workbook
from tribune.exports.spreadsheet import csv_parts
from tribune.exports.workbook import TooManyRows
from tribune.letters.models import Letter

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = make_letter(slug="rues", first="Léa Martin, maire (Nantes)")
    make_signature(letter, given_name="=1+1", news=True)
    make_signature(letter, confirmed=False)
    return letter


@ON_SQLITE
def test_it_is_a_workbook_named_after_the_letter_and_the_day(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    with time_machine.travel(now(), tick=False):  # else the day may end meanwhile
        file = client.get(f"/manage/letters/{letter.id}/signatures.xlsx")
        day = f"{now().astimezone(letter.zone):%Y-%m-%d}"
    assert file.content_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert file.headers["Content-Disposition"] == f"attachment; filename=rues-signatures-{day}.xlsx"
    assert file.headers["Cache-Control"] == "no-store"


@ON_SQLITE
def test_its_header_is_bold_and_stays_in_view_and_no_cell_is_a_formula(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    made = sheet(client.get(f"/manage/letters/{letter.id}/signatures.xlsx").data)
    assert '<pane ySplit="1" topLeftCell="A2"' in made
    assert '<c r="A1" s="1" t="inlineStr">' in made and '<c r="A2" t="inlineStr">' in made
    assert "<t>'=1+1</t>" in made and "<f>" not in made and "<v>" not in made


@pytest.mark.parametrize(("asked", "rows"), [("", 2), ("?status=all", 3), ("?status=pending", 1)])
def test_it_has_the_rows_of_the_csv(client: Reader, letter: Letter, asked: str, rows: int) -> None:
    client.log_in(owner_of(letter))
    path = f"/manage/letters/{letter.id}/signatures"
    lines = list(csv.reader(io.StringIO(client.get(f"{path}.csv{asked}").data.decode("utf-8-sig")), delimiter=";"))
    made = sheet(client.get(f"{path}.xlsx{asked}").data)
    assert len(lines) == made.count("<row ") == rows + 1
    assert all(f">{line[0]}<" in made for line in lines)


@ON_SQLITE
def test_the_command_writes_it_too(app: Flask, letter: Letter, tmp_path: Path) -> None:
    run, export = app.test_cli_runner().invoke, ["signatures", "export", "rues", "--format", "xlsx"]
    assert sheet(run(args=export).stdout_bytes).count("<row ") == 3
    assert run(args=[*export, "--status", "all", "--output", str(tmp_path / "file.xlsx")]).exit_code == 0
    assert sheet((tmp_path / "file.xlsx").read_bytes()).count("<row ") == 4


@ON_SQLITE
def test_more_rows_than_a_sheet_holds_are_refused_in_words(
    client: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manage, "MOST_ROWS", 1)
    client.log_in(owner_of(letter))
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    answer = client.get(f"/manage/letters/{letter.id}/signatures.xlsx?status=all")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "take the CSV, or fewer rows" in page and 'id="status-2" name="status" type="radio" value="all"' in page
    assert "The log holds no download." in page
    files, waits = f"/manage/letters/{letter.id}/files", "takes about a minute to make"
    assert waits not in page  # only many take so long that it is said
    monkeypatch.setattr(manage, "LONG", 1)
    assert "more than the 1,048,575 rows" in client.get(files).text
    monkeypatch.setattr(manage, "MOST_ROWS", 2)
    assert waits in client.get(files).text


@ON_SQLITE
def test_no_row_is_left_out_in_silence(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Worksheet().xls_rowmax > workbook.MOST_ROWS  # rows, with the header; the library drops any beyond
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    with workbook.workbook(lines("n", "a", "b")) as file:
        assert sheet(file.read()).count("<row ") == 3
    with pytest.raises(TooManyRows):
        workbook.workbook(lines("n", "a", "b", "c"))
    with pytest.raises(TooManyRows):  # and not that nobody reads the rest
        workbook.workbook(lines("n", *["a" * 1000] * 1000))


def test_what_people_typed_comes_through() -> None:
    typed = [
        'Zoé "Zaza" Évrard, maire;',
        "two\nlines",
        "<r>a</r>",
        " <r>a",
        "<b>&amp;",
        "a\tb",
        "日本 🎉",
        "'t ",
    ]
    with workbook.workbook(csv_parts(["n", "note"], typed, lambda cell: ["n", cell], "comma")) as file:
        cells = ElementTree.fromstring(sheet(file.read())).iter(f"{MAIN}c")
    assert ["".join(cell.itertext()) for cell in cells][3::2] == typed


@ON_SQLITE
def test_a_letter_that_shows_initials_gives_them(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    make_signature(letter)
    with write():
        letter.public_list = "initials"
    made = sheet(client.get(f"/manage/letters/{letter.id}/signatures.xlsx").data)
    assert made.count("<row ") == 4 and "<t>Z. É.</t>" in made


@ON_SQLITE
def test_one_that_cannot_be_made_is_told_in_words(
    client: Reader, letter: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app, here = client.application, f"/manage/letters/{letter.id}"
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client.log_in(owner_of(letter))
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    worker, export = tmp_path / "worker.py", ["signatures", "export", "rues", "--format", "xlsx"]
    monkeypatch.setattr(workbook, "WORKER", worker)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for script, why in (
        ("raise RuntimeError('Zoé')", "exit code 1"),
        ("import os; os.kill(os.getpid(), 9)", "exit code -9"),
        ("import sys; sys.stdin.read(); sys.exit(200)", "exit code 200"),
        ("import sys; sys.exit(2)", "exit code 2"),  # as Python itself does without the script; that of ENOENT too
    ):
        worker.write_text(script)
        for name in ("signatures", "invitations"):
            answer = client.get(f"{here}/{name}.xlsx")
            assert answer.status_code == 500 and "try again, or take the CSV" in answer.text
            told = [record for record in caplog.records if record.levelname == "ERROR"]
            assert told[-1].getMessage() == f"no workbook: {why}" and not told[-1].exc_info
        assert shell(app, *export) == (1, f"Error: The workbook could not be made ({why}): take --format csv.\n")
    assert client.head(f"{here}/signatures.xlsx").status_code == 200  # which makes none
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert shell(app, *export)[1].endswith("(not started (No such file or directory)): take --format csv.\n")
    assert [path.name for path in tmp_path.iterdir()] == [worker.name]


@ON_SQLITE
def test_it_gives_way_to_others(client: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    client.log_in(owner_of(letter))
    for _ in range(2 * AT_ONCE):
        make_signature(letter)
    slept: list[float] = []
    monkeypatch.setattr(client.application.extensions["tribune_threads"], "somebody_waits", lambda: True)
    monkeypatch.setattr(time, "sleep", slept.append)
    client.get(f"/manage/letters/{letter.id}/signatures.csv")
    of_the_lines = len(slept)  # which the database made
    client.get(f"/manage/letters/{letter.id}/signatures.xlsx")
    assert slept == [LONG_PAUSE] * (2 * of_the_lines + 3)
