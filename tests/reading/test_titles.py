"""Titles of courtesy are no part of a name: they are left out, which is said, and nobody is sorted under them."""

import pytest

from tribune.reading.list_people import contacts_in_list
from tribune.reading.people import read_people


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Mme Claire Dubois, sociologue", ["Claire|Dubois"]),
        ("M. Karim Benz", ["Karim|Benz"]),
        ("Madame Claire Dubois", ["Claire|Dubois"]),
        ("MM. Paul Durand et Jean Petit, députés", ["Paul|Durand", "Jean|Petit"]),
        ("Mmes Ève Roy et Zoé Lam, sénatrices", ["Ève|Roy", "Zoé|Lam"]),
        ("MM. Paul Durand, Jean Petit et Karim Benz, députés", ["Paul|Durand", "Jean|Petit", "Karim|Benz"]),
        ("Mmes Ève Roy et Zoé Lam (Lyon) ; M. Jean Petit, maire", ["Ève|Roy", "Zoé|Lam", "Jean|Petit"]),
        ("M. DUPONT Jean", ["Jean|DUPONT"]),
        ("Mme Anne-Marie de LA TOUR", ["Anne-Marie|de LA TOUR"]),
        ("Mme Dr Claire Dubois", ["Dr Claire|Dubois"]),
        ("M. le Pr Jean Petit", ["Pr Jean|Petit"]),
        ("M. le Père Jean Petit et Luc Da", ["Père Jean|Petit", "Luc|Da"]),
        ("Mme Le Goff", ["|Le Goff"]),
        ("Mme Dubois, maire", ["|Dubois"]),
        ("Le Port, représenté par Mme Claire Dubois, maire", ["Claire|Dubois"]),
        ("M. DUPONT", ["|DUPONT"]),
        ("MR DUPONT", ["|DUPONT"]),
        ("DUPONT Mme Anne", ["Anne|DUPONT"]),
        ("DUPONT Mme", ["|DUPONT"]),
    ],
)
def test_a_title_is_left_out_and_said(line: str, names: list[str]) -> None:
    read = read_people(line)
    assert [f"{person.given_name}|{person.family_name}" for person in read.people] == names
    assert "title_left_out" in [doubt.reason for doubt in read.doubts]
    contacts = contacts_in_list(line).contacts
    assert [one.person.family_name.lower() for one in contacts] == [name.partition("|")[2].lower() for name in names]


def test_of_a_surname_alone_it_is_said_that_the_given_name_is_wanting() -> None:
    assert [doubt.reason for doubt in read_people("Mme Dubois, maire").doubts] == ["title_left_out", "one_word_name"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Dr Jane Goodall", "Dr Jane|Goodall"),
        ("Pr Jean Petit", "Pr Jean|Petit"),
        ("DUPONT Dr Jean", "Dr Jean|DUPONT"),
        ("Me Ève Roy", "Me Ève|Roy"),
        ("Père Jean Petit", "Père Jean|Petit"),
        ("Général Jean Petit", "Général Jean|Petit"),
        ("Le docteur Jean Petit", "Le docteur Jean|Petit"),
        ("Le Père Jean Petit", "Le Père Jean|Petit"),
        ("M. et Mme Durand", "M. et Mme|Durand"),
        ("Un collectif, par la voix de M. C.", "M.|C."),
        ("M. K. Gandhi", "M. K.|Gandhi"),
        ("Madame", "|Madame"),
    ],
)
def test_what_people_are_called_by_stays(line: str, name: str) -> None:
    read = read_people(line)
    assert [f"{person.given_name}|{person.family_name}" for person in read.people] == [name]
    assert "title_left_out" not in [doubt.reason for doubt in read.doubts]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("DUPONT M.", ["M.|DUPONT"]),
        ("MARTIN M., professeur", ["M.|MARTIN"]),
        ("DUPONT M. et MARTIN J.", ["M.|DUPONT", "J.|MARTIN"]),
        ("PASTEUR Jean", ["Jean|PASTEUR"]),
        ("FRÈRE Zoé, maire", ["Zoé|FRÈRE"]),
        ("ZOÉ MAÎTRE", ["ZOÉ|MAÎTRE"]),
        ("Nom\tPrénom\nAzad\tM.", ["M.|Azad"]),
        ("Nom\tPrénom\nAzad\tM. A. K.", ["M. A. K.|Azad"]),
        ("Prénom\tNom\nM.\tAzad", ["M.|Azad"]),
        ("DUPONT\tM.\tmaire\nROY\tÈve\tautrice", ["M.|DUPONT", "Ève|ROY"]),
        ("M. A. K. Azad", ["M. A. K.|Azad"]),
        ("M. S. K. Prasad", ["M. S. K.|Prasad"]),
        ("MR James", ["MR|James"]),
        ("MS Dhoni, captain", ["MS|Dhoni"]),
        ("Last name\tFirst name\nDhoni\tMS", ["MS|Dhoni"]),
    ],
)
def test_initials_and_family_names_are_no_title(line: str, names: list[str]) -> None:
    read = read_people(line)
    assert [f"{person.given_name}|{person.family_name}" for person in read.people] == names
    assert "title_left_out" not in [doubt.reason for doubt in read.doubts]


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("Prénom\tNom\nM. Jean\tBa", ["Jean|Ba"]),
        ("Prénom\tNom\nMme\tRoy", ["|Roy"]),
        ("M.\tDupont\tmaire\nMme\tRoy\tautrice", ["|Dupont", "|Roy"]),
    ],
)
def test_a_title_in_a_column_is_left_out_and_said(table: str, names: list[str]) -> None:
    read = read_people(table)
    assert [f"{person.given_name}|{person.family_name}" for person in read.people] == names
    assert "title_left_out" in [doubt.reason for doubt in read.doubts]
