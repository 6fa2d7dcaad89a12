"""Inviting by mail: one message each within the budget of the mailbox, and whoever cannot be written to is told."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import all_leave, make_invited, make_letter, make_signature, owner_of, posted
from tests.invitations.answers import accept, decline
from tests.invitations.sent import invite_all
from tests.servers.smtp import MailServer
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.invitations import actions, sending
from tribune.invitations.answering import ask
from tribune.invitations.queries import numbers, question_shown_as, state
from tribune.invitations.words import mistakes
from tribune.letters.life import close, publish
from tribune.letters.models import Letter
from tribune.outbox.actions import suppress, unsuppress
from tribune.outbox.delivery import deliver_due
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Message
from tribune.outbox.queries import is_suppressed
from tribune.signatures.actions import LetterClosed, ask_again
from tribune.signatures.links import NO_MORE

MakeApp = Callable[..., Flask]


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo."""
    return make_letter(published=False, title="Pour des rues")


def leave(*messages: Message) -> None:
    """As if the server had taken them."""
    with write():
        for message in messages or posted():
            message.sent_at = message.sent_at or now()


def test_each_who_has_an_address_is_invited_once(letter: Letter) -> None:
    people = [make_invited(letter) for _ in range(30)]
    make_invited(letter, email=None)
    assert invite_all(letter) == (30, 0) and invite_all(letter) == (0, 0)
    assert sorted(mail.recipient or "" for mail in posted()) == sorted(p.email or "" for p in people)
    assert all(p.invited_at and p.message_id for p in people)
    assert {(mail.kind, mail.about, mail.priority) for mail in posted()} == {("invitation", letter.id, 2)}
    assert (numbers(letter).invited, numbers(letter).by_state) == (30, {"waiting": 30, "unsent": 1})
    event = db.session.scalars(sa.select(Event).where(Event.verb == Verb.INVITATIONS_SENT)).one()
    assert event.details == {"count": 30, "refused": 0} and not event.subject


@ON_SQLITE
def test_the_mail_says_the_words_and_holds_the_link(letter: Letter) -> None:
    words = {
        "subject": "{given_name}, signez « {titre} »",
        "message": "Chère {prénom} {family_name},\n\nAvant le {reply_by}.",
    }
    sending.save_words(letter, by=owner_of(letter), sender="Le collectif", reply_by=date(2026, 12, 1), **words)
    invitation = make_invited(letter, family_name="Martin")
    invite_all(letter)
    [mail] = posted()
    assert mail.subject == "Léa, signez « Pour des rues »"
    assert mail.text and mail.text.startswith("Chère Léa Martin,\n\nAvant le 1er\u00a0décembre 2026.\n\n")
    assert "Le collectif" in mail.text and "confidentielle" in mail.text and "\n[[answer]]\n" in mail.text
    assert mail.links and mail.links["answer"]["payload"] == [invitation.id, invitation.link_nonce]
    assert mail.links["not_me"]["payload"] == [invitation.mailbox_key, NO_MORE]
    assert "/privacy?" in mail.text and f"/letters/{letter.slug}" not in mail.text  # where there is no page yet
    assert len((mail.text + (mail.html or "")).encode()) < 20_000


@ON_SQLITE
@pytest.mark.parametrize("typed", ["{reply_by}", "{réponse_avant}"])
def test_the_day_is_said_once_by_whatever_name_it_is_typed(letter: Letter, typed: str) -> None:
    words = {"subject": "Signez", "sender": "Nous", "reply_by": date(2026, 12, 1)}
    make_invited(letter)
    sending.save_words(letter, by=owner_of(letter), message=f"Répondez avant le {typed}.", **words)
    invite_all(letter)
    [mail] = posted()
    assert (mail.text or "").count("1er\u00a0décembre") == 1 and (mail.html or "").count("décembre") == 1


@ON_SQLITE
def test_an_answer_to_the_mail_goes_to_the_organisers(make_app: MakeApp, mail_server: MailServer) -> None:
    app = make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=mail_server.port, MAIL_DEFAULT_SENDER="t@example.org")
    with app.app_context():
        letter = make_letter(published=False, contact="nous@exämple.org")
        make_invited(letter)
        invite_all(letter)
        assert deliver_due() == 1
        [message] = posted()
        assert (message.recipient, message.reply_to) == (None, None)  # erased once it has left
    assert mail_server.accepted[0].message["Reply-To"] == "nous@xn--exmple-cua.org"


