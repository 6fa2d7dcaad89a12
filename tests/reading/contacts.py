"""What tests read as a sheet, cell by cell, and how they name whom they find."""

from hypothesis import strategies as st

from tribune.reading.columns import guess
from tribune.reading.contacts import Contact, Contacts
from tribune.reading.grid import Row, Sheet
from tribune.reading.sheet_people import contacts_in_sheet

CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "",
            "Nom",
            "Prénom",
            "Courriel",
            "Zoé",
            "Évrard",
            "DUPONT Jean",
            "z@example.org",
            "a@b.c ; d@e.f",
            "Total",
            "3",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)


def sheet(*rows: str) -> Sheet:
    """Rows from the first on, their cells between bars; an empty one is no row."""
    cells = {number: [cell.strip() for cell in row.split("|")] for number, row in enumerate(rows, 1) if row}
    width = max(map(len, cells.values()))
    return Sheet([Row(number, (*found, *[""] * (width - len(found)))) for number, found in cells.items()], [])


def read(*rows: str) -> Contacts:
    table = sheet(*rows)
    return contacts_in_sheet(table, guess(table.rows))


def one(*rows: str) -> Contact:
    [contact] = read(*rows).contacts
    return contact


def name(contact: Contact) -> str:
    return f"{contact.person.given_name}|{contact.person.family_name}"
