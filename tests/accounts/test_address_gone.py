"""Whoever deletes their account is in no row any more, but of an invitation they have not answered."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import everything, make_invited, make_letter, make_member, make_organiser, owner_of, posted
from tests.page import Reader
from tests.writing.writer import begin, edit_page, field
from tribune.database import db, write
from tribune.invitations import pausing, sending
from tribune.invitations.answering import ask
from tribune.letters.carrying import delete_account
from tribune.letters.models import Draft, Letter
from tribune.organisers.actions import ask_to_log_in, ask_to_prove
from tribune.organisers.models import Organiser
from tribune.organisers.queries import organiser_by_address
from tribune.outbox.delivery import deliver_due
from tribune.teams.invitations import accept, invite, revoke
from tribune.teams.models import Role, TeamInvitation
from tribune.writing.actions import keep_draft

ZOE = "zoe@example.org"


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(make_organiser(name="Alice"))


def invited(letter: Letter) -> TeamInvitation:
    return invite(letter.team, ZOE, Role.EDITOR, by=owner_of(letter), locale="fr")


def zoe() -> Organiser:
    found = organiser_by_address(ZOE)
    assert found is not None
    return found


def holding() -> list[str]:
    """Each row that holds the address."""
    return [str(row) for row in everything() if ZOE in str(row) or "Zoe+" in str(row)]


def test_the_invitation_by_which_one_came_goes_with_the_account(letter: Letter) -> None:
    invitation = invited(letter)
    deliver_due()
    accept(invitation.id, invitation.link_nonce, name="Zoé")
    delete_account(zoe())
    assert holding() == []


def test_one_that_was_revoked_goes_too(letter: Letter) -> None:
    make_organiser(email=ZOE)
    revoke(invited(letter), by=owner_of(letter))
    deliver_due()
    delete_account(zoe())
    assert holding() == []


def test_mails_that_wait_for_the_account_do_not_leave(letter: Letter) -> None:
    make_organiser(email=ZOE)
    ask_to_log_in(ZOE, "fr")
    ask_to_log_in(ZOE, "fr", known=True)
    ask_to_prove(zoe(), "fr")
    assert len(holding()) == 4
    delete_account(zoe())
    assert holding() == []


def test_nobody_answers_to_them_a_mail_that_waits(letter: Letter) -> None:
    make_member(letter, Role.OWNER, make_organiser(email=ZOE))
    with write():
        letter.contact = "Zoe+tribune@example.org"
    pausing.pause(letter, by=owner_of(letter))
    invited = [make_invited(letter).id, make_invited(letter).id]
    sending.invite(letter, invited[:1], by=owner_of(letter))
    with write():
        letter.contact = "bob@example.org"
    sending.invite(letter, invited[1:], by=owner_of(letter))
    delete_account(zoe())
    assert holding() == []
    assert [message.reply_to for message in posted()] == [None, "bob@example.org"]


@pytest.mark.parametrize("address", [ZOE, "Zoe+tribune@example.org"])
def test_no_question_of_somebody_invited_leaves_to_them(letter: Letter, address: str) -> None:
    zoe = make_member(letter, Role.OWNER, make_organiser(email=address))
    with write():
        letter.contact = address
    elsewhere = make_letter(contact=ZOE)  # which may be another's mailbox than that with a plus
    invitation, other = make_invited(letter), make_invited(elsewhere)
    for each in (invitation, other):
        ask(each.id, each.link_nonce, "Pourquoi ?")
    delete_account(zoe)
    assert [mail.recipient for mail in posted()] == ([] if address == ZOE else [ZOE])
    assert invitation.question == "Pourquoi ?"


def test_nor_does_what_a_colleague_has_typed_and_not_saved_name_them(client: Reader, letter: Letter) -> None:
    make_member(letter, Role.OWNER, make_organiser(email=ZOE))
    with write():
        letter.contact = ZOE
    client.log_in(owner_of(letter))
    typed = {**begin(client, letter), "title": "Autre", "contact": "Zoe+tribune@example.org"}
    keep_draft(letter, by=owner_of(letter), content=typed, revision=letter.revision)
    other = {**typed, "contact": "bob@example.org"}
    keep_draft(letter, by=make_member(letter, Role.EDITOR), content=other, revision=letter.revision)
    delete_account(zoe())
    assert holding() == []
    page = client.get(edit_page(letter)).text
    assert (field(page, "title"), field(page, "contact")) == ("Autre", "")
    assert {draft.content["contact"] for draft in db.session.scalars(sa.select(Draft))} == {"", "bob@example.org"}


@ON_SQLITE
def test_the_account_says_how_to_use_another_address(client: Reader) -> None:
    client.log_in(make_organiser())
    assert "To use another one, have it invited into your teams" in client.get("/manage/account?lang=en").text


@ON_SQLITE
def test_the_page_says_until_when_it_stays(client: Reader) -> None:
    client.log_in(make_organiser())
    assert "until 30 days after its last email" in client.get("/manage/account/delete?lang=en").text


@ON_SQLITE
def test_a_letter_goes_on_naming_who_answers_for_it_and_the_page_says_so(client: Reader) -> None:
    letter = make_letter(make_organiser(name="Zoé Évrard"))
    gone = owner_of(letter)
    make_member(letter, Role.OWNER)
    client.log_in(gone)
    assert "will go on naming you" in client.get("/manage/account/delete?lang=en").text
    delete_account(gone)
    assert letter.controller == "Zoé Évrard"


def test_an_invitation_that_waits_stays_and_can_be_accepted(letter: Letter) -> None:
    make_organiser(email=ZOE)
    invitation = invited(letter)
    delete_account(zoe())
    assert len(holding()) == 2  # it, and its mail
    assert accept(invitation.id, invitation.link_nonce, name="Zoé")