@ON_SQLITE
def test_who_is_printed_already_is_not_written_that_nothing_is(letter: Letter) -> None:
    publish(letter)
    signed = {"given_name": "Léa", "family_name": "Martin", "email": "lea@example.org"}
    make_invited(letter, **signed), make_invited(letter, email="paul@example.org")
    make_signature(letter, **signed)
    invite_all(letter)
    read = {mail.recipient: " ".join((mail.text or "").split()) for mail in posted()}
    unless, already = "Votre nom ne paraîtra pas sans votre accord.", "Vous avez déjà signé cette tribune."
    assert already in read["lea@example.org"] and "sans votre accord" not in read["lea@example.org"]
    assert unless in read["paul@example.org"] and already not in read["paul@example.org"]


@ON_SQLITE
def test_nor_is_who_is_printed_on_the_word_of_the_organisers(letter: Letter) -> None:
    printed = {"given_name": "Léa", "family_name": "Martin", "email": "lea@example.org"}
    make_signature(letter, confirmed=False, attested_at=now(), counted_at=now(), **printed)
    make_invited(letter, **printed), make_invited(letter, given_name="Paul", email="lea@example.org")
    invite_all(letter)
    paul, lea = sorted(
        (" ".join((mail.text or "").split()) for mail in posted()), key=lambda text: "Bonjour Léa" in text
    )
    assert "Les organisateurs disent avoir votre accord" in lea and "sans votre accord" not in lea
    assert "Votre nom ne paraîtra pas sans votre accord." in paul and "disent avoir" not in paul


@ON_SQLITE
def test_somebody_of_one_name_is_greeted_without_a_gap(letter: Letter) -> None:
    make_invited(letter, given_name="", family_name="Casey")
    invite_all(letter)
    assert (posted()[0].text or "").startswith("Bonjour Casey,\n")


@pytest.mark.parametrize("wrong", ["{prenom}", "{given name}", "{", "}", "[[answer]]", "{reply_by}"])
def test_words_that_cannot_be_filled_in_are_found(wrong: str) -> None:
    assert mistakes(f"Bonjour {wrong}", reply_by=None)


def test_a_mailbox_receives_three_invitations_a_day_over_the_whole_site(app: Flask) -> None:
    letters = [make_letter(published=False) for _ in range(4)]
    people = [make_invited(each, email="lea@example.org") for each in letters]
    assert [invite_all(each) for each in letters] == [(1, 0)] * 3 + [(0, 1)]
    assert state(people[3]) == "refused" and people[3].invited_at is None
    assert sending.to_invite(letters[3]) == []  # that day
    all_leave()
    with time_machine.travel(now() + timedelta(days=1, minutes=1)):
        assert invite_all(letters[3]) == (1, 0)
        assert state(people[3]) == "waiting"


@ON_SQLITE
def test_who_wants_no_mail_gets_none_and_the_board_says_so(letter: Letter) -> None:
    invitation = make_invited(letter)
    suppress(invitation.mailbox_key or "")
    assert invite_all(letter) == (0, 1) and posted() == []
    assert state(invitation) == "refused"
    assert sending.send_again(invitation, by=owner_of(letter), last=None) == (0, 1)
    with time_machine.travel(now() + timedelta(days=2)):
        assert sending.to_invite(letter) == []
        unsuppress(invitation.mailbox_key or "")
        assert sending.to_invite(letter) == [invitation.id]


def test_who_wants_no_more_mail_before_theirs_has_left_is_told_as_not_reached(letter: Letter) -> None:
    invitation = make_invited(letter)
    invite_all(letter)
    suppress(invitation.mailbox_key or "")
    assert posted() == [] and state(invitation) == "refused" and numbers(letter).silent == 0


def test_who_has_answered_or_signed_and_left_is_not_written_to(letter: Letter) -> None:
    yes, no, left = (make_invited(letter) for _ in range(3))
    accept(yes), decline(no)
    make_signature(letter, email=left.email, withdrawn_at=now())
    assert sending.to_invite(letter) == []
    assert sending.invite(letter, [yes.id, no.id, left.id], by=owner_of(letter)) == (0, 0)
    for each in (yes, left):
        assert sending.send_again(each, by=owner_of(letter), last=None) == (0, 0) and posted() == []


