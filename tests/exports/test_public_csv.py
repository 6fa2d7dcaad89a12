"""The public list as a file: what the page shows, if the letter allows it."""

import csv
import io

import pytest
from werkzeug.test import TestResponse

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature
from tests.page import Reader
from tribune.database import now


def rows(file: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))


def test_it_holds_public_lines_alone_and_no_address(client: Reader) -> None:
    letter = make_letter(slug="rues", first="Léa Martin, maire (Nantes)")
    make_signature(letter, family_name="Visible", role="éditrice", email="secret@example.org", news=True)
    make_signature(letter, family_name="Discrète", published=False)
    make_signature(letter, family_name="Attente", confirmed=False)
    make_signature(letter, family_name="Retenue", confirmed=False, held_at=now())
    make_signature(letter, family_name="Cachée", hidden_at=now())
    file = client.get("/letters/rues/signatories.csv")
    assert [row["printed_line"] for row in rows(file)] == ["Léa Martin, maire (Nantes)", "Zoé Visible, éditrice"]
    assert set(rows(file)[0]) == {
        "id", "given_name", "family_name", "role", "organisation", "section", "first_signatory", "printed_line",
    }  # fmt: skip
    assert b"@" not in file.data


@ON_SQLITE
def test_formulas_do_not_run_in_it_either(client: Reader) -> None:
    columns = ("given_name", "family_name", "role", "organisation", "section")
    make_signature(make_letter(slug="rues"), **dict.fromkeys(columns, "=1+1"))
    [row] = rows(client.get("/letters/rues/signatories.csv"))
    assert [row[name] for name in columns] == ["'=1+1"] * 5 and row["printed_line"].startswith("'=1+1 ")


@ON_SQLITE
def test_caches_may_keep_it(client: Reader) -> None:
    make_letter(slug="rues")
    file = client.get("/letters/rues/signatories.csv")
    assert "public" in file.headers["Cache-Control"] and file.headers["Vary"] == "Accept-Language"


@ON_SQLITE
@pytest.mark.parametrize("given", [{"public_file": False}, {"published": False}])
def test_a_letter_that_does_not_publish_it_has_none(client: Reader, given: dict[str, bool]) -> None:
    make_letter(slug="rues", **given)
    assert client.get("/letters/rues/signatories.csv").status_code == 404


@ON_SQLITE
def test_a_letter_nobody_wrote_has_none(client: Reader) -> None:
    assert client.get("/letters/nothing/signatories.csv").status_code == 404
