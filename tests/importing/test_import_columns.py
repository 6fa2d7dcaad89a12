"""The page of an import: how rows and columns of a file are read, and taken otherwise."""

from datetime import datetime
from typing import Any

import html5lib
import pytest
from werkzeug.test import TestResponse

from tests.databases import ON_SQLITE
from tests.factories import make_letter, owner_of
from tests.importing import files
from tests.importing.desk import KNOWN, give, numbers, press, signatures
from tests.page import Reader
from tests.pasting.form import filled_in
from tests.reading.books import xlsx
from tribune.letters.models import Letter

pytestmark = ON_SQLITE


@pytest.fixture
def letter(client: Reader) -> Letter:
    letter = make_letter(slug="rues")
    client.log_in(owner_of(letter))
    return letter


def test_a_workbook_keeps_the_time_of_a_day_as_a_csv_does(client: Reader, letter: Letter) -> None:
    moments = [datetime(2023, 11, 24, 9, 12, 5), datetime(2023, 11, 24, 17, 12, 5), datetime(2023, 11, 25)]
    rows = [("Horodateur", "Nom"), *((moment, "Jean Martin") for moment in moments)]

    def more(book: Any, sheet: Any) -> None:
        shown = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        for row, (moment, name) in enumerate(rows):
            sheet.write(row, 0, moment, shown)
            sheet.write(row, 1, name)

    text = "\n".join(f"{moment},{name}" for moment, name in rows)
    for content in (text, xlsx((), more)):
        page = give(client, letter, content)
        assert numbers(page) == ["3", "2", "0", "0"]
    press(client, letter, page, "import", how="attest", reason=KNOWN)
    assert [one.signed_at.astimezone(letter.zone).replace(tzinfo=None) for one in signatures()] == moments


@pytest.mark.parametrize("content", ["2147483648", f"{files.GOOGLE}24/11/2023 10:00:00,,,,,\n"])
def test_a_row_without_anything_of_a_person_is_nobodys(client: Reader, letter: Letter, content: str) -> None:
    page = give(client, letter, content)
    assert page.status_code in {200, 422} and signatures() == []


def test_a_cell_of_several_lines_travels_with_its_row(client: Reader, letter: Letter) -> None:
    page = give(client, letter, files.GOOGLE + 'hier,Toto,"Le\nGoff",toto@example.org,"Ville\r\nde Lille",\n')
    again = press(client, letter, page, "look")
    assert again.status_code == 200 and numbers(again) == numbers(page) == ["4", "1", "0", "0"]
    assert press(client, letter, again, "import").status_code == 303


def test_what_is_said_of_a_cell_of_several_lines_travels_too(client: Reader, letter: Letter) -> None:
    comment = "Bonjour,\nje signe. " + "Parce que. " * 220
    page = give(client, letter, f'Nom,Courriel,Commentaire\nZoé Évrard,zoe@example.org,"{comment}"\n')
    assert "A cell was very long" in page.text
    assert press(client, letter, page, "import").status_code == 303 and len(signatures()) == 1


def test_columns_are_taken_otherwise(client: Reader, letter: Letter) -> None:
    page = give(client, letter, "Prénom;Nom;Ville;Courriel\nZoé;Évrard;Lille;zoe@example.org\n")
    changed = press(client, letter, page, "look", column=["family", "given", "organisation", "email"])
    press(client, letter, changed, "import")
    [signature] = signatures()
    assert (signature.given_name, signature.family_name, signature.organisation) == ("Évrard", "Zoé", "Lille")


def test_a_question_that_is_not_known_is_for_the_organiser_to_choose(client: Reader, letter: Letter) -> None:
    asked = "Signer anonymement ?,Mon nom peut paraître dans Le Monde et être affiché"
    page = give(client, letter, f"Prénom,Nom,Courriel,{asked}\nZoé,Évrard,zoe@example.org,Non,Oui\n")
    assert (
        "D <q>Signer anonymement ?</q>, E <q>Mon nom peut paraître" in page.text and "they were left out" in page.text
    )
    columns = ["given", "family", "email", "left out", "published"]
    chosen = press(client, letter, page, "look", column=columns)
    assert "<q>Mon nom" not in chosen.text and "it was left out" in chosen.text
    press(client, letter, chosen, "import")
    assert [one.published for one in signatures()] == [True]