@ON_SQLITE
def test_nobody_is_invited_to_a_closed_letter(letter: Letter) -> None:
    make_invited(letter)
    publish(letter), close(letter)
    with pytest.raises(LetterClosed):
        invite_all(letter)
    assert posted() == []
    assert Verb.INVITATIONS_SENT not in db.session.scalars(sa.select(Event.verb)).all()


def test_reminders_go_to_those_who_have_not_answered_three_times_at_most(letter: Letter) -> None:
    silent, yes, gone = (make_invited(letter) for _ in range(3))
    me = owner_of(letter)
    invite_all(letter)
    with time_machine.travel(now() + timedelta(days=7)):
        assert sending.to_remind(letter) == []  # the mail has not even left
    leave(*[mail for mail in posted() if mail.id != gone.message_id])
    with write():
        db.session.get_one(Message, gone.message_id).gave_up_at = now()
    accept(yes)
    start = now()
    for day in (1, 2, 3, 5, 8, 11):
        with time_machine.travel(start + timedelta(days=day, minutes=1)):
            sending.remind(letter, sending.to_remind(letter), by=me)
            leave(*[mail for mail in posted() if not mail.gave_up_at])
    reminders = [mail for mail in posted() if (mail.subject or "").startswith("Rappel")]
    assert silent.reminders == len(reminders) == 3 and {mail.mailbox_key for mail in reminders} == {silent.mailbox_key}
    assert state(gone) == "bounced" and numbers(letter).bounced == 1


def test_a_mail_that_waits_does_not_leave_once_they_have_answered(letter: Letter) -> None:
    yes, no, silent = (make_invited(letter) for _ in range(3))
    invite_all(letter)
    accept(yes), decline(no)
    assert [mail.id for mail in posted()] == [silent.message_id]
    assert (state(yes), state(no)) == ("accepted", "declined")


def test_nobody_is_reminded_within_two_days_of_any_mail(letter: Letter) -> None:
    invitation, me = make_invited(letter), owner_of(letter)
    invite_all(letter)
    leave()
    start = now()
    with time_machine.travel(start + timedelta(days=5)):
        assert sending.send_again(invitation, by=me, last=invitation.message_id).posted == 1
        leave()
        assert sending.to_remind(letter) == []
    with time_machine.travel(start + timedelta(days=7, minutes=1)):
        assert sending.to_remind(letter) == [invitation.id]


@ON_SQLITE
def test_who_waits_for_an_answer_to_a_question_is_not_told_that_none_came_from_them(letter: Letter) -> None:
    invitation, me = make_invited(letter), owner_of(letter)
    invite_all(letter)
    leave()
    ask(invitation.id, invitation.link_nonce, "Qui signe ?")
    with time_machine.travel(now() + timedelta(days=3)):
        assert sending.remind(letter, [invitation.id], by=me).posted == 0
        actions.mark_answered(invitation, by=me, seen_as=question_shown_as(invitation))
        assert sending.to_remind(letter) == [invitation.id]


def test_who_was_invited_long_ago_can_be_reminded_though_the_trace_of_the_mail_is_gone(letter: Letter) -> None:
    invitation = make_invited(letter)
    invite_all(letter)
    leave()
    with write() as session:
        session.execute(sa.delete(Message))
    with time_machine.travel(now() + timedelta(days=40)):
        assert sending.to_remind(letter) == [invitation.id]


@ON_SQLITE
def test_a_mail_program_has_a_button_to_be_written_to_no_more(make_app: MakeApp, mail_server: MailServer) -> None:
    app = make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=mail_server.port, MAIL_DEFAULT_SENDER="t@example.org")
    with app.app_context():
        letter = make_letter(published=False)
        make_invited(letter, email="zoe@example.org")
        invite_all(letter)
        make_signature(make_letter(), confirmed=False, email="ana@example.org")
        ask_again("ana@example.org")
        deliver_due()
        mails = {mail.recipients[0]: mail.message for mail in mail_server.wait_for(2)}
        assert "List-Unsubscribe" not in mails["ana@example.org"]  # she asked for it
        assert mails["zoe@example.org"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        path = mails["zoe@example.org"]["List-Unsubscribe"].strip(" <>").removeprefix("http://localhost")
        for kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
            answer = app.test_client().post(path, data={"List-Unsubscribe": "One-Click"}, content_type=kind)
            assert answer.status_code == 200 and is_suppressed(mailbox_key("zoe@example.org"))
