"""A list copied from cards or columns: each name stands on a line of its own, and the role on the next."""

import pytest

from tests.reading.pages import SENTENCE
from tribune.invitations.adding import read
from tribune.reading.lone_addresses import with_cards_joined
from tribune.reading.page import read_page
from tribune.reading.people import read_people
from tribune.reading.roles_below import with_roles_below

CARDS = """\
Zoé Évrard
Cofondatrice et directrice générale, Le Port

Dr Luc Da Costa
Chercheur au CNRS

Ana Ben Ali

Yann ROY,
ancien maire de Lens"""


def test_a_role_on_the_line_below_belongs_to_the_name() -> None:
    page = read_page(f"{SENTENCE}\n\nSignataires :\n\n{CARDS}")
    people = read_people(page.signatories).people
    assert [(one.family_name, one.role, one.organisation) for one in people] == [
        ("Évrard", "Cofondatrice et directrice générale", "Le Port"),
        ("Da Costa", "Chercheur", "CNRS"),
        ("Ben Ali", "", ""),
        ("ROY", "ancien maire", "Lens"),
    ]
    assert [one.row for one in read(CARDS, b"").contacts.contacts] == [1, 4, 7, 9]


def test_the_third_line_of_a_card_is_the_organisation() -> None:
    cards = "Zoé Évrard\nMaire,\nVille de Lens\n\nAna Ba\nDirectrice\nLe Port\n\nLuc Da\nPoète"
    assert with_roles_below(cards.split("\n")) == [
        *("Zoé Évrard, Maire, Ville de Lens", "", "", ""),
        *("Ana Ba, Directrice, Le Port", "", "", ""),
        *("Luc Da, Poète", ""),
    ]


def test_what_stands_below_a_role_elsewhere_stays_apart() -> None:
    others = ("Jo Roy, poète", "Jo Roy (Attac)", "Jo Roy et Luc Da", "Collectifs :\n\nAttac")
    words = ("« On ne peut plus se taire »", "Je signe pour mes enfants.", "3/5/2024", "https://port.example")
    for below in ("Jo Roy", "Collectif des Quais\nAttac", *others, *words):
        listed = f"Zoé Évrard\nMaire\n{below}".split("\n")
        assert with_roles_below(listed)[:2] == ["Zoé Évrard, Maire", ""]
        assert with_roles_below(listed)[2:] == listed[2:]


@pytest.mark.parametrize(
    "listed",
    [
        "Zoé Évrard\nLuc Da\nAna Ba\nMaire de Lens",  # more names without than with
        "Zoé Évrard\nProfesseur Petit\nLuc Da\nPasteur Roy",
        "Zoé Évrard\nJulien Martin\nLuc Da\nAdrienne Petit",  # which end as "musicien" and "citoyenne" do
        "Zoé Évrard\nde La Tour, Anne\nLuc Da\nvan Dam, Jo",
        "Zoé Évrard, maire\nDirectrice du Port",
        "Zaz\nChanteuse",
        "\tZoé\tÉvrard\n1\tAna\tBa",
        "Qualité\tNom\nmaire\tLuc Da\npoète\tAna Ba",
        "Zoé\tÉvrard\nmaire",
        "Zoé Évrard\nmaire\tLuc Da",
        "Zoé Évrard\nPoète :\nLuc Da",
    ],
)
def test_a_line_that_may_be_somebody_else_stays_one(listed: str) -> None:
    assert with_roles_below(listed.split("\n")) == listed.split("\n")


def test_what_is_longer_than_any_list_that_is_reviewed_is_not_read_here() -> None:
    assert with_cards_joined(["Zoé Évrard", "Maire"] * 2_501) == ["Zoé Évrard", "Maire"] * 2_501
