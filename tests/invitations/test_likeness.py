"""Whether a typed name is that of the person invited: a doctor's secretary would say so."""

import pytest

from tribune.invitations.likeness import same_person


@pytest.mark.parametrize(
    ("proposed", "typed"),
    [
        (("Léa", "Martin"), ("Lea", "MARTIN")),
        (("Léa", "Martin"), ("Martin", "Léa")),
        (("L.", "Martin"), ("Léa", "Martin")),
        (("Léa Rose", "Martin"), ("Léa", "Martin")),
        (("Jean-Pierre", "Dardenne"), ("Jean Pierre", "Dardenne")),
        (("Jean-Pierre", "Dardenne"), ("J-P", "Dardenne")),
        (("Marie", "Dupont"), ("Marie", "Dupont-Martin")),
        (("Zoé", "Évrard"), ("Zoé", "Evard")),
        (("Catherine", "Poggi"), ("Catehrine", "Poggi")),
        (("Þóra", "Œuvrard"), ("Thora", "Oeuvrard")),
        (("", "Casey"), ("", "casey")),
        (("明", "王"), ("王", "明")),
    ],
)
def test_it_is_the_same_person(proposed: tuple[str, str], typed: tuple[str, str]) -> None:
    assert same_person(proposed, typed) and same_person(typed, proposed)


@pytest.mark.parametrize(
    ("proposed", "typed"),
    [
        (("Léa", "Martin"), ("Paul", "Martin")),
        (("Léa", "Martin"), ("Léa", "Bernard")),
        (("Léa", "Martin"), ("Léo", "Martin")),
        (("Luc", "Dardenne"), ("Jean-Pierre", "Dardenne")),
        (("L.", "Martin"), ("L.", "M.")),
        (("Marie", "Curie"), ("Pierre", "Curie")),
        (("Léa", "Martin"), ("", "Martin")),
        (("Léa", "Martin"), ("Léa", "")),
        (("Anna", "Li"), ("Anna", "Lo")),
    ],
)
def test_it_is_somebody_else(proposed: tuple[str, str], typed: tuple[str, str]) -> None:
    assert not same_person(proposed, typed) and not same_person(typed, proposed)
