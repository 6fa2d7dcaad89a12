"""How a name reads in print."""

import itertools

import pytest

from tribune.signatures.lines import Line, affiliation, line, lines
from tribune.signatures.models import Signature

number = itertools.count(1)


def person(given_name: str, family_name: str, **more: object) -> Signature:
    values = {"role": "", "organisation": "", "affiliation": None, "position": None, **more}
    return Signature(id=next(number), given_name=given_name, family_name=family_name, **values)


@pytest.mark.parametrize(
    ("role", "organisation", "printed"),
    [
        ("", "", "Zoé d’Été"),
        ("éditrice", "", "Zoé d’Été, éditrice"),
        ("", "Le Port", "Zoé d’Été (Le Port)"),
        ("éditrice", "Le Port", "Zoé d’Été, éditrice (Le Port)"),
    ],
)
def test_a_line_is_name_role_and_organisation(role: str, organisation: str, printed: str) -> None:
    made = line(person("Zoé", "d’Été", role=role, organisation=organisation))
    assert made.text == printed
    assert made.names == "Zoé d’Été" and made.rest == affiliation(role, organisation)


def test_a_line_that_was_printed_stays_as_it_was_printed() -> None:
    known = {"role": "Président", "organisation": "la Ruche"}
    assert line(person("Bruno", "Humbert", affiliation="Président de la Ruche", **known)).text == (
        "Bruno Humbert, Président de la Ruche"
    )
    assert line(person("Bruno", "Humbert", affiliation="", **known)).text == "Bruno Humbert"


def test_a_person_with_one_name_has_no_space_around_it() -> None:
    assert line(person("", "Madonna")).text == line(person("Madonna", "")).text == "Madonna"


@pytest.mark.parametrize(
    ("locale", "joined"),
    [("fr", "A B, C D et E F, élus"), ("en", "A B, C D and E F, élus"), ("de", "A B, C D and E F, élus")],
)
def test_people_on_one_line_are_joined_as_their_language_does(locale: str, joined: str) -> None:
    people = [person(*name.split(), role="élus") for name in ("A B", "C D", "E F")]
    assert line(*people, locale=locale).text == joined


def texts(made: list[Line]) -> list[str]:
    return [one.text for one in made]


def test_neighbours_in_one_position_share_a_line_if_they_share_what_follows() -> None:
    together = [person("A", "B", position=1, role="élus"), person("C", "D", position=1, role="élus")]
    apart = [person("E", "F", position=2, role="maire"), person("G", "H", position=2, role="élue")]
    assert texts(lines([*together, *apart], "fr")) == ["A B et C D, élus", "E F, maire", "G H, élue"]


def test_people_who_signed_from_the_page_never_share_a_line() -> None:
    assert texts(lines([person("A", "B", role="élus"), person("C", "D", role="élus")], "fr")) == [
        "A B, élus",
        "C D, élus",
    ]


@pytest.mark.parametrize(("family_name", "initial"), [("Évrard", "E"), ("Œuvrard", "O"), ("d’Été", "D"), ("???", "")])
def test_a_line_stands_under_a_letter_of_the_alphabet(family_name: str, initial: str) -> None:
    assert line(person("A", family_name)).initial == initial
