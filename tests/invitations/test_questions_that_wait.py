"""What somebody invited asks waits on the desk and on the board until it is answered."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_invited, make_letter, make_member, owner_of, posted
from tests.invitations.answers import accept, decline
from tests.invitations.board import at, press
from tests.page import Reader, words
from tribune.audit.models import Event, Verb
from tribune.database import db, now
from tribune.invitations import actions, answering, queries
from tribune.invitations.mails import QUESTIONS_A_DAY
from tribune.invitations.models import Invitation
from tribune.invitations.queries import numbers
from tribune.letters.models import Letter
from tribune.teams.models import Role

DESK, BOARD = "Questions of invited people, without an answer", "Question without an answer"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo."""
    return make_letter(published=False)


def ask(invitation: Invitation, question: str = "Et la phrase 3 ?") -> None:
    answering.ask(invitation.id, invitation.link_nonce, question)


def test_it_waits_on_the_desk_and_the_board_until_an_organiser_marks_it(desk: Reader, letter: Letter) -> None:
    asks, silent = make_invited(letter, family_name="Ba"), make_invited(letter, family_name="Vu")
    front, board, person = (
        f"/manage/letters/{letter.id}",
        at(letter, "?state=question"),
        at(letter, f"/people/{asks.id}"),
    )
    assert DESK not in desk.get(front).text and "No question waits" in desk.get(board).text
    ask(asks)
    assert f"{DESK} 1" in words(desk.get(front).text)
    assert f'href="{board}"' in desk.get(front).text
    page = words(desk.get(board).text)
    assert f"{BOARD} (1)" in page and "Léa Ba" in page and "Et la phrase 3 ?" in page and "Léa Vu" not in page
    [seen] = re.findall(r'name="question" value="(\w+)"', desk.get(person).text)
    ask(asks, "Et la phrase 4 ?")
    press(desk, letter, f"/people/{asks.id}/answered", question=seen)  # of the first, which is all they saw
    assert numbers(letter).questions == 1 and "asked something else in the meantime" in desk.get(person).text
    assert f'href="mailto:{asks.email}"' in desk.get(person).text
    [seen] = re.findall(r'name="question" value="(\w+)"', desk.get(person).text)
    for _ in range(2):
        press(desk, letter, f"/people/{asks.id}/answered", question=seen)
    page = words(desk.get(person).text)
    assert "Et la phrase 4 ?" in page and "Nobody waits for an answer" in page and "Mark as answered" not in page
    assert DESK not in desk.get(front).text and BOARD not in desk.get(at(letter)).text
    answered = sa.select(Event).where(Event.verb == Verb.INVITATION_QUESTION_ANSWERED)
    [event] = db.session.scalars(answered)
    assert "Marked the question of somebody invited as answered." in words(desk.get(f"{front}/log").text)
    assert (event.subject, event.details) == ("", {})
    ask(asks, "Et la phrase 4 ?")
    assert numbers(letter).questions == 1 and silent.asked_at is None


def test_a_question_pressed_twice_is_mailed_once_and_again_the_next_day(app: Flask) -> None:
    asks = make_invited(make_letter(published=False, contact="nous@example.org"))
    for _ in range(QUESTIONS_A_DAY + 1):
        ask(asks)
    assert len(posted()) == 1 and numbers(asks.letter).questions == 1
    with time_machine.travel(now() + timedelta(days=1)):
        ask(asks)  # nobody has answered
    assert len(posted()) == 2


def test_their_answer_or_that_of_an_organiser_for_them_leaves_no_question_waiting(letter: Letter) -> None:
    people = [make_invited(letter) for _ in range(3)]
    for one in people:
        ask(one)
    assert numbers(letter).questions == 3
    accept(people[0])
    decline(people[1])
    actions.attest(people[2], "by telephone", by=owner_of(letter))
    assert numbers(letter).questions == 0 and all(one.question for one in people)
    ask(people[0])  # once they have accepted, too
    assert [row.invitation.id for row in queries.board(letter, queries.QUESTION)] == [people[0].id]


@ON_SQLITE
def test_viewers_read_no_address_in_it_and_mark_nothing(client: Reader, letter: Letter) -> None:
    asks = make_invited(letter)
    ask(asks, "Écrivez-moi à zoe@example.org")
    client.log_in(make_member(letter, Role.VIEWER))
    for path in (at(letter), at(letter, f"/people/{asks.id}")):
        page = client.get(path).text
        assert "Écrivez-moi à" in page and 'name="question"' not in page
        assert "zoe@" not in page and asks.email and asks.email not in page
