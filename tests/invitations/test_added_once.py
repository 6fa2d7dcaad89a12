"""People are put on the list once, whoever presses what at the same moment."""

import re
from html import unescape

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import invitations_of, make_invited, make_letter, owner_of
from tests.invitations.answers import decline
from tests.page import Reader
from tests.threads import at_once
from tribune.database import db
from tribune.invitations import actions
from tribune.invitations.add_forms import InviteeForm
from tribune.invitations.adding import look_up, put_on_the_list, read, row_of
from tribune.invitations.proposed import Proposed
from tribune.letters.models import Letter

LIST = "Zoé Évrard, maire, zoe@example.org\nAna Ba, autrice"


def looked_over(letter: Letter) -> list[InviteeForm]:
    """The rows of the list, as they are before somebody presses the button."""
    rows = [row_of(contact) for contact in read(LIST, b"").contacts.contacts]
    assert not look_up(letter, rows)
    return rows


def names(letter: Letter) -> list[str]:
    db.session.rollback()
    return [f"{each.given_name} {each.family_name}" for each in invitations_of(letter)]


def test_of_two_who_looked_over_the_same_list_one_puts_it_there(letter: Letter) -> None:
    hers, his = looked_over(letter), looked_over(letter)
    assert put_on_the_list(letter, hers, by=owner_of(letter))
    assert not put_on_the_list(letter, his, by=owner_of(letter))
    assert names(letter) == ["Zoé Évrard", "Ana Ba"]
    assert [row.is_left_out for row in his] == [True, False]  # a name alone may be another person: they look again


def test_so_it_is_when_they_press_at_once(app: Flask) -> None:
    number = make_letter(published=False).id

    def press() -> None:
        letter = db.session.get_one(Letter, number)
        put_on_the_list(letter, rows.pop(), by=owner_of(letter))

    rows = [looked_over(db.session.get_one(Letter, number)) for _ in range(6)]
    at_once(app, [press] * 6)
    assert names(db.session.get_one(Letter, number)) == ["Zoé Évrard", "Ana Ba"]


@pytest.mark.parametrize("email", ["zoe@example.org", None])
def test_one_person_is_added_by_hand_once(app: Flask, email: str | None) -> None:
    number, refused = make_letter(published=False).id, []

    def press() -> None:
        letter = db.session.get_one(Letter, number)
        try:
            actions.add_one(letter, Proposed("Zoé", "Évrard", email=email), owner_of(letter))
        except actions.InvitedAlready:
            refused.append(email)

    at_once(app, [press] * 6)
    assert names(db.session.get_one(Letter, number)) == ["Zoé Évrard"] and refused == [email] * 5


def test_a_button_pressed_twice_adds_once_and_says_so(client: Reader, letter: Letter) -> None:
    path = f"/manage/letters/{letter.id}/invitations/people/new"
    typed = {**client.fields(path), "given_name": "Zoé", "family_name": "Évrard", "role": "maire", "lang": "en"}
    assert client.post(path, data=typed).status_code == 303
    again = client.post(path, data=typed)
    assert again.status_code == 422 and names(letter) == ["Zoé Évrard"]
    assert "already on the list with exactly this line" in unescape(re.sub(r"<[^>]+>", "", again.text))
    for other in ({"role": "autrice"}, {"email": "another@example.org"}):  # somebody of the same name
        assert client.post(path, data={**typed, **other}).status_code == 303
    assert len(names(letter)) == 3


@ON_SQLITE
def test_a_line_that_stands_under_another_letter_is_no_reason(letter: Letter) -> None:
    make_invited(make_letter(), given_name="Zoé", family_name="Évrard", email=None)
    assert actions.add_one(letter, Proposed("Zoé", "Évrard"), owner_of(letter)).letter_id == letter.id


@ON_SQLITE
def test_of_somebody_added_by_hand_the_page_names_namesakes_on_the_list(client: Reader) -> None:
    letter, other = make_letter(published=False), make_letter()
    declined = make_invited(letter, given_name="Zoé", family_name="Évrard")
    decline(declined)
    make_invited(other, given_name="Zoé", family_name="Évrard")
    again = make_invited(letter, given_name="zoe", family_name="EVRARD")
    client.log_in(owner_of(letter))
    board, said = f"/manage/letters/{letter.id}/invitations/people", "Somebody of this name is already on the list."
    page = client.get(f"{board}/{again.id}?lang=en").text
    assert said in page and re.findall(rf'<a href="{board}/(\d+)\?lang=en">Zoé Évrard</a> \(([^)]+)\)', page) == [
        (str(declined.id), "Declined")
    ]
    assert said not in client.get(f"{board}/{make_invited(letter).id}?lang=en").text
    assert said not in client.get(f"{board}/{declined.id}?lang=en").text  # who has answered is added by nobody
