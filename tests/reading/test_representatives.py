"""An organisation that signs as such is read as one, with who speaks for it."""

import pytest

from tribune.reading.people import Person, read_people


def spoken_for(organisation: str, name: str, role: str = "") -> Person:
    given, family = name.split(" ", 1)
    return Person(given, family, role, organisation, None, 1, as_organisation=True)


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        (
            "Emmaüs Connect, par la voix de Marie Cohen, directrice",
            spoken_for("Emmaüs Connect", "Marie Cohen", "directrice"),
        ),
        ("• Le Port, par la voix d’Anne Petit", spoken_for("Le Port", "Anne Petit")),
        ("Le Port, représentée par Marie Cohen, présidente.", spoken_for("Le Port", "Marie Cohen", "présidente")),
        ("Le Port représenté par Marie Cohen", spoken_for("Le Port", "Marie Cohen")),
        ("Le Port, représenté·e par Marie Cohen", spoken_for("Le Port", "Marie Cohen")),
        ("Le Port, représenté(e) par Marie Cohen", spoken_for("Le Port", "Marie Cohen")),
        ("Le Port (représenté par Marie Cohen, maire)", spoken_for("Le Port", "Marie Cohen", "maire")),
        ("Pour le SNES-FSU : Marie Cohen, secrétaire", spoken_for("SNES-FSU", "Marie Cohen", "secrétaire")),
        ("Pour Attac: Marie Cohen", spoken_for("Attac", "Marie Cohen")),
        ("Pour le collectif Nous : Marie Cohen", spoken_for("collectif Nous", "Marie Cohen")),
        ("Pour La Cimade : Marie Cohen", spoken_for("La Cimade", "Marie Cohen")),
        ("Le Port – représenté par Marie Cohen (maire)", spoken_for("Le Port", "Marie Cohen", "maire")),
        (
            "Emmaüs Connect, represented by Marie Cohen, director",
            spoken_for("Emmaüs Connect", "Marie Cohen", "director"),
        ),
    ],
)
def test_who_speaks_for_an_organisation_is_read_in_the_forms_people_print(printed: str, read: Person) -> None:
    found = read_people(printed)
    assert found.people == [read] and found.doubts == []


@pytest.mark.parametrize(
    ("printed", "read", "doubt"),
    [
        (
            "Le Port, représenté par sa présidente, Marie Cohen",
            spoken_for("Le Port", "Marie Cohen", "présidente"),
            "role_first",
        ),
        (
            "Le Port, représenté par son maire Jean Roux",
            spoken_for("Le Port", "Jean Roux", "maire"),
            "role_first",
        ),
        (
            "Le Port, Nantes, représenté par Jean Roux",
            spoken_for("Le Port, Nantes", "Jean Roux"),
            "comma_in_organisation",
        ),
        (
            "Le Port, Zoé Évrard, présidente",
            Person("Zoé", "Évrard", "présidente", "Le Port", "Le Port, présidente", 1),
            "role_first",
        ),
    ],
)
def test_what_is_not_plain_is_doubted(printed: str, read: Person, doubt: str) -> None:
    found = read_people(printed)
    assert found.people == [read] and [each.reason for each in found.doubts] == [doubt]


@pytest.mark.parametrize(
    "printed",
    [
        "Le Port, par la voix d’Anne Petit, de Luc Bo et de Jean Roux, codirecteurs",
        "Le Port, represented by Anne Petit, Luc Bo and Jean Roux, codirecteurs",
    ],
)
def test_several_may_speak_for_one(printed: str) -> None:
    names = ("Anne Petit", "Luc Bo", "Jean Roux")
    assert read_people(printed).people == [spoken_for("Le Port", name, "codirecteurs") for name in names]


def test_an_organisation_too_long_to_keep_does_not_sign_without_its_name() -> None:
    [person] = read_people(f"{'Le Port ' * 30}, par la voix de Marie Cohen").people
    assert not person.as_organisation and person.organisation == ""


@pytest.mark.parametrize(
    "printed",
    [
        "Jean Roux, représentant du Port",
        "par la voix de Marie Cohen",
        "Pour nous rejoindre : le port, Nantes",
        "Pour toute question : Marie Cohen",
    ],
)
def test_representing_is_not_being_represented(printed: str) -> None:
    assert not any(person.as_organisation for person in read_people(printed).people)
