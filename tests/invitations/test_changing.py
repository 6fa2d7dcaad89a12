"""What organisers change of somebody invited, or remove with them, until it is that person's own or public."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import all_leave, make_invited, make_letter, owner_of, posted
from tests.invitations.answers import accept, decline
from tests.invitations.board import at
from tests.invitations.sent import invite_all
from tests.page import Reader, hidden_fields, words
from tribune.audit.models import Event
from tribune.database import db, now, write
from tribune.invitations import actions, answering, sending
from tribune.invitations.models import Invitation
from tribune.invitations.pausing import pause, resume
from tribune.invitations.queries import InvitationGone, state
from tribune.letters.life import publish
from tribune.letters.models import Letter
from tribune.outbox.delivery import deliver_due


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo."""
    return make_letter(published=False, title="Pour des rues")


def test_another_address_gets_another_link_and_is_invited_anew(letter: Letter) -> None:
    invitation, me = make_invited(letter), owner_of(letter)
    invite_all(letter)
    before = invitation.link_nonce
    line = {"given_name": "Léa", "family_name": "Martin"}
    actions.edit(invitation, by=me, email=invitation.email, **line)
    assert invitation.link_nonce == before and len(posted()) == 1
    was = ("reminded_at", "refused_at", "opened_at")
    with write():
        invitation.reminders = sending.REMINDERS
        for name in was:
            setattr(invitation, name, now())
    actions.edit(invitation, by=me, email="autre@example.org", **line)
    assert invitation.link_nonce != before and posted() == [] and state(invitation) == "unsent"
    assert invitation.reminders == 0 and not any(getattr(invitation, name) for name in was)
    assert invite_all(letter) == (1, 0) and posted()[0].recipient == "autre@example.org"


@ON_SQLITE
def test_the_page_does_not_say_that_nothing_was_sent_to_who_had_another_address(desk: Reader, letter: Letter) -> None:
    invitation = make_invited(letter)
    invite_all(letter)
    deliver_due()
    assert posted()[0].sent_at
    actions.edit(invitation, by=owner_of(letter), email="autre@example.org")
    page = words(desk.get(at(letter, f"/people/{invitation.id}")).text)
    assert "Not invited yet Nothing is sent to them until you invite them." in page


def test_another_spelling_is_another_address_and_capitals_are_not(letter: Letter) -> None:
    invitation, me = make_invited(letter, email="lea+tribune@example.org"), owner_of(letter)
    invite_all(letter)
    before = invitation.link_nonce
    actions.edit(invitation, by=me, email="Lea+tribune@example.org")
    assert invitation.link_nonce == before and len(posted()) == 1
    actions.edit(invitation, by=me, email="lea@example.org")
    assert invitation.link_nonce != before and posted() == []
    assert invite_all(letter) == (1, 0) and posted()[0].recipient == "lea@example.org"


@ON_SQLITE
def test_what_was_answered_is_not_the_organisers_to_change(letter: Letter) -> None:
    invitation, me = make_invited(letter), owner_of(letter)
    accept(invitation)
    with pytest.raises(actions.AlreadyAnswered):
        actions.edit(invitation, by=me, email=None, family_name="Autre")
    with pytest.raises(actions.AlreadyAnswered):
        actions.attest(invitation, "par téléphone", by=me)


def test_removing_takes_the_signature_the_mail_and_the_log_s_words_with_it(letter: Letter) -> None:
    invitation, me = make_invited(letter, family_name="Introuvable"), owner_of(letter)
    with write():
        letter.contact = "contact@example.org"
    answering.ask(invitation.id, invitation.link_nonce, "Qui paie ?")
    invite_all(letter)
    accept(invitation)
    assert [mail.recipient for mail in posted()] == ["contact@example.org"]
    actions.remove(invitation, by=me)
    assert posted() == [] and letter.confirmed_count == 0
    assert db.session.scalars(sa.select(Invitation)).all() == []
    with pytest.raises(InvitationGone):
        state(invitation)  # a page that was being made
    assert not [e for e in db.session.scalars(sa.select(Event)) if "Introuvable" in f"{e.subject} {e.details}"]


def test_what_somebody_says_while_the_page_of_removing_is_open_is_not_removed_unread(
    desk: Reader, letter: Letter
) -> None:
    says: list[tuple[Callable[[Invitation], object], str]] = [
        (accept, "They are a first signatory"),
        (lambda them: decline(them, "Pas sans la phrase 3."), "Pas sans la phrase 3."),
        (lambda them: answering.ask(them.id, them.link_nonce, "Qui paie ?"), "Qui paie ?"),
        (lambda them: actions.attest(them, "Lundi, au téléphone.", by=owner_of(letter)), "They are a first signatory"),
    ]
    for act, shown in says:
        invitation = make_invited(letter)
        number, path = invitation.id, at(letter, f"/people/{invitation.id}/remove")
        seen = desk.fields(path)
        act(invitation)
        answer = desk.post(path, data=seen)
        assert (answer.status_code, "has said or signed has changed" in words(answer.text)) == (409, True), shown
        assert shown in words(answer.text) and db.session.get(Invitation, number)
        assert desk.post(path, data=dict(hidden_fields(answer.text))).status_code == 303  # now they have read it
        assert db.session.get(Invitation, number) is None and letter.confirmed_count == letter.attested_count == 0


@ON_SQLITE
def test_after_publication_a_public_line_is_not_removed_with_its_invitation(letter: Letter) -> None:
    yes, silent = make_invited(letter), make_invited(letter)
    accept(yes)
    publish(letter)
    with pytest.raises(actions.LineIsPublic):
        actions.remove(yes, by=owner_of(letter))
    actions.remove(silent, by=owner_of(letter))
    assert letter.confirmed_count == 1


def test_a_note_is_kept_and_the_log_does_not_repeat_it(letter: Letter) -> None:
    invitation = make_invited(letter)
    actions.write_note(invitation, "Rappeler lundi.", by=owner_of(letter), was="")
    assert invitation.note == "Rappeler lundi."
    assert not [e for e in db.session.scalars(sa.select(Event)) if "Rappeler" in f"{e.subject} {e.details}"]


@ON_SQLITE
def test_each_act_about_the_invited_is_a_line_of_the_log(letter: Letter) -> None:
    (one, other), me = [make_invited(letter) for _ in range(2)], owner_of(letter)
    actions.edit(one, by=me, email=one.email, role="maire")
    actions.write_note(one, "Rappeler lundi.", by=me, was="")
    sending.save_words(letter, by=me, subject="Signez avec nous")
    invite_all(letter)
    all_leave()
    with time_machine.travel(now() + sending.REST + timedelta(seconds=1)):
        sending.remind(letter, sending.to_remind(letter), by=me)
    pause(letter, by=me)
    resume(letter, by=me)
    all_leave()
    actions.remove(other, by=me)
    assert len(posted()) == 4  # the budget of the mailbox counts what has left
    lines = db.session.execute(sa.select(Event.verb, Event.actor).order_by(Event.id)).all()
    assert [tuple(line) for line in lines[-len(DONE) :]] == [(verb, me.name) for verb in DONE]


DONE = """
    invitation_edited invitation_edited invitation_mail_changed invitations_sent reminders_sent invitations_paused
    invitations_resumed invitation_removed
""".split()
