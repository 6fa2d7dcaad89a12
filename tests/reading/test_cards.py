"""A list of cards: what is about somebody stands on several lines, and the address on one of them."""

import pytest

from tests.reading.contacts import name
from tribune.invitations.adding import read
from tribune.reading.contacts import Contact


def contacts(pasted: str) -> list[Contact]:
    return read(pasted, b"").contacts.contacts


def whose(pasted: str) -> list[tuple[str, str]]:
    return [(name(one), one.email) for one in contacts(pasted)]


ZOE, ANA, LUC = ("Zoé|Évrard", "zoe@example.org"), ("Ana|Ba", "a.ba@example.org"), ("Luc|Da", "contact@example.org")


@pytest.mark.parametrize("blank", ["\n", "\n\n"])
@pytest.mark.parametrize("label", ["", "Courriel : ", "→ ", "Tél. : 06 12 34 56 78 – "])
def test_an_address_alone_on_its_line_is_of_the_person_on_its_side(blank: str, label: str) -> None:
    below = blank.join(
        (
            f"Zoé Évrard\nMaire\n{label}zoe@example.org",
            f"Ana Ba, poète\n{label}a.ba@example.org",
            f"Luc Da\n{label}contact@example.org",
        )
    )
    assert whose(below) == [ZOE, ANA, LUC]
    above = blank.join(
        (
            f"{label}zoe@example.org\nZoé Évrard\nMaire",
            f"{label}a.ba@example.org\nAna Ba",
            f"{label}contact@example.org\nLuc Da, élu",
        )
    )
    assert whose(above) == [ZOE, ANA, LUC]
    assert [one.person.role for one in contacts(below)] == ["Maire", "poète", ""]
    assert [one.person.role for one in contacts(above)] == ["Maire", "", "élu"]


def test_of_two_people_around_an_address_it_is_of_the_one_it_names_or_of_nobody() -> None:
    for pasted in (
        "Premiers Signataires\nzoe@example.org\nZoé Évrard\na.ba@example.org\nAna Ba\ncontact@example.org\nLuc Da",
        "Zoé Évrard\nzoe@example.org\nAna Ba\na.ba@example.org\ncontact@example.org\nLuc Da",
        "Mia Roy\nLuc Da\ncontact@example.org\nZoé Évrard\nzoe@example.org\nAna Ba\na.ba@example.org",
        "Luc Da\ncontact@example.org\nMia Roy\na.ba@example.org\nAna Ba\nzoe@example.org\nZoé Évrard\nx@example.org",
    ):
        found = whose(pasted)
        assert {ZOE, ANA, ("|", "contact@example.org"), ("Luc|Da", "")} <= {*found}, pasted
    assert whose("Zoé Roy\nzoe@example.org\nZoé Évrard") == [
        ("Zoé|Roy", ""),
        ("|", "zoe@example.org"),
        ("Zoé|Évrard", ""),
    ]


def test_an_address_is_nobody_s_that_names_an_organisation_or_somebody_on_the_side_of_few() -> None:
    for other, address in (("Attac", "attac"), ("Mia Van den Roy, élue", "presidence"), ("Ida Mo", "solidarite")):
        found = whose(f"Ana Ba\na.ba@example.org\nLuc Da\n{other}\nCourriel : {address}@example.org")
        assert found[0] == ANA and found[-1] == ("|", f"{address}@example.org"), other
    cards = "• Ana Ba\n  Koeo Terre\ncontact@example.org\n• Luc Da\nAttac\ninfo@example.org"
    assert [one for one in whose(cards) if one[1]] == [("|", "contact@example.org"), ("|", "info@example.org")]
    assert whose("1. Ana Ba, juge\nzoe@example.org\n2. Zoé Évrard, élue")[0] == ("Ana|Ba", "zoe@example.org")
    mixed = "Zoé Évrard\nmia@example.org\nMia Roy\nAna Ba\na.ba@example.org\nLuc Da\nluc@example.org"
    assert whose(mixed)[1:] == [("|", "mia@example.org"), ("Mia|Roy", ""), ANA, ("Luc|Da", "luc@example.org")]


def test_an_address_alone_is_nobody_s_who_shares_a_line_or_has_one() -> None:
    for line in ("Zoé Évrard et Luc Da, élus", "Zoé Évrard, maire, z@example.org", "Zoé Évrard :"):
        assert whose(f"{line}\nzoe@example.org")[-1] == ("|", "zoe@example.org"), line


def test_the_last_words_of_a_card_are_the_organisation_though_they_read_as_a_name() -> None:
    signatures = (
        "Zoé Évrard\nMaire\nPlace Publique\n06 12 34 56 78\nzoe@example.org\n\n"
        "Ana Ba\nDirectrice\nLe Port\na.ba@example.org"
    )
    assert [(name(one), one.person.organisation, one.email) for one in contacts(signatures)] == [
        ("Zoé|Évrard", "Place Publique", "zoe@example.org"),
        ("Ana|Ba", "Le Port", "a.ba@example.org"),
    ]
    assert whose("Luc Da\nMia Roy\nluc@example.org") == [("Luc|Da", "luc@example.org"), ("Mia|Roy", "")]
