"""Who has left a letter is not invited by a list pasted again; whoever pastes it is told a number."""

from collections.abc import Callable

import pytest

from tests.databases import ON_SQLITE
from tests.factories import invitations_of, make_invited, make_letter, make_signature, owner_of
from tests.invitations.adding_form import give, review
from tests.invitations.answers import accept, decline
from tests.page import Reader, words
from tests.pasting.form import filled_in
from tribune.invitations import actions
from tribune.letters.models import Letter
from tribune.mine.actions import come_back, withdraw
from tribune.mine.erasing import erase

pytestmark = pytest.mark.usefixtures("in_english")

ANA, ZOE = "Ana Ba, autrice, ana@example.org", "Zoé Évrard, maire, zoe@example.org"


def withdraws(letter: Letter) -> None:
    theirs = make_signature(letter, email="ana@example.org")
    withdraw(theirs.id, theirs.link_nonce)


def erases(letter: Letter) -> None:
    theirs = make_signature(letter, email="ana@example.org")
    erase(theirs.id, theirs.link_nonce)


def declines(letter: Letter) -> None:
    decline(theirs := make_invited(letter, email="ana@example.org"))
    actions.remove(theirs, by=owner_of(letter))


def withdraws_what_they_accepted(letter: Letter) -> None:
    theirs = accept(invitation := make_invited(letter, email="ana@example.org"))
    withdraw(theirs.id, theirs.link_nonce)
    actions.remove(invitation, by=owner_of(letter))


def put(client: Reader, letter: Letter, *lines: str) -> tuple[list[str], str]:
    """Paste the lines and keep them all; return who is on the list, and the words of the next page."""
    page = filled_in(give(client, letter, "\n".join(lines)).text)
    answer = review(client, letter, page, "keep")
    assert answer.status_code == 303
    return [each.given_name for each in invitations_of(letter)], words(client.get(answer.location).text)


@ON_SQLITE
@pytest.mark.parametrize("leaves", [withdraws, erases, declines, withdraws_what_they_accepted])
def test_who_left_is_left_out_as_a_number(client: Reader, letter: Letter, leaves: Callable[[Letter], None]) -> None:
    leaves(letter)
    listed, said = put(client, letter, ANA, ZOE)
    assert listed == ["Zoé"]
    assert "1 person is on the list" in said and "1 person is left out, and we do not say who" in said
    assert "Ana" not in said
    again = make_invited(letter, given_name="Ana", family_name="Ba", email=None)
    assert "1 person is left out, and we do not say who" in put(client, letter, ANA)[1]
    assert again.email is None


@ON_SQLITE
def test_where_all_have_left_nobody_is_said_to_be_on_the_list(client: Reader, letter: Letter) -> None:
    erases(letter)
    listed, said = put(client, letter, ANA)
    assert listed == [] and "1 person is left out" in said and "on the list." not in said


@ON_SQLITE
def test_who_left_another_letter_is_invited_to_this_one(client: Reader, letter: Letter) -> None:
    erases(make_letter())
    listed, said = put(client, letter, ANA, ZOE)
    assert listed == ["Ana", "Zoé"] and "left out" not in said


@ON_SQLITE
def test_so_is_who_came_back_since(client: Reader, letter: Letter) -> None:
    theirs = make_signature(letter, email="ana@example.org")
    withdraw(theirs.id, theirs.link_nonce)
    come_back(theirs.id, theirs.link_nonce)
    assert put(client, letter, ANA)[0] == ["Ana"]


@ON_SQLITE
def test_an_address_that_anybody_may_have_typed_brings_nobody_back(client: Reader, letter: Letter) -> None:
    erases(letter)
    make_signature(letter, email="ana@example.org", confirmed=False)
    make_signature(letter, email="zoe@example.org", confirmed=False)
    assert put(client, letter, ANA, ZOE)[0] == ["Zoé"]


@ON_SQLITE
def test_who_erased_can_be_invited_by_hand(client: Reader, letter: Letter) -> None:
    erases(letter)
    path = f"/manage/letters/{letter.id}/invitations/people/new"
    typed = {"given_name": "Ana", "family_name": "Ba", "email": "ana@example.org"}
    assert client.post(path, data={**client.fields(path), **typed}).status_code == 303
    assert [each.given_name for each in invitations_of(letter)] == ["Ana"]
