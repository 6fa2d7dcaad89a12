"""Pausing stops within one mail, and of a server that puts half off nobody gets a mail twice."""

from collections import Counter
from datetime import timedelta
from itertools import count
from threading import Event

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import all_leave, make_invited, make_letter, make_message, make_signature, owner_of, posted
from tests.invitations.sent import invite_all
from tests.outbox.sites import MakeApp, site
from tests.page import Reader
from tests.servers.smtp import OK, Mail, MailServer
from tests.turns import take_turns
from tribune.database import db, is_postgresql, now, write
from tribune.invitations import actions, pausing, sending
from tribune.invitations.queries import numbers
from tribune.invitations.words import gathering_of
from tribune.letters import life
from tribune.letters.models import Letter
from tribune.organisers.models import Organiser
from tribune.outbox.claiming import DELAYS, GIVE_UP
from tribune.outbox.delivery import deliver_due
from tribune.outbox.models import Message
from tribune.outbox.queries import age_of_the_oldest, queue
from tribune.signatures.actions import LetterClosed

LATER = "451 4.3.0 Try again later"


def gathered(people: int) -> Letter:
    """A letter with so many people invited."""
    letter = make_letter(published=False)
    for _ in range(people):
        make_invited(letter)
    invite_all(letter)
    return letter


def test_sixty_invitations_through_a_server_that_puts_half_off_arrive_once_each(make_app: MakeApp) -> None:
    seen: Counter[str] = Counter()

    def half(mail: Mail) -> str:
        seen[mail.recipients[0]] += 1
        return LATER if seen[mail.recipients[0]] == 1 and len(seen) % 2 else OK

    with MailServer(answers=half) as server, site(make_app, server.port).app_context():
        letter = gathered(60)
        with time_machine.travel(now(), tick=False):  # nothing that is put off is due again before the last has left
            assert deliver_due() == 30
        with time_machine.travel(now() + timedelta(minutes=2)):
            assert deliver_due() == 30
        assert Counter(mail.recipients[0] for mail in server.accepted) == dict.fromkeys(seen, 1)
        assert len(seen) == 60 and numbers(letter).by_state == {"sent": 60}


def test_pausing_stops_within_one_mail_and_resuming_goes_on(make_app: MakeApp) -> None:
    letter, begun = None, Event()

    def answer(mail: Mail) -> str:
        begun.set()
        return OK

    with MailServer(answers=answer) as server, site(make_app, server.port).app_context():
        letter = gathered(10)
        me = owner_of(letter)
        with write() as session:  # all but three of them wait: then the organiser presses the button
            late = session.scalars(sa.select(Message).order_by(Message.id.desc()).limit(7)).all()
            for message in late:
                message.next_at, message.attempts = now() + timedelta(minutes=1), 5
        assert deliver_due() == 3 and begun.is_set()
        pausing.pause(letter, by=me)
        make_message("zoe@example.org", "Confirmez")
        with time_machine.travel(now() + timedelta(minutes=2)):
            assert deliver_due() == 1  # the mail of somebody else
            assert (numbers(letter).by_state, queue().waiting) == ({"sent": 3, "paused": 7}, 7)
            assert age_of_the_oldest() == 0
            pausing.resume(letter, by=me)
            assert {mail.attempts for mail in posted() if not mail.sent_at} == {0}  # else a later try is hours away
            assert deliver_due() == 7
        assert len({mail.recipients[0] for mail in server.accepted}) == 11 == len(server.accepted)


def test_a_mail_claimed_before_the_pause_is_the_last(make_app: MakeApp) -> None:
    """The organiser pauses while the server reads a mail: that one leaves, and no other."""
    sites: list[Flask] = []

    def presses(mail: Mail) -> str:
        with sites[1].app_context():
            letter = db.session.scalars(sa.select(Letter)).one()
            pausing.pause(letter, by=owner_of(letter))
        return OK

    with MailServer(answers=presses) as server:
        sites += [site(make_app, server.port), site(make_app, server.port)]
        with sites[0].app_context():
            gathered(5)
            assert deliver_due() == 1
            assert len(server.taken) == 1


