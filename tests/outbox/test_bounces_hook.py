"""Mails that come back by the web: as by the command when they are signed just now, and otherwise nothing."""

import hmac
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from threading import Thread

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.serving import make_server

from tests.databases import ON_SQLITE
from tests.factories import everything, make_message
from tests.outbox.returned import ZOE, bounces, left, report
from tests.page import Reader
from tribune.abuse.switches import READ_ONLY, turn_on
from tribune.config import MAX_BODY
from tribune.database import db, now, write
from tribune.outbox.claiming import LEASE, claim, record
from tribune.outbox.models import Message

SECRET, HOOK = "s" * 32, "/hooks/bounces"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(BOUNCES_SECRET=SECRET)
    with app.app_context():
        yield app


def signed(mail: bytes, secret: str = SECRET) -> dict[str, str]:
    """The headers of whoever knows `secret`."""
    time = str(int(now().timestamp()))
    made = hmac.new(secret.encode(), time.encode() + b"." + mail, "sha256").hexdigest()
    return {"X-Tribune-Time": time, "X-Tribune-Signature": made, "Content-Type": "message/rfc822"}


def hand_over(client: Reader, mail: bytes, headers: dict[str, str]) -> int:
    return client.post(HOOK, data=mail, headers=headers).status_code


@ON_SQLITE
def test_a_signed_mail_is_read_as_by_the_command_once(client: Reader) -> None:
    mail = report(left().message_id)
    headers = signed(mail)
    assert hand_over(client, mail, headers) == 204
    message = db.session.scalars(sa.select(Message)).one()
    assert message.gave_up_at and message.last_error == "5.1.1" and bounces() == 1
    before = everything()
    assert hand_over(client, mail, headers) == 204  # the same, once more
    assert hand_over(client, b"\xff\0 anything else", signed(b"\xff\0 anything else")) == 204
    assert everything() == before


@ON_SQLITE
def test_one_of_a_mail_that_is_being_sent_is_asked_for_again(client: Reader) -> None:
    mail = report(make_message(ZOE).message_id)
    being_sent = claim()
    assert being_sent
    answer = client.post(HOOK, data=mail, headers=signed(mail))
    assert answer.status_code == 503 and answer.headers["Retry-After"] and bounces() == 0
    record(being_sent, None)
    assert hand_over(client, mail, signed(mail)) == 204 and bounces() == 1


@ON_SQLITE
def test_one_of_a_mail_that_is_paused_and_no_more_being_sent_is_asked_for_no_more(client: Reader) -> None:
    """It may wait for months."""
    message = make_message(ZOE)
    mail = report(message.message_id)
    assert claim()
    with write():
        message.paused_at = now()
    assert client.post(HOOK, data=mail, headers=signed(mail)).status_code == 503
    with time_machine.travel(now() + LEASE):
        assert hand_over(client, mail, signed(mail)) == 204 and bounces() == 0


def test_a_forged_one_changes_nothing(client: Reader) -> None:
    mail = report(left().message_id)
    good, before = signed(mail), everything()
    other = report("<0123456789abcdef0123456789abcdef@localhost>")
    later = str(int(good["X-Tribune-Time"]) + 1)
    for headers in (
        {},
        signed(mail, secret="t" * 32),
        signed(mail, secret=""),
        signed(other),
        {**good, "X-Tribune-Time": later},
        {**good, "X-Tribune-Time": ""},
        {**good, "X-Tribune-Time": "9" * 400},
        {**good, "X-Tribune-Time": "-" + good["X-Tribune-Time"]},
        {**good, "X-Tribune-Signature": ""},
        {**good, "X-Tribune-Signature": good["X-Tribune-Signature"][:-1]},
        {**good, "X-Tribune-Signature": "\xe9" * 64},
    ):
        assert hand_over(client, mail, headers) == 403, headers
    assert hand_over(client, mail + b"\n", good) == 403
    assert everything() == before
    assert hand_over(client, mail, good) == 204


@ON_SQLITE
def test_one_of_before_is_refused_and_so_is_one_to_come(client: Reader) -> None:
    mail = report(left().message_id)
    headers, before = signed(mail), everything()
    for minutes in (-6, 6):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
            assert hand_over(client, mail, headers) == 403
    assert everything() == before
    with time_machine.travel(now() + timedelta(minutes=4), tick=False):
        assert hand_over(client, mail, headers) == 204


@ON_SQLITE
def test_what_is_too_large_is_not_read_and_a_site_that_is_only_read_takes_none(client: Reader) -> None:
    mail = report(left().message_id)
    large = mail + b"x" * MAX_BODY
    assert hand_over(client, large, signed(large)) == 413
    turn_on(READ_ONLY)
    assert hand_over(client, mail, signed(mail)) == 503
    assert bounces() == 0


@ON_SQLITE
def test_without_a_secret_there_is_no_such_address(make_app: Callable[..., Flask]) -> None:
    with make_app().app_context() as context:
        client, mail = context.app.test_client(), report(left().message_id)
        for headers in ({}, signed(mail), signed(mail, secret="")):
            for method in ("POST", "GET", "OPTIONS"):
                answer = client.open(HOOK, method=method, data=mail, headers=headers)
                assert (answer.status_code, "Allow" in answer.headers) == (404, False)
        assert bounces() == 0


@ON_SQLITE
def test_the_script_of_the_documentation_hands_over_a_mail_of_any_size(app: Flask, tmp_path: Path) -> None:
    documentation = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text()
    [script] = re.findall(r"^    #!/usr/bin/env python3\n(?:    .+\n)+", documentation, re.MULTILINE)
    secret, mail = tmp_path / "secret", report(left().message_id) + b"x\n" * MAX_BODY
    secret.write_text(f"{SECRET}\n")
    with make_server("localhost", 0, app) as server:
        Thread(target=server.handle_request, daemon=True).start()
        ours = script.replace("https://letters.example.org", f"http://localhost:{server.port}")
        ours = dedent(ours).replace("/etc/tribune-bounces-secret", str(secret))
        done = subprocess.run([sys.executable, "-c", ours], input=mail, capture_output=True, check=False)
    assert (done.returncode, done.stderr, bounces()) == (0, b"", 1)
