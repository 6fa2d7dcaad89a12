"""Whatever somebody pastes is read, doubted or left out: nothing that lists are made of ends in an error."""

from itertools import product
from random import Random

import pytest

from tribune.reading.affiliations import read_affiliation
from tribune.reading.list_people import contacts_in_list
from tribune.reading.page import read_page
from tribune.reading.people import read_people

WORDS = [
    *"Zoé Da CNRS maire Poète ancien prof membre professeur université".split(),
    *"de la du à À au chez Chez en et of the for Le l’ D’ ( ) , -".split(),
]
PIECES = [
    *WORDS,
    *"Évrard LUC Dr Signataires Nom Prénom Qualité ; : · | – . « » * 12. @ a@b.fr <a@b.fr> www.koeo.org".split(),
    *("ainsi que", "\t", "\n", "\n", "\n\n", ",   , ", "\n , "),
]


@pytest.mark.parametrize("first", WORDS)
def test_no_three_words_behind_a_name_are_an_error(first: str) -> None:
    for others in product(WORDS, repeat=2):
        for several in (False, True):
            read_affiliation(" ".join((first, *others)), several)


@pytest.mark.parametrize("seed", range(5))
def test_no_mixture_of_pieces_of_lists_is_an_error(seed: int) -> None:
    chance = Random(seed)
    for _ in range(300):
        pasted = "".join(chance.choice(PIECES) + chance.choice((" ", " ", "")) for _ in range(chance.randint(1, 30)))
        for read in (read_page, read_people, contacts_in_list):
            read(pasted)
