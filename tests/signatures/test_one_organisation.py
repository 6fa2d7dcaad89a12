"""Who signs for one organisation, in the order of the list: few or many of them, and past none of the others."""

from itertools import product

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_signature, owner_of
from tests.plans import plans
from tests.signatures.test_search_pages import ORDERS, read_on
from tribune.organisations import actions
from tribune.signatures import listing, searching
from tribune.signatures.listing import signatories


@ON_SQLITE
def test_nobody_else_is_read(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    letter = make_letter(first="Léa Martin, maire (Nantes)")
    for _ in range(4):
        make_signature(letter, organisation="Le Port")
    for organisation, q, order in product(("Le Port", "Personne"), ("", "zoé"), ORDERS):
        with plans() as found:
            read_on(letter, organisation=organisation, q=q, order=order)
        others = [plan for plan in found if "position IS NULL" in plan.statement]
        assert others
        for plan in others:
            assert "(letter_id=? AND organisation_key=?)" in plan and "_at" not in plan and "sort_key" not in plan, plan


def test_they_are_the_same_however_many_they_are(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 20)
    letter = make_letter(first="Léa Motif (Le Port)\nAnne Rien (Le Port)")
    as_they_lie = [number * 7 % 53 for number in range(53)]
    for number in as_they_lie:
        name = f"{'Motif' if number % 3 else 'Autre'} {number:02}"
        make_signature(letter, family_name=name, organisation="Le Port" if number % 2 else "La Gare")
    for few, q, order in product((2_000, 20, 0), ("", "motif", "o mo", "nobody"), ORDERS):
        monkeypatch.setattr(searching, "FEW", few)
        latest = [f"{'Motif' if n % 3 else 'Autre'} {n:02}" for n in reversed(as_they_lie) if n % 2]
        everybody = ["Motif", "Rien", *(sorted(latest) if order == "surname" else latest)]
        asked = [name for name in everybody if not q or (q != "nobody" and "Motif" in name)]
        read = read_on(letter, organisation="Le Port", q=q, order=order)
        assert [s.family_name for page in read for s in page.signatures] == asked, (few, q, order)
        assert read[0].number == (None if few < 2_000 and not q else len(asked)), (few, q, order)  # None: walked


def test_nobody_is_missing_while_their_spelling_is_merged(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = make_letter()
    people = [make_signature(letter, organisation="Le Port") for _ in range(3)]
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    monkeypatch.setattr(actions, "AT_ONE_PRESS", 0)  # stops after its first line
    actions.merge(letter, ["le port"], "Port de Brest", owner_of(letter))
    assert sorted(person.organisation_key for person in people) == ["le port", "le port", "port de brest"]
    for few in (2_000, 0):
        monkeypatch.setattr(searching, "FEW", few)
        assert len(signatories(letter, organisation="Le Port").signatures) == 3