def test_a_question_above_its_box_is_named_where_it_is_not_known(client: Reader, letter: Letter) -> None:
    page = give(
        client, letter, "Rues,,,\n,,,Signer anonymement ?\nPrénom,Nom,Courriel,Oui\nZoé,Évrard,z@example.org,X\n"
    )
    assert "D <q>Signer anonymement ?</q>" in page.text and chosen(page)[-1] == "left out"


def test_it_is_said_where_a_row_that_is_doubted_is_left_out(client: Reader, letter: Letter) -> None:
    rows = [("Nom", "Courriel"), ("Zoé Évrard", "zoe@example.org")]
    page = give(client, letter, xlsx(rows, lambda _book, sheet: sheet.set_row(1, None, None, {"hidden": True})))
    assert numbers(page) == ["1", "1", "0", "0"] and "This row is hidden" in page.text
    assert "leave it out, in the file itself" in page.text
    assert "in the file itself" not in give(client, letter, files.GOOGLE).text  # nothing is doubted


def test_two_columns_chosen_for_one_consent_agree_together(client: Reader, letter: Letter) -> None:
    page = give(
        client, letter, "Prénom,Nom,Courriel,A,B\nZoé,Évrard,z@example.org,Non,Oui\nAna,Ba,a@example.org,Oui,Oui\n"
    )
    chosen = press(client, letter, page, "look", column=["given", "family", "email", "published", "published"])
    press(client, letter, chosen, "import")
    assert [one.published for one in signatures()] == [False, True]


def chosen(page: TestResponse) -> list[str]:
    """What the columns are taken for."""
    return filled_in(page.text).getlist("column")


def test_the_columns_are_guessed_again_from_the_row_of_headings_that_is_given(client: Reader, letter: Letter) -> None:
    title = "Nos signataires,de Lille,zoe@lille.example,à Paris,2023,,,,,,\n"
    page = give(client, letter, title + files.FORM.replace("Votre nom de famille", "Votre patronyme"))
    assert filled_in(page.text)["headings"] == "0" and "date" not in chosen(page)
    by_hand = chosen(page)
    by_hand[2] = "family"
    page = press(client, letter, page, "look", headings="2", column=by_hand)
    assert chosen(page) == ["date", "given", "family", "email", *["left out"] * 5, "published", "news"]
    assert filled_in(page.text)["dates"] == "month"
    page = press(client, letter, page, "look", column=["date", "given", "family", "email", *["left out"] * 7])
    assert chosen(page)[-2:] == ["left out"] * 2  # what was chosen since stays
    press(client, letter, page, "import", reason=KNOWN)
    assert [(one.given_name, one.family_name, one.published) for one in signatures()] == [
        ("Zoé", "Évrard", False),
        ("Ana", "Ba", False),
    ]


def test_to_import_from_another_row_of_headings_shows_first_what_that_gives(client: Reader, letter: Letter) -> None:
    page = give(client, letter, "Liste,de,Lille\nNom,Prénom,Courriel\nÉvrard,Zoé,zoe@example.org\n")
    other = press(client, letter, page, "import", headings="0")
    assert other.status_code == 409 and filled_in(other.text)["headings"] == "0" and signatures() == []
    back = press(client, letter, other, "look", headings="2")
    assert chosen(back) == ["family", "given", "email"]


def test_each_column_has_a_heading_and_so_has_the_number_of_the_row(client: Reader, letter: Letter) -> None:
    page = html5lib.parse(give(client, letter, files.GOOGLE + "hier,Toto,maire,toto@example.org,Lille,\n").text)
    [head] = page.iter("{http://www.w3.org/1999/xhtml}thead")
    [row] = head
    headings = [" ".join("".join(cell.itertext()).split()) for cell in row]
    assert headings[0] == "Row" and all(headings) and {cell.get("scope") for cell in row} == {"col"}
