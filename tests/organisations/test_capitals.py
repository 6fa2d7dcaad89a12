"""Spellings that differ by capitals and accents alone: printed as one, put right, and parted again."""

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import latest_signature, make_letter, make_signature, owner_of
from tests.organisations.test_spellings import lines, rows
from tests.page import Reader
from tribune.letters.models import Letter
from tribune.organisations import actions
from tribune.organisations.queries import merges_of, spellings

TYPED = ["Emmaus", "EMMAUS", "emmaüs"]


@pytest.fixture
def letter(app: Flask) -> Letter:
    letter = make_letter(slug="rues")
    for name in TYPED:
        make_signature(letter, given_name="Zoé", family_name="Évrard", organisation=name)
    return letter


def post(client: Reader, letter: Letter, into: str, *keys: str) -> str:
    """What an organiser reads after they merged these."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/organisations"
    data = {**client.fields(f"{page}/merge?key={keys[0]}"), "key": [*keys], "into": into}
    answer = client.post(f"{page}/merge", data=data)
    return client.get(answer.location).text if answer.location else answer.text


def test_they_are_printed_as_one_and_as_typed_again(client: Reader, letter: Letter) -> None:
    before = rows()
    assert "3 lines are now printed with “Emmaüs”" in post(client, letter, "Emmaüs", "emmaus")
    assert lines(client) == ["Zoé Évrard (Emmaüs)"] * 3 and spellings(letter)[0].name == "Emmaüs"
    assert len(lines(client, "?q=emmaus")) == 3
    client.sign("rues", organisation="EMMAÜS")
    assert latest_signature().printed_organisation == "Emmaüs"
    page = client.get(f"/manage/letters/{letter.id}/organisations").text
    assert "Any capitals and accents: printed as <b>Emmaüs</b>" in page
    actions.undo(letter, "emmaus", owner_of(letter))
    assert rows()[:3] == before and merges_of(letter) == []


@ON_SQLITE
def test_they_are_printed_as_one_with_another_spelling(client: Reader, letter: Letter) -> None:
    make_signature(letter, given_name="Zoé", family_name="Évrard", organisation="Emmaüs Connect")
    page = post(client, letter, "Emmaüs", "emmaus", "emmaus connect")
    assert "4 lines are now printed with “Emmaüs”" in page
    assert lines(client) == ["Zoé Évrard (Emmaüs)"] * 4


def test_a_sign_is_spelled_as_the_letters_it_stands_for(client: Reader) -> None:
    letter = make_letter(slug="rues")
    for name in ("Acme™", "ACMETM"):
        make_signature(letter, given_name="Zoé", family_name="Évrard", organisation=name)
    assert [(found.key, found.names) for found in spellings(letter)] == [("acmetm", 2)]
    assert lines(client, "?organisation=acmetm") == ["Zoé Évrard (ACMETM)", "Zoé Évrard (Acme™)"]
    assert "2 lines are now printed with “Acme™”" in post(client, letter, "Acme™", "acmetm")
    assert lines(client) == ["Zoé Évrard (Acme™)"] * 2


def test_a_printed_name_is_put_right(client: Reader, letter: Letter) -> None:
    actions.merge(letter, ["emmaus"], "Le relais", owner_of(letter))
    assert "3 lines are now printed with “Le Relais”" in post(client, letter, "Le Relais", "le relais")
    assert lines(client) == ["Zoé Évrard (Le Relais)"] * 3
    actions.undo(letter, "le relais", owner_of(letter))
    assert lines(client) == ["Zoé Évrard (Le relais)"] * 3


@ON_SQLITE
def test_the_name_is_chosen_anew(client: Reader, letter: Letter) -> None:
    post(client, letter, "Emmaüs", "emmaus")
    assert "3 lines are now printed with “Emmaus”" in post(client, letter, "Emmaus", "emmaus")
    assert lines(client) == ["Zoé Évrard (Emmaus)"] * 3 and len(merges_of(letter)) == 1


@ON_SQLITE
def test_what_is_printed_so_already_is_said_to_be(client: Reader, letter: Letter) -> None:
    post(client, letter, "Emmaüs", "emmaus")
    page = post(client, letter, "Emmaüs", "emmaus")
    assert "These lines are already printed like this: type another name, or tick another spelling too." in page
    assert len(merges_of(letter)) == 1


@ON_SQLITE
def test_a_name_that_all_typed_so_is_not_merged_with_itself(client: Reader) -> None:
    letter = make_letter(slug="rues")
    for name in ("CNRS", "CNRS", "C.N.R.S."):
        make_signature(letter, organisation=name)
    assert "3 lines are now printed with “CNRS”" in post(client, letter, "CNRS", "cnrs", "c n r s")
    assert [merge.from_key for merge in merges_of(letter)] == ["c n r s"]


@ON_SQLITE
def test_a_name_that_is_itself_printed_otherwise_is_said_as_it_is_printed(client: Reader, letter: Letter) -> None:
    make_signature(letter, organisation="Emmaüs Connect")
    post(client, letter, "Emmaüs", "emmaus")
    page = post(client, letter, "EMMAUS", "emmaus connect")
    assert "4 lines are now printed with “Emmaüs”" in page and "“EMMAUS”" not in page


@ON_SQLITE
def test_a_name_without_letters_is_merged_too(client: Reader) -> None:
    letter = make_letter(slug="rues")
    for name in ("***", "§"):
        make_signature(letter, given_name="Zoé", family_name="Évrard", organisation=name)
    actions.merge(letter, ["***", "§"], "***", owner_of(letter))
    assert lines(client) == ["Zoé Évrard (***)"] * 2 and len(merges_of(letter)) == 1
