"""Which spellings are proposed as probably one organisation, and which are not."""

import pytest

from tests.organisations.conftest import THREE
from tribune.letters.models import Letter
from tribune.names import plain
from tribune.organisations.likeness import alike
from tribune.organisations.queries import Spelling, spellings


def proposed(*names: str) -> list[list[str]]:
    return [[each.name for each in group] for group in alike(Spelling(plain(name), name, 1) for name in names)]


def test_what_is_written_alike_is_proposed_the_most_frequent_first(letter: Letter) -> None:
    [group] = alike(spellings(letter))
    assert [(each.name, each.names) for each in group] == [(THREE[0], 2), (THREE[1], 1), (THREE[2], 1)]


@pytest.mark.parametrize(
    "names",
    [
        [*THREE, "Centre national de recherche scientifique"],
        ["Ligue des droits de l’homme", "Ligue droits de l’Homme"],
        ["L.D.H.", "LDH", "Ligue des droits humains"],
        ["Le Port", "LePort"],
    ],
)
def test_names_with_their_acronym_and_what_differs_in_spaces_or_small_words_are_proposed(names: list[str]) -> None:
    assert proposed(*names, "Inserm") == [names]


@pytest.mark.parametrize(
    "names",
    [
        ["Port", "Portes"],
        ["La Poste", "Le Port"],
        ["A", "B C"],
        ["Secours populaire français", "Santé publique France"],
        ["Association des maires de France", "Autorité des marchés financiers", "CNRS"],
        ["C. D. N. R. S.", "CNRS"],  # no letter of a name spelled out is a small word
    ],
)
def test_what_is_not_is_not(names: list[str]) -> None:
    assert proposed(*names) == []
