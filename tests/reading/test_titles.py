"""Titles of courtesy are no part of a name: they are left out, which is said, and nobody is sorted under them."""

import pytest

from tribune.reading.contacts import contacts_in_list
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
        ("Mme Le Goff", ["|Le Goff"]),
        ("Mme Dubois, maire", ["|Dubois"]),
        ("Le Port, représenté par Mme Claire Dubois, maire", ["Claire|Dubois"]),
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
