"""What can wait leaves the more slowly, the more mails leave that somebody waits for; never these."""

import time
from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories import make_message
from tests.servers.smtp import MailServer
from tribune.outbox import connecting
from tribune.outbox.delivery import PAUSE, Pace, deliver_due

LATER = 2  # a priority that is not the first


def test_alone_nothing_rests() -> None:
    pace = Pace()
    assert [pace.rest(LATER, moment) for moment in (0, 0.001, 5)] == [0, 0, 0]


def test_it_rests_for_each_that_was_awaited_within_a_second() -> None:
    pace = Pace()
    assert [pace.rest(0, moment / 10) for moment in range(5)] == [0] * 5
    assert pace.rest(LATER, 0.5) == 5 * PAUSE
    assert pace.rest(LATER, 1.15) == 3 * PAUSE
    assert pace.rest(LATER, 1.5) == 0


def test_the_worker_rests_before_a_mail_that_can_wait_and_before_no_other(
    make_app: Callable[..., Flask], mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[tuple[int, float]] = []
    monkeypatch.setattr(connecting, "MOST", 0)  # however late a busy machine makes the mails
    settings = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": mail_server.port, "MAIL_DEFAULT_SENDER": "t@example.org"}
    with make_app(**settings).app_context():
        for priority in (LATER, 0, 0):
            make_message(priority=priority)
        monkeypatch.setattr(time, "sleep", lambda seconds: rests.append((len(mail_server.taken), seconds)))
        monkeypatch.setattr(time, "monotonic", lambda: 7.0)
        assert deliver_due() == 3
    assert rests == [(2, 2 * PAUSE)]  # once both of the others had left
