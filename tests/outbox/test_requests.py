"""What was asked for by typing an address is answered once, and then forgotten."""

import time
from collections.abc import Callable

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import make_letter, make_signature, posted
from tests.threads import at_once
from tribune.database import WAIT, db, write
from tribune.mine.answering import answer_due
from tribune.outbox.actions import lock_mailbox
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.models import Mailbox, MailRequest
from tribune.outbox.requests import AT_ONCE, answer_requests, request_mail


def waiting() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(MailRequest.email).order_by(MailRequest.id)))


def test_workers_that_look_at_once_answer_each_request_once(app: Flask) -> None:
    letter = make_letter()
    for number in range(5):
        make_signature(letter, confirmed=False, email=f"zoe{number}@example.org")
        request_mail("new-link", f"zoe{number}@example.org", "fr")
    at_once(app, [answer_due] * 4)
    assert waiting() == []
    assert sorted(mail.recipient or "" for mail in posted()) == [f"zoe{number}@example.org" for number in range(5)]


def divide(_email: str) -> None:
    _ = 1 / 0


def store_half(email: str) -> None:
    with write() as session:
        session.execute(sa.insert(MailRequest).values(form=None, email=email, locale="fr"))


@pytest.mark.parametrize(("fail", "error"), [(divide, "ZeroDivisionError"), (store_half, "IntegrityError")])
def test_one_that_cannot_be_answered_holds_up_no_other(
    app: Flask, caplog: pytest.LogCaptureFixture, fail: Callable[[str], None], error: str
) -> None:
    answered = []

    def answer(email: str, locale: str) -> None:
        if email.startswith("bad"):
            fail(email)
        answered.append((email, locale))

    for email in ("bad@example.org", "zoe@example.org"):
        request_mail("find", email, "en")
    answer_requests({"find": answer})
    assert answered == [("zoe@example.org", "en")] and waiting() == []
    assert error in caplog.text and "example.org" not in caplog.text


@ON_SQLITE
def test_a_flood_of_them_lets_mails_leave_in_between(app: Flask) -> None:
    with write() as session:
        session.add_all(MailRequest(form="find", email=f"{n}@example.org", locale="fr") for n in range(AT_ONCE + 1))
    answered: list[str] = []
    answer_requests({"find": lambda email, _locale: answered.append(email)})
    assert len(answered) == AT_ONCE and waiting() == [f"{AT_ONCE}@example.org"]
    answer_requests({"find": lambda email, _locale: answered.append(email)})
    assert len(answered) == AT_ONCE + 1 and waiting() == []


@pytest.mark.parametrize("locked", [Exception("locked by another"), psycopg.errors.LockNotAvailable()], ids=["", "row"])
def test_one_that_the_database_cannot_answer_now_waits_alone(app: Flask, locked: Exception) -> None:
    answered = []

    def answer(email: str, _locale: str) -> None:
        if email.startswith("locked"):
            raise OperationalError("", {}, locked)
        answered.append(email)

    for email in ("locked@example.org", "zoe@example.org"):
        request_mail("find", email, "fr")
    answer_requests({"find": answer})
    assert answered == ["zoe@example.org"] and waiting() == ["locked@example.org"]


@ON_POSTGRESQL
def test_those_whose_mailboxes_are_locked_by_a_process_that_stopped_keep_nobody_waiting(app: Flask) -> None:
    for name in ("ana", "bob", "zoe"):
        with write():
            lock_mailbox(mailbox_key(f"{name}@example.org"))
        request_mail("find", f"{name}@example.org", "fr")
    with db.engine.connect() as stopped:
        stopped.execute(sa.select(Mailbox.key).where(Mailbox.key != mailbox_key("zoe@example.org")).with_for_update())
        begun = time.monotonic()
        answer_due()
        assert time.monotonic() - begun < WAIT
        assert [mail.recipient for mail in posted()] == ["zoe@example.org"]
    answer_due()
    assert waiting() == []
