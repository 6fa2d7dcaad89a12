"""The public list as a file: what the page shows, if the letter allows it."""

import csv
import io

from werkzeug.test import TestResponse

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
