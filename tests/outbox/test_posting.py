"""What a mailbox may be sent, over the whole site; decided where the mail is posted, in the same transaction."""

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import all_leave, make_letter, make_organiser
from tests.page import Reader
from tests.threads import at_once
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.letters.queries import letter_by_slug
from tribune.organisers.actions import ask_to_log_in, ask_to_prove
from tribune.outbox.actions import Budget, Mail, post, post_mail, suppress, unsuppress
from tribune.outbox.claiming import claim, record
from tribune.outbox.composing import Composed
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Message
from tribune.outbox.queries import is_suppressed
from tribune.outbox.transport import MailboxRefused
from tribune.signatures import actions
from tribune.signatures.models import Signature

SPELLINGS = [
    "zoe.martin@gmail.com",
    "ZoeMartin@Gmail.com",
    "z.o.e.martin+tribune@googlemail.com",
    "zoemartin+b@GMAIL.COM",
    "zoem.artin@googlemail.com",
]
CONTENT = {"given_name": "Zoé", "family_name": "Martin", "role": "", "organisation": ""}
CONTENT_OF_A_BOX = {"capacity": "personal", "published": True, "news": False}
DRAFT = Composed("Un sujet", "Un texte.\n", "<p>Un texte.</p>", "fr")
THREE = Budget("three", ((3, timedelta(hours=24)), (10, timedelta(days=30))))


def sign(letter: Letter, email: str) -> None:
    actions.sign(letter, email=email, **CONTENT, **CONTENT_OF_A_BOX)


def waiting() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Message)) or 0


def post_one(to: str, budget: Budget = THREE) -> bool:
    with write():
        return post("example", to, DRAFT, {}, budget)


def test_three_confirmations_a_day_for_all_spellings_and_letters_together(app: Flask) -> None:
    organiser = make_organiser()
    for email in SPELLINGS:
        sign(make_letter(organiser), email)
    assert waiting() == 3
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 3  # no mail, no row


@ON_SQLITE
def test_the_page_says_the_same_when_the_budget_is_spent(client: Reader) -> None:
    make_letter(slug="rues")
    answers = [client.sign("rues", email=email) for email in SPELLINGS]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/letters/rues/check-inbox")}
    assert waiting() == 3


def test_the_next_day_brings_three_more_and_a_month_ten(app: Flask) -> None:
    begin = now()
    left = []
    for day in range(5):
        with time_machine.travel(begin + timedelta(days=day, minutes=day)):
            left.append(sum(post_one("zoe@example.org") for _ in range(5)))
            all_leave()
    assert left == [3, 3, 3, 1, 0]
    with time_machine.travel(begin + timedelta(days=31)):
        assert post_one("zoe@example.org")


def test_a_mail_that_has_left_still_counts(app: Flask) -> None:
    for _ in range(3):
        assert post_one("zoe@example.org")
    all_leave()
    assert not post_one("zoe@example.org")
    suppress(mailbox_key("zoe@example.org"))
    unsuppress(mailbox_key("zoe@example.org"))
    assert not post_one("zoe@example.org")  # to want none, then some, begins no new day


def test_a_mail_that_leaves_late_counts_from_when_it_left(app: Flask) -> None:
    begin = now()
    for _ in range(3):
        assert post_one("zoe@example.org")
    with time_machine.travel(begin + timedelta(hours=20)):
        all_leave()
    with time_machine.travel(begin + timedelta(hours=25)):
        assert not post_one("zoe@example.org")
    with time_machine.travel(begin + timedelta(hours=44, seconds=10)):
        assert post_one("zoe@example.org")


def test_a_mail_that_still_waits_counts_and_one_that_was_given_up_no_more(app: Flask) -> None:
    begin = now()
    for _ in range(3):
        assert post_one("zoe@example.org")
    with time_machine.travel(begin + timedelta(hours=48)):
        assert not post_one("zoe@example.org")
        with write() as session:
            session.execute(sa.update(Message).values(gave_up_at=now()))
        assert post_one("zoe@example.org")


@ON_SQLITE
def test_what_is_paused_for_a_day_takes_no_place_from_others(app: Flask) -> None:
    for _ in range(3):
        with write():
            assert post_mail(Mail("example", "zoe@example.org", DRAFT, {}, THREE), paused=True)
    assert not post_one("zoe@example.org")
    with time_machine.travel(now() + timedelta(hours=25)):
        assert post_one("zoe@example.org")


def test_two_budgets_are_spent_apart(app: Flask) -> None:
    for _ in range(3):
        assert post_one("zoe@example.org")
    assert post_one("zoe@example.org", Budget("other", ((1, timedelta(hours=1)),)))


def test_other_mailboxes_are_not_concerned(app: Flask) -> None:
    for _ in range(4):
        post_one("zoe@example.org")
    assert post_one("z.oe@example.org")


def test_a_suppressed_mailbox_receives_nothing_whatever_its_spelling(app: Flask) -> None:
    assert post_one("zoe@example.org")
    suppress(mailbox_key("zoe@example.org"))
    assert waiting() == 0  # what waited for it is dropped too
    assert not post_one("ZOE+again@example.org")
    assert is_suppressed(mailbox_key("zoe@example.org"))
    unsuppress(mailbox_key("zoe@example.org"))
    assert post_one("zoe@example.org")


def test_that_a_mail_never_arrived_is_still_known_once_its_mailbox_wants_none(app: Flask) -> None:
    assert post_one("zoe@example.org")
    message = claim()
    assert message
    record(message, MailboxRefused("550"))
    suppress(mailbox_key("zoe@example.org"))
    assert db.session.scalars(sa.select(Message.last_error)).all() == ["550"]


@ON_SQLITE
def test_an_organiser_who_said_it_was_not_them_can_still_log_in_and_prove_who_they_are(app: Flask) -> None:
    organiser = make_organiser(email="alice@example.org")
    ask_to_log_in(organiser.email, "fr")
    suppress(mailbox_key("alice@example.org"))
    ask_to_log_in(organiser.email, "fr")
    ask_to_log_in(organiser.email, "fr", known=True)
    ask_to_prove(organiser, "fr")
    assert waiting() == 4


def test_a_mail_is_rolled_back_with_what_caused_it(app: Flask) -> None:
    letter = make_letter()
    with pytest.raises(ZeroDivisionError), write():
        sign(letter, "zoe@example.org")
        raise ZeroDivisionError
    assert waiting() == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0
    for _ in range(3):  # and it cost nothing of the budget
        assert post_one("zoe@example.org", Budget("confirmation", THREE.limits))


def test_many_at_once_never_overspend(app: Flask) -> None:
    make_letter(slug="rues")

    def submit(number: int) -> None:
        letter = letter_by_slug("rues")
        assert letter is not None
        sign(letter, SPELLINGS[number % len(SPELLINGS)])

    at_once(app, [partial(submit, number) for number in range(16)])
    assert waiting() == 3


def test_two_mailboxes_at_once_do_not_wait_for_each_other_for_ever(app: Flask) -> None:
    pair = ["a@example.org", "b@example.org"]

    def both(order: int) -> int:
        return sum(post_one(to, Budget("many", ((100, timedelta(1)),))) for to in pair[::order])

    assert sum(at_once(app, [partial(both, order) for order in (1, -1) * 4])) == 16
    assert waiting() == 16