@ON_SQLITE
def test_what_is_sent_while_paused_waits_too(app: Flask) -> None:
    letter = make_letter(published=False)
    pausing.pause(letter, by=owner_of(letter))
    make_invited(letter)
    assert invite_all(letter) == (1, 0)
    assert posted()[0].paused_at and numbers(letter).by_state == {"paused": 1}
    pausing.resume(letter, by=owner_of(letter))
    assert posted()[0].paused_at is None and numbers(letter).by_state == {"waiting": 1}


def test_who_was_vouched_for_while_paused_is_not_told_that_their_name_will_not_appear(app: Flask) -> None:
    letter = make_letter(published=False)
    invitation, me = make_invited(letter), owner_of(letter)
    sending.invite(letter, [invitation.id], by=me)
    pausing.pause(letter, by=me)
    actions.attest(invitation, "par téléphone", by=me)
    pausing.resume(letter, by=me)
    [mail] = posted()
    said = " ".join((mail.text or "").split())
    assert "ne paraîtra pas" not in said and "disent avoir votre accord" in said


@ON_SQLITE
def test_answers_go_to_whom_the_letter_names_once_they_are_resumed(app: Flask) -> None:
    letter = make_letter(published=False, contact="zoe@example.org")
    make_invited(letter)
    invite_all(letter)
    pausing.pause(letter, by=owner_of(letter))
    for contact, answers in (("Bob@Exämple.org", "Bob@xn--exmple-cua.org"), ("", None)):
        with write():
            letter.contact = contact
        pausing.resume(letter, by=owner_of(letter))
        assert posted()[0].reply_to == answers
        pausing.pause(letter, by=owner_of(letter))


