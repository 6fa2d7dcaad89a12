"""The site is killed while it signs and sends: what it acknowledged stays, and every signature gets its mail."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.conftest import SETTINGS
from tests.factories import make_letter
from tests.servers.crowd import Crowd
from tests.servers.site import Site, serve
from tests.servers.smtp import NEVER, OK, MailServer
from tribune.database import db, now
from tribune.outbox.delivery import LEASE
from tribune.outbox.models import Message
from tribune.outbox.queries import queue
from tribune.signatures.models import Signature

ROUNDS = 3
KILLS = ROUNDS + 1  # the last one when all is sent but what a dead worker still holds
READERS = 4
SIGNED_BEFORE_A_KILL = 25  # acknowledged, so that each round is killed in full work, however slow the machine


def sign_and_kill(site: Site, crowd: Crowd, server: MailServer, silent: threading.Event) -> None:
    """One round: everybody signs and the worker sends, until the power goes in the middle of a mail."""
    with crowd.signing(READERS):
        try:
            crowd.wait_for(SIGNED_BEFORE_A_KILL)
            unanswered = len(server.taken) - len(server.accepted)
            silent.set()
            server.wait_until(lambda: len(server.taken) - len(server.accepted) > unanswered)
        finally:
            site.kill()
            silent.clear()


@pytest.fixture
def silent() -> threading.Event:
    """While it is set, the mail server takes mails and does not say what becomes of them."""
    return threading.Event()


@pytest.fixture
def server(silent: threading.Event) -> Iterator[MailServer]:
    with MailServer(answers=lambda mail: NEVER if silent.is_set() else OK) as server:
        yield server


@pytest.fixture
def after(make_app: Callable[..., Flask], server: MailServer) -> Iterator[Flask]:
    """The same site as the killed one, in this process, to look at what it left and to deliver the rest."""
    app = make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=server.port, MAIL_DEFAULT_SENDER="t@example.org")
    with app.app_context():
        make_letter(slug="rues")
        db.session.remove()
        yield app


def test_a_site_that_is_killed_loses_nothing_it_acknowledged(
    database_url: str, after: Flask, server: MailServer, silent: threading.Event
) -> None:
    ours = {
        "SECRET_KEY": SETTINGS["SECRET_KEY"], "SQLALCHEMY_DATABASE_URI": database_url, "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": server.port, "MAIL_DEFAULT_SENDER": "t@example.org",
    }  # fmt: skip
    with serve({f"TRIBUNE_{name}": str(value) for name, value in ours.items()}) as site:
        crowd = Crowd(site)
        for _ in range(ROUNDS):
            sign_and_kill(site, crowd, server, silent)
            site.start()
        # The last start sends what is due by itself; what a killed worker had claimed is due when its lease ends.
        server.wait_until(lambda: nothing_is_due(after), timeout=20)
        site.kill()

    waits_until = db.session.scalars(sa.select(Message.next_at).where(Message.sent_at.is_(None))).all()
    assert len(waits_until) <= KILLS and all(moment <= now() + LEASE for moment in waits_until)
    with time_machine.travel(now() + LEASE):
        assert after.test_cli_runner().invoke(args=["outbox", "deliver", "--once"]).exit_code == 0

    signed = Counter(db.session.scalars(sa.select(Signature.email)))
    mailed = Counter(mail.recipients[0] for mail in server.accepted)
    assert set(crowd.acknowledged) <= set(signed)
    assert len(crowd.acknowledged) >= ROUNDS * SIGNED_BEFORE_A_KILL
    assert set(mailed) == set(signed)  # each signature got its mail, and no mail is without its signature
    assert len(server.taken) - len(mailed) <= KILLS
    assert queue().waiting == 0


def nothing_is_due(app: Flask) -> bool:
    """Whether the worker has nothing to do now."""
    with app.app_context():
        due = sa.select(Message.id).where(Message.sent_at.is_(None), Message.next_at <= now())
        return db.session.scalars(due.limit(1)).first() is None
