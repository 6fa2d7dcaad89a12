"""The signatures as a CSV: the columns of the contract, read by every spreadsheet."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from itertools import islice
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature
from tests.page import Reader
from tests.shell import shell
from tribune.database import now, write
from tribune.exports.spreadsheet import COLUMNS, ROWS_A_PART, cells, csv_parts
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.signatures.models import Signature

CONTRACT = [
    "id", "given_name", "family_name", "role", "organisation", "capacity", "section", "email", "status", "origin",
    "first_signatory", "published", "news", "letter_version", "locale", "signed_at", "confirmed_at", "printed_line",
]  # fmt: skip
MOMENT = datetime(2026, 11, 24, 13, 12, 0, 999_999, UTC)
COUPLE = "Ismaël Le Mouël et Léa Thomassin, fondateurs de HelloAsso\nBruno Humbert, Président de la Ruche"


def take(browser: Reader, letter: Letter, asked: str = "") -> TestResponse:
    return browser.get(f"/manage/letters/{letter.id}/signatures.csv{asked}")


def rows(file: TestResponse) -> list[dict[str, str]]:
    assert file.status_code == 200
    return list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))


def test_a_row_holds_the_columns_of_the_contract(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    signature = make_signature(
        letter, given_name="Zoé", family_name="d’Été", role="éditrice", organisation="Le Port", capacity="organisation",
        email="zoe@example.org", news=True, at=MOMENT,
    )  # fmt: skip
    file = take(browser, letter)
    assert file.data.decode("utf-8-sig").split("\r\n")[0].split(";") == CONTRACT
    assert rows(file) == [
        {
            "id": signature.public_id, "given_name": "Zoé", "family_name": "d’Été", "role": "éditrice",
            "organisation": "Le Port", "capacity": "organisation", "section": "", "email": "zoe@example.org",
            "status": "confirmed", "origin": "web", "first_signatory": "no", "published": "yes", "news": "yes",
            "letter_version": "1", "locale": "fr", "signed_at": "2026-11-24T13:12:00Z",
            "confirmed_at": "2026-11-24T13:12:00Z", "printed_line": "Zoé d’Été, éditrice (Le Port)",
        }
    ]  # fmt: skip


@ON_SQLITE
def test_it_is_utf_8_with_a_mark_and_lines_that_end_as_rfc_4180_says(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    make_signature(letter, family_name='Le "Grand"; dit', role="a, b")
    file = take(browser, letter)
    assert file.data.startswith(b"\xef\xbb\xbfid;") and file.data.count(b"\xef\xbb\xbf") == 1
    assert file.content_type == "text/csv; charset=utf-8"
    assert file.data.endswith(b"\r\n") and b"\n" not in file.data.replace(b"\r\n", b"")
    assert b'"Le ""Grand""; dit"' in file.data
    assert [row["family_name"] for row in rows(file)] == ['Le "Grand"; dit']


@ON_SQLITE
def test_its_name_says_which_letter_and_which_day(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, slug="rues")
    with time_machine.travel(now(), tick=False):  # else the day may end meanwhile
        file, day = take(browser, letter), f"{now().astimezone(letter.zone):%Y-%m-%d}"
    assert file.headers["Content-Disposition"] == f"attachment; filename=rues-signatures-{day}.csv"


@ON_SQLITE
@pytest.mark.parametrize(
    ("asked", "language", "delimiter"),
    [("", "fr", ";"), ("", "en", ","), ("?delimiter=comma", "fr", ","), ("?delimiter=semicolon", "en", ";")],
)
def test_the_delimiter_follows_the_language_unless_asked(
    browser: Reader, alice: Organiser, asked: str, language: str, delimiter: str
) -> None:
    path = f"/manage/letters/{make_letter(alice).id}/signatures.csv{asked}"
    file = browser.get(path, headers={"Accept-Language": language})
    assert file.data.decode("utf-8-sig").split("\r\n")[0].split(delimiter) == CONTRACT


@ON_SQLITE
@pytest.mark.parametrize(("asked", "code"), [("delimiter=tab", 400), ("status=dead", 400), ("addresses=some", 400)])
def test_what_cannot_be_had_is_said_in_a_sentence(browser: Reader, alice: Organiser, asked: str, code: int) -> None:
    answer = take(browser, make_letter(alice), f"?{asked}")
    assert (answer.status_code, answer.mimetype) == (code, "text/html")


def test_only_those_who_agreed_show_their_address(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, first=COUPLE)
    make_signature(letter, email="oui@example.org", news=True)
    make_signature(letter, email="non@example.org", news=False)
    for asked in ("", "?addresses=consented", "?status=all"):
        file = take(browser, letter, asked)
        assert [row["email"] for row in rows(file)] == ["", "", "", "oui@example.org", ""]
        assert b"non@example.org" not in file.data


STATUSES = {
    "": ["attested", "confirmed", "hidden"],
    "?status=confirmed": ["attested", "confirmed", "hidden"],
    "?status=confirmed-alone": ["confirmed"],
    "?status=pending": ["pending"],
    "?status=all": ["attested", "confirmed", "pending", "held", "hidden"],
}


def test_a_status_chooses_rows(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, first="Noé Petit")
    make_signature(letter)
    make_signature(letter, confirmed=False)
    make_signature(letter, confirmed=False, held_at=now())
    make_signature(letter, hidden_at=now())
    make_signature(make_letter(alice))  # under another letter
    for asked, statuses in STATUSES.items():
        assert [row["status"] for row in rows(take(browser, letter, asked))] == statuses, asked


def test_first_signatories_come_first_and_are_marked(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, first=COUPLE)
    make_signature(letter, family_name="Évrard")
    found = [(row["family_name"], row["first_signatory"], row["origin"]) for row in rows(take(browser, letter))]
    assert found == [
        ("Le Mouël", "yes", "attested"), ("Thomassin", "yes", "attested"), ("Humbert", "yes", "attested"),
        ("Évrard", "no", "web"),
    ]  # fmt: skip


def test_the_printed_line_is_the_line_of_the_page(browser: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, first=COUPLE, slug="rues")
    make_signature(letter, family_name="d'Été & fils", role="maire <i>", organisation='"Nantes"')
    page = browser.get("/letters/rues/signatories").text
    found = {row["id"]: row["printed_line"] for row in rows(take(browser, letter))}
    for public_id, printed in found.items():
        [item] = [item for item in re.findall(r"<li\b.*?</li>", page, re.DOTALL) if f'id="s-{public_id}"' in item]
        assert unescape(re.sub(r"<[^>]+>", "", item)).strip() == printed
    assert list(found.values()) == [
        "Ismaël Le Mouël et Léa Thomassin, fondateurs de HelloAsso",
        "Ismaël Le Mouël et Léa Thomassin, fondateurs de HelloAsso",
        "Bruno Humbert, Président de la Ruche",
        'Zoé d\'Été & fils, maire <i> ("Nantes")',
    ]
    with write():
        letter.public_list = "initials"
    assert rows(take(browser, letter))[-1]["printed_line"] == "Z. D."


def test_rows_are_read_only_as_the_file_is_taken(app: Flask) -> None:
    letter = make_letter()
    signature, asked = make_signature(letter), 0

    def endless() -> Iterator[Signature]:
        nonlocal asked
        while True:
            asked += 1
            yield signature

    parts = csv_parts(COLUMNS, endless(), lambda s: cells(s, "Zoé"), "comma")
    for number, part in enumerate(islice(parts, 3), 1):
        assert asked == number * ROWS_A_PART
        assert part.count(b"\r\n") == ROWS_A_PART + (number == 1)


def test_the_command_writes_the_bytes_of_the_page(
    app: Flask, browser: Reader, alice: Organiser, tmp_path: Path
) -> None:
    letter = make_letter(alice, first=COUPLE, slug="rues")
    make_signature(letter, news=True)
    make_signature(letter, confirmed=False)
    run, export = app.test_cli_runner().invoke, ["signatures", "export", "rues"]
    assert run(args=export).stdout_bytes == take(browser, letter).data
    chosen = [*export, "--status", "all", "--delimiter", "comma", "--output", str(tmp_path / "file.csv")]
    assert run(args=chosen).exit_code == 0
    assert (tmp_path / "file.csv").read_bytes() == take(browser, letter, "?status=all&delimiter=comma").data


@ON_SQLITE
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_command_says_that_the_disk_is_full(app: Flask, kind: str) -> None:
    make_signature(make_letter(slug="rues"))
    code, output = shell(app, "signatures", "export", "rues", "--format", kind, "--output", "/dev/full")
    assert code == 1 and "Error: /dev/full cannot be written: No space left on device." in output


@ON_SQLITE
def test_the_command_says_which_letters_there_are(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["signatures", "export", "nothing"])
    assert (done.exit_code, done.stdout) == (1, "") and "flask letters list" in done.stderr