def test_what_is_resumed_leaves_as_it_would_be_written_by_then(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One pauses to mend the words, a name, or the day; and the letter may be published meanwhile."""
    monkeypatch.setattr(pausing, "AT_ONCE", 2)
    letter = make_letter(published=False)
    me, people = owner_of(letter), [make_invited(letter, given_name=f"30Laure {n}") for n in range(5)]
    with time_machine.travel(now() - timedelta(days=3)):
        sending.invite(letter, [people[0].id], by=me)
        all_leave()
    pausing.pause(letter, by=me)
    sending.remind(letter, [people[0].id], by=me)
    sending.invite(letter, [each.id for each in people[1:]], by=me)
    assert all("30Laure" in (mail.text or "") and "sous embargo" in (mail.text or "") for mail in posted()[1:])
    for each in people:
        with write():
            each.given_name = "Laure"
    said = {"message": "Bonjour {prénom} {nom}.", "sender": "Nous", "reply_by": None}
    sending.save_words(letter, by=me, subject="Signez {titre}", **said)  # type: ignore[arg-type]
    life.publish(letter)
    pausing.resume(letter, by=me)
    subject = "Signez Pour des rues où l’on joue"
    assert [mail.subject for mail in posted()[1:]] == [f"Rappel : {subject}", *[subject] * 4]
    assert {mail.sender_name for mail in posted()[1:]} == {"Nous"}
    for each in people:
        mail = each.message
        assert mail and mail.text and mail.paused_at is None and "embargo" not in mail.text
        assert f"Bonjour Laure {each.family_name}." in mail.text and "30Laure" not in (mail.html or "")


def test_words_that_are_saved_before_all_are_resumed_leave(app: Flask) -> None:
    """Whoever saves them is told so. (On SQLite they may wait until all are.)"""
    said = {"subject": "Signez", "message": "Bonjour.", "sender": "Nous", "reply_by": None}
    in_time: list[bool] = []
    for pause in count(1):
        letter = gathered(2)
        number = letter.id
        pausing.pause(letter, by=owner_of(letter))

        def resume(number: int = number) -> None:
            letter = db.session.get_one(Letter, number)
            pausing.resume(letter, by=owner_of(letter))

        def save(number: int = number) -> None:
            letter = db.session.get_one(Letter, number)
            with write():
                sending.save_words(letter, by=owner_of(letter), **said)  # type: ignore[arg-type]
                in_time.append(gathering_of(letter).paused_at is not None)

        if not take_turns(app, resume, save, pause):
            break
        subjects = {mail.subject for mail in posted() if mail.about == number}
        assert not in_time[-1] or subjects == {"Signez"}, pause
    assert any(in_time) or not is_postgresql()


def test_nothing_is_resumed_under_a_letter_that_takes_no_answers(app: Flask) -> None:
    letter = gathered(1)
    life.publish(letter)
    pausing.pause(letter, by=owner_of(letter))
    life.close(letter)
    with pytest.raises(LetterClosed):
        pausing.resume(letter, by=owner_of(letter))
    assert posted()[0].paused_at


def test_a_pause_longer_than_the_patience_with_a_server_gives_nobody_up(make_app: MakeApp) -> None:
    with MailServer(answers=[LATER]) as server, site(make_app, server.port).app_context():
        letter = gathered(1)
        with write():
            posted()[-1].attempts = len(DELAYS)  # else it is not given up at any age
        pausing.pause(letter, by=owner_of(letter))
        with time_machine.travel(now() + GIVE_UP + timedelta(days=1)):
            pausing.resume(letter, by=owner_of(letter))
            assert deliver_due() == 0
            assert numbers(letter).by_state == {"waiting": 1}


@ON_SQLITE
def test_pausing_one_letter_holds_no_other_and_resuming_it_writes_none_of_another_anew(app: Flask) -> None:
    mine, other = gathered(2), gathered(2)
    pausing.pause(mine, by=owner_of(mine))
    assert (numbers(mine).by_state, numbers(other).by_state) == ({"paused": 2}, {"waiting": 2})
    pausing.pause(other, by=owner_of(other))
    said = {"message": "Bonjour {prénom} {nom}.", "sender": "Nous", "reply_by": None}
    sending.save_words(mine, by=owner_of(mine), subject="Signez", **said)  # type: ignore[arg-type]
    pausing.resume(mine, by=owner_of(mine))
    assert [mail.subject == "Signez" for mail in posted()] == [True, True, False, False]


def test_a_letter_of_many_authors_is_paused(app: Flask) -> None:
    letter = make_letter(published=False, authors="Léa Martin, " * 24)
    pausing.pause(letter, by=owner_of(letter))
    assert gathering_of(letter).paused_at


@ON_SQLITE
def test_nothing_that_was_paused_leaves_for_whoever_has_signed_and_left(app: Flask) -> None:
    letter = make_letter()
    invited = [make_invited(letter) for _ in range(2)]
    invite_all(letter)
    pausing.pause(letter, by=owner_of(letter))
    make_signature(letter, email=invited[0].email, withdrawn_at=now())
    pausing.resume(letter, by=owner_of(letter))
    assert [mail.recipient for mail in posted()] == [invited[1].email]


@ON_SQLITE
def test_a_subject_that_begins_as_a_reminder_does_is_not_reminded_of(app: Flask) -> None:
    letter = make_letter()
    make_invited(letter)
    said = {"message": "Bonjour.", "sender": "Nous", "reply_by": None}
    sending.save_words(letter, by=owner_of(letter), subject="Rappel : signez", **said)  # type: ignore[arg-type]
    invite_all(letter)
    pausing.pause(letter, by=owner_of(letter))
    pausing.resume(letter, by=owner_of(letter))
    assert [mail.subject for mail in posted()] == ["Rappel : signez"]


def test_the_board_says_beside_resume_that_the_mail_was_written_before_the_letter_was_published(
    browser: Reader, alice: Organiser
) -> None:
    letter = make_letter(alice, published=False)
    make_invited(letter)
    sending.invite(letter, sending.to_invite(letter), by=alice)
    pausing.pause(letter, by=alice)
    board = f"/manage/letters/{letter.id}/invitations?lang=en"
    assert "was written before" not in browser.get(board).text
    with time_machine.travel(now() + timedelta(minutes=1)):
        life.publish(letter)
        assert "The email was written before the letter was published" in browser.get(board).text
