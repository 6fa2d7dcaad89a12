"""Erasing takes along the mails about a letter that wait for somebody, invitations too; those of others stay whole."""

import re
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask

from tests import turns
from tests.factories import all_leave, invitations_of, make_invited, make_letter, make_signature, owner_of, posted
from tests.invitations.answers import accept, decline
from tests.invitations.sent import invite_all
from tests.traces import MARKS, someone, traces
from tribune.database import now, write
from tribune.invitations import pausing
from tribune.invitations.actions import remove
from tribune.invitations.answering import ask
from tribune.letters.models import Letter
from tribune.mine.answering import find
from tribune.mine.erasing import erase
from tribune.outbox.actions import post_mail
from tribune.people import actions as people
from tribune.people import first
from tribune.people.actions import shown_as, words_of
from tribune.people.order import order_shown_as
from tribune.people.queries import places, whole_line
from tribune.retention.actions import run
from tribune.signatures.mails import already_signed, post_ask_to_confirm


def invite(letter: Letter, email: str = MARKS[2]) -> None:
    """Invite somebody, whose mail then waits."""
    make_invited(letter, given_name=MARKS[0], family_name=MARKS[1], email=email)
    invite_all(letter)


@pytest.mark.parametrize("paused", [True, False])
def test_an_invitation_that_waits_does_not_leave(letter: Letter, paused: bool) -> None:
    if paused:
        pausing.pause(letter, by=owner_of(letter))
    invite(letter)
    signature = someone(letter)
    erase(signature.id, signature.link_nonce)
    assert posted() == [] and traces(*MARKS) == set()


@pytest.mark.parametrize("gave_up", [True, False])
def test_of_one_that_has_left_it_is_forgotten_what_it_was_about(letter: Letter, gave_up: bool) -> None:
    invite(letter)
    all_leave()
    if gave_up:
        with write():
            posted()[0].sent_at, posted()[0].gave_up_at = None, now()
    signature = someone(letter)
    erase(signature.id, signature.link_nonce)
    assert [mail.about for mail in posted()] == [None]


def test_invitations_of_others_and_to_other_letters_leave_all_the_same(letter: Letter) -> None:
    other = make_letter()
    invite(letter, "ada@example.org")
    invite(other)
    signature = someone(letter)
    erase(signature.id, signature.link_nonce)
    left = [(mail.recipient, mail.about) for mail in posted()]
    assert left == [("ada@example.org", letter.id), (MARKS[2], other.id)]
    assert [len(invitations_of(each)) for each in (letter, other)] == [1, 1]


def test_links_that_somebody_asked_for_do_not_leave(letter: Letter) -> None:
    signature = someone(letter, confirmed=False)
    find(MARKS[2], "fr")
    erase(signature.id, signature.link_nonce)
    assert posted() == []


def test_a_question_that_waits_for_the_organisers_does_not_leave(app: Flask) -> None:
    letter = make_letter(contact="alice@example.org")
    other, invitation = make_invited(letter), make_invited(letter, given_name=MARKS[0], email=MARKS[2])
    for each in (other, invitation):
        ask(each.id, each.link_nonce, "Puis-je signer ?")
    signature = accept(invitation)
    erase(signature.id, signature.link_nonce)
    assert [mail.reply_to for mail in posted()] == [other.email] and traces(*MARKS) == set()


def test_that_they_took_back_a_yes_is_not_told_once_they_have_erased_or_were_removed(app: Flask) -> None:
    letter = make_letter(contact="alice@example.org", published=False)
    other, invitation = make_invited(letter), make_invited(letter, given_name=MARKS[0], email=MARKS[2])
    for each in (other, invitation):
        accept(each)
        decline(each)
    assert [mail.recipient for mail in posted()] == ["alice@example.org"] * 2
    remove(other, by=owner_of(letter))
    signature = someone(letter)
    erase(signature.id, signature.link_nonce)
    assert posted() == [] and traces(*MARKS) == set()


def test_what_waits_for_another_spelling_about_a_signature_that_stays_stays_with_it(letter: Letter) -> None:
    spelling = MARKS[2].replace("@", "+x@")
    stays = make_signature(letter, email=spelling, confirmed=False)
    with write():
        post_ask_to_confirm(stays, spelling)
    signature = someone(letter)
    erase(signature.id, signature.link_nonce)
    assert [(mail.recipient, mail.about) for mail in posted()] == [(spelling, letter.id)]


def test_what_tells_them_that_they_had_signed_already_does_not_leave(letter: Letter) -> None:
    """Where the address of their signature is forgotten it goes to the one just typed, without their link."""
    signature = someone(letter)
    with write():
        signature.email = None
        post_mail(already_signed(signature, MARKS[2], "fr"))
    erase(signature.id, signature.link_nonce)
    assert posted() == []


def test_that_the_line_they_shared_was_corrected_names_them_to_nobody(letter: Letter) -> None:
    owner, mate, signature = owner_of(letter), make_signature(letter), someone(letter, role="", organisation="")
    for each in (mate, signature):
        first.set_first(letter, each, True, by=owner)
    first.join(letter, signature, by=owner, seen_as=order_shown_as(places(letter)))
    assert whole_line(mate).names.endswith(f"{MARKS[0]} {MARKS[1]}")
    words = {**words_of(mate), "given_name": "Zoë"}
    people.correct(mate, by=owner, words=words, reason="Une coquille.", seen_as=shown_as(mate))
    erase(signature.id, signature.link_nonce)
    assert "Zoë Évrard" in (posted()[0].text or "") and traces(*MARKS) == set()


def test_mails_that_another_deletes_meanwhile_are_gone_for_both(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LOCKS", re.compile(r"FROM messages"))
    letter = make_letter()
    signature = someone(letter)
    with write():
        signature.email = None
        post_mail(already_signed(signature, MARKS[2], "fr"))
    all_leave()
    link, due = (signature.id, signature.link_nonce), now() + timedelta(days=40)
    with time_machine.travel(due, tick=False):
        assert turns.take_turns(app, partial(erase, *link), lambda: list(run()), 1)
    assert posted() == []
