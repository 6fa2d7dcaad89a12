"""What a real spreadsheet shows of the files: the same rows in both, accents right, and nothing that runs."""

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.exports.test_formulas import FORMULAS
from tests.factories import make_letter, make_signature, owner_of
from tests.page import Reader
from tests.servers.office import open_csv, open_xlsx
from tribune.database import write
from tribune.exports.spreadsheet import COLUMNS
from tribune.letters.models import Letter
from tribune.signatures.models import Signature

# what a spreadsheet shows does not depend on the database, and it takes its time
pytestmark = [ON_SQLITE, pytest.mark.timeout(400)]

NAMES = [
    "Zoé",
    "Łukasz",
    "-Ange",
    "'t Hooft",
    "Nguyễn",
    "李",
    "O’Brien",
    "Αλέξης",
    "<r>Zoé</r>",
    "<r>&</r>",
    "_x0041_",
    "Ω 🙂",
]
HIDDEN = [f"x{delimiter}{formula}{delimiter}y" for delimiter in ",;" for formula in FORMULAS if "," not in formula]


@pytest.fixture
def letter(app: Flask) -> Letter:
    """Formulas in every column that people fill, plain and behind a delimiter; then names from everywhere."""
    letter = make_letter(slug="rues")
    with write():
        for text in [*FORMULAS, *HIDDEN, *NAMES]:
            typed = dict.fromkeys(("given_name", "family_name", "role", "organisation", "section"), text)
            make_signature(letter, **typed, news=True).email = text
    return letter


def take(client: Reader, letter: Letter, kind: str, delimiter: str = "semicolon") -> bytes:
    client.log_in(owner_of(letter))
    file = client.get(f"/manage/letters/{letter.id}/signatures.{kind}?delimiter={delimiter}")
    assert file.status_code == 200
    return file.data


def table(rows: list[list[str]]) -> list[list[str]]:
    """Of each row, the columns that have a name; the spreadsheet may show empty ones beside them."""
    return [(row + [""] * len(COLUMNS))[: len(COLUMNS)] for row in rows]


def test_both_files_show_the_same_rows_and_run_nothing(client: Reader, letter: Letter) -> None:
    opened = open_csv(take(client, letter, "csv"), ";")
    with_commas = open_csv(take(client, letter, "csv", "comma"), ",")
    workbook = open_xlsx(take(client, letter, "xlsx"))
    assert opened.formulas == with_commas.formulas == workbook.formulas == []
    assert table(opened.rows) == table(with_commas.rows) == table(workbook.rows)
    assert len(workbook.rows) == 1 + len(FORMULAS) + len(HIDDEN) + len(NAMES) and len(FORMULAS) >= 60
    shown = [dict(zip(COLUMNS, row, strict=True)) for row in table(workbook.rows[1:])]
    for row, name in zip(shown[-len(NAMES) :], NAMES, strict=True):
        for column in ("given_name", "family_name", "role", "organisation", "section", "email"):
            assert row[column] == name
        assert row["printed_line"].replace("'", "") == f"{name} {name}, {name} ({name})".replace("'", "")


@pytest.mark.parametrize(("written", "expected"), [("comma", ";"), ("semicolon", ","), ("comma", ",;\t")])
def test_a_spreadsheet_that_expects_the_other_delimiter_runs_nothing_either(
    client: Reader, letter: Letter, written: str, expected: str
) -> None:
    assert open_csv(take(client, letter, "csv", written), *expected).formulas == []


def test_the_spreadsheet_of_these_tests_runs_what_it_can(app: Flask) -> None:
    assert open_csv("x;=1+1\r\né;2+2\r\n".encode(), ";").formulas == ["of:=1+1"]


def test_a_row_of_a_workbook_is_text_whatever_it_looks_like(client: Reader) -> None:
    letter = make_letter(slug="rues")
    signature: Signature = make_signature(
        letter, given_name="007", family_name="2026-01-02", role="https://example.org"
    )
    [header, row] = table(open_xlsx(take(client, letter, "xlsx")).rows)
    assert header == COLUMNS
    assert row[:4] == [signature.public_id, "007", "2026-01-02", "https://example.org"]
