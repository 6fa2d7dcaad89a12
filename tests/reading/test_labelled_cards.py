"""Cards on which every line says what it holds, as a form mails them, are read as a table."""

import pytest

from tests.reading.contacts import name
from tribune.invitations.adding import read


def whose(pasted: str) -> list[tuple[str, str]]:
    return [(name(one), one.email) for one in read(pasted, b"").contacts.contacts]


@pytest.mark.parametrize("blank", ["\n", "\n\n"])
def test_cards_with_a_label_on_each_line_are_a_table(blank: str) -> None:
    pasted = blank.join(
        (
            "Nom : Évrard\nPrénom : Zoé\nFonction : maire\nCourriel : zoe@example.org\nVille : Lens",
            "**Nom** : Ba\n**Prénom** : Ana\n**Courriel** : ana@example.org",
            "- Nom: Da\n- Prénom: Luc\n- Fonction: élu",
        )
    )
    given = read(pasted, b"")
    found = [(name(one), one.person.role, one.email) for one in given.contacts.contacts]
    assert found == [
        ("Zoé|Évrard", "maire", "zoe@example.org"),
        ("Ana|Ba", "", "ana@example.org"),
        ("Luc|Da", "élu", ""),
    ]
    assert given.columns is not None and given.columns.headings == 1
    assert [one.row for one in given.contacts.contacts] == [
        number
        for number, line in enumerate(pasted.split("\n"), 1)
        if line.startswith(("Ville", "**Courriel", "- Fonction"))
    ]


def test_a_card_ends_where_a_label_comes_again_or_at_a_blank_line() -> None:
    pasted = (
        "Nom : Zoé Évrard\nFonction : maire\n\nFonction : élu\nCourriel : ana@example.org\nCourriel : x@example.org"
    )
    assert whose(pasted) == [("Zoé|Évrard", ""), ("|", "ana@example.org"), ("|", "x@example.org")]
    together = "Nom : Zoé Évrard\nCourriel : zoe@example.org\nCourriel : x@example.org\nNom : Ana Ba"
    assert whose(together) == [("Zoé|Évrard", "zoe@example.org"), ("|", "x@example.org"), ("Ana|Ba", "")]
    apart = "Nom : Zoé Évrard\n\nCourriel : zoe@example.org\n\nNom : Ana Ba\n\nCourriel : ana@example.org"
    assert whose(apart) == [("Zoé|Évrard", "zoe@example.org"), ("Ana|Ba", "ana@example.org")]


@pytest.mark.parametrize(
    "pasted",
    [
        "Zoé Évrard : maire\nAna Ba : poète",
        "Nom : Zoé Évrard\nCourriel : zoe@example.org\nAna Ba",
        "Présidente : Zoé Évrard\nTrésorier : Luc Da",
    ],
)
def test_lines_with_a_colon_that_are_no_cards_are_a_list(pasted: str) -> None:
    assert read(pasted, b"").sheet is None
