"""Pages of organisations ask the database as much of many as of few, and who merges locks the letter for no longer."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from tests.factories import make_letter, make_signature, owner_of
from tests.page import Reader
from tests.plans import plans, walks
from tests.statements import counted
from tests.test_query_counts import MOST
from tribune.database import db, is_postgresql
from tribune.letters.models import Letter
from tribune.organisations import actions
from tribune.organisations.queries import SUGGESTED, spellings, suggestions

FEW, MANY = 2, 12


def make_merged(letter: Letter, count: int) -> None:
    """So many organisations of one spelling, as many merged into another that is merged too, as many as printed."""
    for number in range(count):
        make_signature(letter, organisation=f"Ferme {number:03}")
        make_signature(letter, organisation=f"Ferme {number:03}", affiliation="comme imprimé")
        make_signature(letter, organisation=f"Mairie {number:03}")
        make_signature(letter, organisation=f"Port {number:03}", affiliation="comme imprimé")
        actions.merge(letter, [f"mairie {number:03}"], f"Ville {number:03}", owner_of(letter))
        actions.merge(letter, [f"ville {number:03}"], f"La ville {number:03}", owner_of(letter))


def asked(ask: Callable[[Letter], Any], letter: Letter) -> list[str]:
    """What is asked under that letter."""
    db.session.rollback()
    with counted() as said:
        ask(letter)
    return said


def test_a_page_of_organisations_asks_as_much_of_many_as_of_few(client: Reader) -> None:
    def read(letter: Letter) -> None:
        client.log_in(owner_of(letter))
        with counted() as said:
            page = client.get(f"/manage/letters/{letter.id}/organisations").text
        assert "Ferme 000" in page and "Mairie 001" in page and "Port 000" not in page
        counts.append(len(said))

    counts: list[int] = []
    for count in (FEW, MANY):
        letter = make_letter()
        make_merged(letter, count)
        read(letter)
    assert counts[0] == counts[1]


ACTS: dict[str, Callable[[Letter], Any]] = {
    "merge": lambda letter: actions.merge(letter, ["ferme 000"], "Les fermes", owner_of(letter)),
    "merge what others are printed as": lambda letter: actions.merge(
        letter, ["la ville 000"], "La mairie", owner_of(letter)
    ),
    "undo": lambda letter: actions.undo(letter, "mairie 001", owner_of(letter)),
    "undo what others are printed as": lambda letter: actions.undo(letter, "ville 001", owner_of(letter)),
}


def test_who_merges_asks_as_much_where_there_are_many_merges(app: Flask) -> None:
    few, many = make_letter(), make_letter()
    make_merged(few, FEW)
    make_merged(many, MANY)
    for name, act in ACTS.items():
        said = [asked(act, letter) for letter in (few, many)]
        assert len(said[0]) == len(said[1]), (name, said)


def test_who_merges_reads_only_the_rows_of_that_merge(app: Flask) -> None:
    letter = make_letter()
    make_merged(letter, FEW)
    with plans() as found:
        actions.merge(letter, ["ville 000"], "La cité", owner_of(letter))
        actions.undo(letter, "ville 000", owner_of(letter))
    assert len(found) > 4 and (is_postgresql() or walks(found) == [])  # which reads a few rows whole


def test_proposals_ask_as_little_however_many_there_are(client: Reader) -> None:
    letter = make_letter(slug="rues")
    make_merged(letter, MANY)
    client.get("/")
    with counted() as said:
        names = client.get("/letters/rues/organisations.json?q=ferme").json
    assert names == [f"Ferme {number:03}" for number in range(SUGGESTED)]
    assert len(said) <= MOST


def test_pages_begin_where_they_are_asked_to_and_end_where_there_are_no_more(app: Flask) -> None:
    letter = make_letter()
    for name in [*(f"Ferme {number:03}" for number in range(8)), "École", "Gare", "Ça"]:
        make_signature(letter, organisation=name)
    keys = ["ca", "ecole", *(f"ferme {number:03}" for number in range(8)), "gare"]
    for begins, after in (("", ""), ("fe", ""), ("fe", "ferme 003"), ("", "ferme 003"), ("z", "a")):
        expected = [key for key in keys if key.startswith(begins) and key > after]
        assert [each.key for each in spellings(letter, begins=begins, after=after)] == expected
        assert [each.key for each in spellings(letter, begins=begins, after=after, most=3)] == expected[:3]


def test_proposals_are_the_first_that_begin_so(app: Flask) -> None:
    letter = make_letter()
    make_signature(letter, organisation="FÉ", confirmed=False)  # nobody has proved that they wrote it
    for name in ("Fa", "Ferme", "FERME", "Fé", "Gare"):
        make_signature(letter, organisation=name)
    assert suggestions(letter, "fe")[0] == "Fé" and suggestions(letter, "fe")[1] in {"Ferme", "FERME"}
    assert len(suggestions(letter, "fe")) == 2 and suggestions(letter, "fz") == []
