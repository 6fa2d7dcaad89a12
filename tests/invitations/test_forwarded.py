"""A link that was passed on: the page asks whose name it is, and the organisers decide about whoever says so."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import everything, invitation_path, make_invited, make_letter, owner_of, posted
from tests.invitations.answers import LINE, accept, form, printed
from tests.page import Reader, hidden_fields, words
from tribune.database import db, write
from tribune.invitations import actions, sending
from tribune.invitations.answering import FORWARDS
from tribune.invitations.models import Invitation
from tribune.invitations.queries import state
from tribune.letters.life import close
from tribune.letters.models import Letter
from tribune.mine.erasing import erase

PAUL = {**LINE, "given_name": "Paul", "family_name": "Lambert"}


def asked(client: Reader, invitation: Invitation, line: dict[str, str]) -> tuple[int, list[dict[str, str]]]:
    """Accept with this line: the status, and the hidden fields of each form of the answer."""
    path = invitation_path(invitation)
    answer = client.post(path, data={**form(client, path, "accept"), **line})
    return answer.status_code, [dict(hidden_fields(part)) for part in answer.text.split("<form")[1:]]


def invited(app: Flask) -> tuple[Letter, Invitation]:
    letter = make_letter(published=False)
    return letter, make_invited(letter, **{**LINE, "email": "lea@example.org"})


def others(invitation: Invitation) -> list[Invitation]:
    return list(db.session.scalars(sa.select(Invitation).where(Invitation.id != invitation.id)))


def test_another_name_signs_nothing_until_it_is_said_to_be_the_same_person(app: Flask, client: Reader) -> None:
    letter, invitation = invited(app)
    path = invitation_path(invitation)
    page = client.post(path + "?lang=en", data={**form(client, path, "accept"), **PAUL}).text
    assert "I am Léa Martin, and my name is written “Paul Lambert”" in page
    status, forms = asked(client, invitation, {**PAUL, "role": "élu"})
    assert status == 409 and printed(letter) == []
    mine, other = forms
    assert (mine["answer"], mine["sure"], other["answer"]) == ("accept", "yes", "else")
    assert client.post(invitation_path(invitation), data=mine).status_code == 303
    assert printed(letter) == ["Paul Lambert, élu (Brest)"] and state(invitation) == "corrected"


@ON_SQLITE
def test_nobody_is_promised_to_be_looked_at_once_the_letter_is_closed(app: Flask, client: Reader) -> None:
    letter = make_letter()
    invitation = make_invited(letter, **{**LINE, "email": "lea@example.org"})
    path, (_, forms) = invitation_path(invitation), asked(client, invitation, PAUL)
    shown, page = form(client, path, "accept"), client.post(path, data=forms[1])
    close(letter)
    before = everything()
    sent = {**dict(hidden_fields(page.text)), **PAUL, "email": "paul@example.org"}
    for late in ({**shown, **PAUL}, sent):
        answer = client.post(path + "?lang=en", data=late)
        assert answer.status_code == 409 and "it takes no more signatures" in answer.text
        assert "name is written" not in answer.text and everything() == before


def test_somebody_else_is_proposed_to_the_organisers_and_mailed_nothing(app: Flask, client: Reader) -> None:
    letter, invitation = invited(app)
    path, (_, forms) = invitation_path(invitation), asked(client, invitation, PAUL)
    page = client.post(path, data=forms[1])
    assert page.status_code == 200 and 'value="Lambert"' in page.text and "lea@example.org" not in page.text
    assert 'value="Brest"' not in page.text  # the organisation proposed to Léa is not Paul's
    sent = {**dict(hidden_fields(page.text)), **PAUL, "email": "paul@example.org"}
    assert client.post(path, data={**sent, "email": "paul"}).status_code == 422
    assert client.post(path, data=sent).status_code == 303
    [paul] = others(invitation)
    assert (paul.email, paul.forwarded_from_id, state(paul)) == ("paul@example.org", invitation.id, "forwarded")
    assert printed(letter) == [] and posted() == [] and invitation.accepted_at is None
    assert sending.to_invite(letter) == [invitation.id]  # nobody is invited by a crowd
    client.log_in(owner_of(letter))
    desk, waiting = f"/manage/letters/{letter.id}?lang=en", "People who came through another person’s link, to invite"
    assert f"{waiting} or remove 1" in words(client.get(desk).text)
    assert (
        sending.send_again(paul, by=owner_of(letter), last=None).posted and posted()[0].recipient == "paul@example.org"
    )
    assert waiting not in words(client.get(desk).text)


@ON_SQLITE
def test_nobody_learns_who_else_is_invited(app: Flask, client: Reader) -> None:
    letter, invitation = invited(app)
    make_invited(letter, email="known@example.org")
    path = invitation_path(invitation)
    sent = {**form(client, path, "accept"), **PAUL, "answer": "else"}
    before = everything()
    answers = [client.post(path, data={**sent, "email": email}) for email in ("known@example.org", "lea@example.org")]
    assert everything() == before
    new = client.post(path, data={**sent, "email": "new@example.org"})
    assert {(a.status_code, a.location and a.location.partition("?")[2]) for a in (*answers, new)} == {
        (303, "said=else#answered")
    }
    assert len(others(invitation)) == 2


def test_who_goes_back_and_puts_their_name_right_is_proposed_by_it(app: Flask, client: Reader) -> None:
    letter, invitation = invited(app)
    path = invitation_path(invitation)
    sent = {**form(client, path, "accept"), **PAUL, "answer": "else", "email": "paul@example.org"}
    for family_name in ("Lambrt", "Lambert"):
        assert client.post(path, data={**sent, "family_name": family_name}).status_code == 303
    [paul] = others(invitation)
    assert (paul.family_name, state(paul)) == ("Lambert", "forwarded")
    sending.send_again(paul, by=owner_of(letter), last=None)
    assert client.post(path, data={**sent, "family_name": "Autre"}).status_code == 303
    assert others(invitation)[0].family_name == "Lambert"  # who was written to answers by their own link


def test_whom_the_organisers_answered_for_meanwhile_keeps_their_words(app: Flask, client: Reader) -> None:
    letter, invitation = invited(app)
    path = invitation_path(invitation)
    sent = {**form(client, path, "accept"), **PAUL, "answer": "else", "email": "paul@example.org"}
    client.post(path, data=sent)
    [paul] = others(invitation)
    actions.attest(paul, "par téléphone", by=owner_of(letter))
    assert client.post(path, data={**sent, "family_name": "Autre"}).status_code == 303
    assert [one.family_name for one in others(invitation)] == ["Lambert"]


def test_a_link_shared_with_a_crowd_fills_no_board(app: Flask, client: Reader) -> None:
    _letter, invitation = invited(app)
    path = invitation_path(invitation)
    sent = {**form(client, path, "accept"), **PAUL, "answer": "else"}
    for number in range(FORWARDS + 3):
        assert client.post(path, data={**sent, "email": f"p{number}@example.org"}).status_code == 303
    assert len(others(invitation)) == FORWARDS


def accept_and_erase(invitation: Invitation) -> None:
    signature = accept(invitation)
    erase(signature.id, signature.link_nonce)


@pytest.mark.parametrize(
    "end",
    [lambda invitation: actions.remove(invitation, by=owner_of(invitation.letter)), accept_and_erase],
    ids=["removed", "erased by the person invited"],
)
def test_they_wait_for_a_word_of_the_team_though_the_invitation_they_came_by_is_gone(
    app: Flask, client: Reader, end: Callable[[Invitation], None]
) -> None:
    letter, invitation = invited(app)
    path = invitation_path(invitation)
    sent = {**form(client, path, "accept"), **PAUL, "answer": "else", "email": "paul@example.org"}
    assert client.post(path, data=sent).status_code == 303
    end(invitation)
    [paul] = db.session.scalars(sa.select(Invitation))
    assert (state(paul), sending.to_invite(letter)) == ("forwarded", [])
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/invitations/people/{paul.id}?lang=en").text
    assert "another person’s link" in page
    assert sending.send_again(paul, by=owner_of(letter), last=None).posted


def test_whom_a_process_of_before_the_migration_wrote_waits_too(app: Flask) -> None:
    letter, invitation = invited(app)
    paul = make_invited(letter, given_name="Paul")
    with write():
        paul.forwarded_from_id = invitation.id
    assert state(paul) == "forwarded" and paul.id not in sending.to_invite(letter)
