"""Each hour knows how many mails about a thing left and were given up, whatever the workers do."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.factories import everything
from tests.outbox.sites import MakeApp, site
from tests.servers.smtp import MailServer
from tribune.database import db, now, write
from tribune.outbox.actions import Budget, post
from tribune.outbox.claiming import LEASE, claim, record
from tribune.outbox.composing import Composed
from tribune.outbox.delivery import deliver_due
from tribune.outbox.models import MailTally, Message
from tribune.outbox.transport import TryLater, Undeliverable

AT_ONCE = 20
LETTER = 7  # what the mails are about
FOLLOWING = (  # a mail about the same thing to the same person
    "already_signed", "remind_to_confirm", "remind_to_agree", "hidden", "shown", "published", "invitation_trial",
)  # fmt: skip
LATER = "451 4.3.0 Try again later"


def mail(to: str = "zoe@example.org", about: int | None = LETTER, kind: str = "example") -> bool:
    with write():
        budget = Budget("example", ())
        return post(kind, to, Composed("Un sujet", "Un texte.\n", "<p>Un texte.</p>", "fr"), {}, budget, about=about)


def tallied(about: int = LETTER) -> tuple[int, int]:
    """Sent and given up; a test may begin in one hour and end in the next."""
    db.session.rollback()
    columns = (MailTally.sent, MailTally.gave_up)
    rows = db.session.execute(sa.select(*columns).where(MailTally.about == about)).all()
    sent, gave_up = (sum(column) for column in zip(*rows, strict=True)) if rows else (0, 0)
    return sent, gave_up


def test_a_mail_is_tallied_once_it_left(make_app: MakeApp, mail_server: MailServer) -> None:
    with site(make_app, mail_server.port).app_context():
        mail()
        assert tallied() == (0, 0)
        deliver_due()
        assert tallied() == (1, 0)


def test_a_refused_one_is_given_up_and_one_told_to_wait_is_neither(make_app: MakeApp) -> None:
    refused = {"gone@example.org": "550 5.1.1 No such mailbox"}
    with MailServer(refused=refused, answers=[LATER]) as server, site(make_app, server.port).app_context():
        mail("gone@example.org")
        mail("zoe@example.org")
        deliver_due()
        assert tallied() == (0, 1)
        with time_machine.travel(
            db.session.scalars(sa.select(Message.next_at).order_by(Message.id.desc())).first() or now()
        ):
            deliver_due()
        assert tallied() == (1, 1)


def test_a_mail_about_nothing_is_not_tallied(make_app: MakeApp, mail_server: MailServer) -> None:
    with site(make_app, mail_server.port).app_context():
        mail(about=None)
        deliver_due()
        assert db.session.scalars(sa.select(MailTally)).all() == []


def test_nor_is_one_that_follows_from_another(make_app: MakeApp) -> None:
    refused = {"gone@example.org": "550 5.1.1 No such mailbox"}
    with MailServer(refused=refused) as server, site(make_app, server.port).app_context():
        for kind in FOLLOWING:
            for to in ("zoe@example.org", "gone@example.org"):
                mail(to, kind=kind)
        deliver_due()
        assert db.session.scalars(sa.select(MailTally)).all() == []


def test_things_are_tallied_apart(make_app: MakeApp, mail_server: MailServer) -> None:
    with site(make_app, mail_server.port).app_context():
        mail(about=LETTER + 1)
        deliver_due()
        assert tallied() == (0, 0) and tallied(LETTER + 1) == (1, 0)


def test_a_mail_that_may_not_be_sent_or_is_taken_back_is_not_tallied(
    make_app: MakeApp, mail_server: MailServer
) -> None:
    never = Budget("never", ((0, LEASE),))
    with site(make_app, mail_server.port).app_context():
        with write():
            assert not post(
                "example", "zoe@example.org", Composed("S", "T\n", "<p>T</p>", "fr"), {}, never, about=LETTER
            )
        with pytest.raises(ZeroDivisionError), write():
            mail()
            raise ZeroDivisionError
        deliver_due()
        assert tallied() == (0, 0)


def test_workers_at_once_tally_each_mail_once(make_app: MakeApp, mail_server: MailServer) -> None:
    apps = [site(make_app, mail_server.port) for _ in range(3)]
    with apps[0].app_context():
        for number in range(AT_ONCE):
            mail(f"person{number}@example.org")

    def work(app: Flask) -> int:
        with app.app_context():
            return deliver_due()

    with ThreadPoolExecutor(3) as threads:
        assert sum(threads.map(work, apps)) == AT_ONCE
    with apps[0].app_context():
        assert tallied() == (AT_ONCE, 0)


def test_a_worker_that_died_before_it_noted_a_mail_leaves_it_to_the_next(
    make_app: MakeApp, mail_server: MailServer
) -> None:
    with site(make_app, mail_server.port).app_context():
        mail()
        assert claim() is not None  # sent, and then the power went
        assert tallied() == (0, 0)
        with time_machine.travel(now() + LEASE):
            deliver_due()
        assert tallied() == (1, 0)


def test_what_a_slow_worker_notes_after_another_sent_its_mail_changes_nothing(
    make_app: MakeApp, mail_server: MailServer
) -> None:
    with site(make_app, mail_server.port).app_context():
        mail()
        slow = claim()
        assert slow is not None
        with time_machine.travel(now() + LEASE):
            deliver_due()
            before = everything()
            for fault in (None, TryLater("450"), Undeliverable("554 5.6.0")):
                record(slow, fault)
        assert everything() == before and tallied() == (1, 0)
