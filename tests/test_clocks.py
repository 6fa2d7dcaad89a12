"""The clock of the machine jumps: what waits for a moment waits for that moment, and nothing is lost."""

from datetime import timedelta

import time_machine
from flask import Flask

from tests.factories import confirm_path, make_letter, make_message, make_signature, owner_of
from tests.page import Reader
from tribune.database import now
from tribune.desk.queries import waiting_mails
from tribune.mine import actions as mine
from tribune.mine.queries import last_rewording
from tribune.outbox.claiming import claim
from tribune.outbox.delivery import deliver_due
from tribune.outbox.queries import age_of_the_oldest, queue
from tribune.people import first
from tribune.people.actions import shown_as, words_of
from tribune.people.queries import places

JUMP = timedelta(hours=1)


def test_after_a_jump_backward_mails_leave_once_the_clock_is_back_where_it_was(app: Flask) -> None:
    start = now()
    with time_machine.travel(start + JUMP):
        make_message()
    assert deliver_due() == 0 and queue().waiting == 1
    make_message("ada@example.org")  # what is posted since leaves at once
    assert deliver_due() == 1
    with time_machine.travel(start + JUMP + timedelta(minutes=1)):
        assert deliver_due() == 1


def test_after_a_jump_backward_no_mail_has_waited_for_less_than_no_time(client: Reader) -> None:
    letter = make_letter(slug="rues")
    with time_machine.travel(now() + JUMP):
        client.sign("rues")
    assert waiting_mails(letter) == (1, 0) and age_of_the_oldest() == 0


def test_after_a_jump_forward_what_was_claimed_is_sent_by_who_comes(app: Flask) -> None:
    make_message()
    assert claim() is not None
    with time_machine.travel(now() + JUMP):
        assert deliver_due() == 1


def test_after_a_jump_backward_a_link_opens_a_page_that_offers_another(client: Reader) -> None:
    signature, start = make_signature(make_letter(), confirmed=False), now()
    with time_machine.travel(start + JUMP):
        link = confirm_path(signature)
        assert client.get(link).status_code == 200
    early = client.post(link)
    assert early.status_code == 410 and not signature.confirmed_at
    with time_machine.travel(start + JUMP + timedelta(minutes=1)):
        assert client.post(link).status_code == 303


def test_what_a_machine_whose_clock_is_ahead_has_signed_holds_on_the_others(client: Reader) -> None:
    letter = make_letter()
    signature = make_signature(letter, confirmed=False)
    with time_machine.travel(now() + timedelta(seconds=90)):
        link = confirm_path(signature)
        client.log_in(owner_of(letter))
    assert client.post(link).status_code == 303 and signature.confirmed_at
    assert client.get("/manage/").status_code == 200


def test_after_a_jump_backward_a_letter_is_public_again_at_its_moment(client: Reader) -> None:
    start = now()
    with time_machine.travel(start + JUMP):
        make_letter(slug="rues")
    assert client.get("/letters/rues").status_code == 404
    with time_machine.travel(start + JUMP + timedelta(minutes=1)):
        assert client.get("/letters/rues").status_code == 200


def test_across_a_jump_backward_who_leaves_and_comes_back_has_their_place_and_their_way_back(app: Flask) -> None:
    letter = make_letter(first="Ada Un\nBea Deux")
    signature, start = make_signature(letter), now()
    first.set_first(letter, signature, True, by=owner_of(letter))
    link, stood = (signature.id, signature.link_nonce), places(letter)
    with time_machine.travel(start - JUMP):
        mine.correct(*link, words={**words_of(signature), "role": "maire"}, seen_as=shown_as(signature))
        mine.withdraw(*link)
        mine.come_back(*link)
    assert places(letter) == stood and last_rewording(signature)
