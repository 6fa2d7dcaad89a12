"""The code of the mail confirms in the browser that signed, for fifteen minutes and five tries; nothing else does."""

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from tests.databases import ON_SQLITE
from tests.factories import confirm_path, everything, latest_signature, make_letter, make_signature, posted
from tests.page import Reader
from tests.statements import listening
from tests.threads import at_once
from tribune.abuse.counters import InDatabase, forget_counters
from tribune.abuse.models import Counter
from tribune.codes import STEP, STEPS, Code
from tribune.database import db, write
from tribune.letters import life
from tribune.outbox.delivery import deliver_due
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.transport import mailbox_folder
from tribune.signatures import actions
from tribune.signatures.browser import COOKIE, LASTS, hash_of
from tribune.signatures.by_code import TRIES, confirm_by_code
from tribune.signatures.links import code_of
from tribune.signatures.models import Signature
from tribune.tokens import Purpose, issue

PATH = "/signatures/confirm/code"
AT_ONCE = 20


@pytest.fixture(autouse=True)
def drawn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site draws the same numbers each time: else six digits are now and then also in a hash, or another code."""
    monkeypatch.setattr(secrets, "token_bytes", Random(1).randbytes)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still, at the beginning of a step, until a test moves it."""
    at = datetime(2026, 11, 24, 18, tzinfo=UTC)
    with time_machine.travel(at, tick=False) as clock:
        yield clock


def type_code(client: Reader, digits: str) -> TestResponse:
    return client.post(PATH, data={"code": digits})


def signed(client: Reader, slug: str = "rues") -> Signature:
    """Sign in this browser."""
    client.sign(slug)
    return latest_signature()


def tries(signature: Signature) -> int:
    """How many codes its browser has typed."""
    return InDatabase().read(f"code {signature.browser_hash}")


def wrong(digits: str) -> str:
    """Six other digits."""
    return f"{(int(digits) + 1) % 10**6:06}"


def codes_in(mail: bytes) -> list[str]:
    """The lines and elements of a mail that are six digits."""
    text = mail.decode().replace("=\r\n", "")
    return re.findall(r"^(\d{6})\r$", text, re.MULTILINE) + re.findall(r"\[?>(\d{6})<", text)


def test_the_code_of_the_mail_confirms_in_the_browser_that_signed(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues")
    deliver_due()
    [file] = mailbox_folder().glob("*.eml")
    text, html = codes_in(file.read_bytes())
    assert text == html
    for typed in (f" {text[:3]} {text[3:]} ", f"{text[:3]}-{text[3:]}."):  # as people type it
        answer = type_code(client, typed)
        assert answer.status_code == 303 and "C’est signé" in client.get(answer.location).text
    assert type_code(client, text).status_code == 303  # pressed twice
    assert letter.confirmed_count == 1


@ON_SQLITE
def test_every_code_has_six_digits(app: Flask) -> None:
    assert all(re.fullmatch("[0-9]{6}", Code([number]).digits()) for number in range(100))


@ON_SQLITE
def test_the_code_is_nowhere_in_the_database(client: Reader) -> None:
    make_letter(slug="rues")
    digits = code_of(signed(client)).digits()
    assert digits not in str(everything())
    assert [mail.links["code"] for mail in posted() if mail.links] == [
        {"purpose": "code", "payload": [latest_signature().id, latest_signature().link_nonce]}
    ]


@ON_SQLITE
def test_the_page_that_is_left_open_has_the_form_and_is_the_same_for_everybody(app: Flask, client: Reader) -> None:
    make_letter(slug="rues")
    signed(client)
    page = client.get("/letters/rues/check-inbox")
    assert page.data == app.test_client().get("/letters/rues/check-inbox").data
    assert page.headers["Cache-Control"] == "public, max-age=10, stale-while-revalidate=10, stale-if-error=20"
    assert f'action="{PATH}"' in page.text
    assert 'autocomplete="one-time-code"' in page.text and 'inputmode="numeric"' in page.text


def test_it_works_for_fifteen_minutes_from_when_the_mail_leaves(client: Reader, clock: time_machine.Traveller) -> None:
    make_letter(slug="rues")
    client.sign("rues")
    clock.shift(timedelta(hours=5))  # while no server answered
    deliver_due()
    [file] = mailbox_folder().glob("*.eml")
    digits = codes_in(file.read_bytes())[0]
    clock.shift(STEP * (STEPS + 1) - 1)
    assert code_of(latest_signature()).is_told(digits)
    clock.shift(1)
    assert not code_of(latest_signature()).is_told(digits)
    assert STEP * STEPS == 15 * 60


def test_wrong_expired_unknown_and_spent_are_answered_alike(
    app: Flask, client: Reader, clock: time_machine.Traveller
) -> None:
    make_letter(slug="rues")
    signature = signed(client)
    digits = code_of(signature).digits()
    stranger = app.test_client()
    stranger.set_cookie(COOKIE, issue(Purpose.BROWSER, "another"), path="/signatures/confirm")
    answers = [type_code(client, wrong(digits)), type_code(stranger, digits), type_code(app.test_client(), digits)]
    for _ in range(TRIES):
        answers.append(type_code(client, wrong(digits)))
    answers.append(type_code(client, digits))
    with write() as session:
        session.execute(sa.delete(Counter))
    clock.shift(STEP * (STEPS + 1))
    answers.append(type_code(client, digits))
    for answer in answers:
        text = answer.text
        for typed in (digits, wrong(digits)):
            text = text.replace(typed, "")
        assert (answer.status_code, text) == (422, answers[0].text.replace(wrong(digits), ""))
    assert "appuyez sur son bouton" in answers[0].text
    assert signature.confirmed_at is None


def test_after_five_tries_only_the_link_confirms(client: Reader, clock: time_machine.Traveller) -> None:
    letter = make_letter(slug="rues")
    signature = signed(client)
    digits = code_of(signature).digits()
    for _ in range(TRIES):
        assert type_code(client, wrong(digits)).status_code == 422
    assert type_code(client, digits).status_code == 422
    clock.shift(LASTS - 1)  # to the last moment of its cookie
    forget_counters()
    assert type_code(client, code_of(signature).digits()).status_code == 422
    assert letter.confirmed_count == 0
    client.post(confirm_path(signature))
    assert letter.confirmed_count == 1


@ON_SQLITE
@pytest.mark.parametrize("typed", ["", "   ", "-", "12345", "1234567", "12345a", "123456\n7"])
def test_what_can_be_no_code_costs_no_try(client: Reader, typed: str) -> None:
    make_letter(slug="rues")
    signature = signed(client)
    answer = type_code(client, typed)
    assert answer.status_code == 422 and "Saisissez les six chiffres" in answer.text
    assert type_code(client, code_of(signature).digits()).status_code == 303 and tries(signature) == 1


@ON_SQLITE
@pytest.mark.parametrize("typed", ["\ud800", "١٢٣٤٥٦", "a" * 10_000, "<b>", "\x00", "é"])
def test_anything_may_be_typed(client: Reader, typed: str) -> None:
    make_letter(slug="rues")
    signed(client)
    data = {"code": typed.encode("utf-8", "surrogatepass")} if typed == "\ud800" else {"code": typed}
    assert client.post(PATH, data=data).status_code == 422


def test_many_wrong_tries_at_once_are_five_at_most(app: Flask) -> None:
    make_signature(make_letter(), confirmed=False, browser_hash="a browser")
    signature = latest_signature()
    digits = code_of(signature).digits()
    assert not any(at_once(app, [lambda: confirm_by_code("a browser", wrong(digits))] * AT_ONCE))
    assert tries(signature) == AT_ONCE
    assert confirm_by_code("a browser", digits) is None


def test_the_right_code_at_once_counts_once(app: Flask) -> None:
    letter = make_letter()
    make_signature(letter, confirmed=False, browser_hash="a browser")
    digits = code_of(latest_signature()).digits()
    answers = at_once(app, [lambda: confirm_by_code("a browser", digits)] * AT_ONCE)
    assert sum(answer is not None for answer in answers) == TRIES
    assert letter.confirmed_count == 1


@ON_SQLITE
def test_no_row_without_a_browser_is_reached_without_a_cookie(app: Flask) -> None:
    signature = make_signature(make_letter(), confirmed=False)
    assert signature.browser_hash is None
    assert confirm_by_code(None, code_of(signature).digits()) is None


@ON_SQLITE
def test_after_a_day_only_the_link_confirms(client: Reader, clock: time_machine.Traveller) -> None:
    letter = make_letter(slug="rues")
    signature = signed(client)
    cookie = client.get_cookie(COOKIE, path="/signatures/confirm")
    clock.shift(LASTS + 1)
    client.set_cookie(COOKIE, cookie.value if cookie else "", path="/signatures/confirm")  # kept for too long
    assert type_code(client, code_of(signature).digits()).status_code == 422 and tries(signature) == 0
    client.post(confirm_path(signature))
    assert letter.confirmed_count == 1


@ON_SQLITE
def test_what_is_no_cookie_of_ours_has_nothing_counted(client: Reader) -> None:
    make_signature(make_letter(), confirmed=False, browser_hash=hash_of("a browser"))
    for typed in ("a browser", hash_of("a browser"), issue(Purpose.STAMP, "a browser"), "x" * 3000, "é"):
        client.set_cookie(COOKIE, typed, path="/signatures/confirm")
        assert type_code(client, code_of(latest_signature()).digits()).status_code == 422
    assert db.session.query(Counter).count() == 0


@ON_SQLITE
def test_a_code_waits_for_who_writes_also_where_the_address_has_signed_before(client: Reader) -> None:
    """Else the time of the answer would tell who signs with the address of another whether that one has signed."""
    make_signature(make_letter(slug="rues"), email="zoe@example.org")
    locked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            locked.append(statement)

    for email in ("zoe@example.org", "new@example.org"):
        client.sign("rues", email=email)
        with listening("before_cursor_execute", note):
            type_code(client, "123456")
        assert locked.pop() and not locked


def test_a_code_of_one_signature_confirms_no_other(client: Reader) -> None:
    for slug in ("rues", "places"):
        make_letter(slug=slug)
    first = signed(client)
    signed(client, "places")  # its cookie takes the place of the first one
    answer = type_code(client, code_of(first).digits())
    assert answer.status_code == 422 and "seul vaut celui de votre dernière signature" in answer.text


@ON_SQLITE
def test_a_letter_that_confirms_no_more_says_so(client: Reader, clock: time_machine.Traveller) -> None:
    letter = make_letter(slug="rues")
    signature = signed(client)
    life.close(letter)
    with write():
        letter.closed_at = signature.signed_at - timedelta(hours=73)
    answer = type_code(client, code_of(signature).digits())
    assert answer.status_code == 303 and client.get(answer.location).status_code == 403
    assert letter.confirmed_count == 0


@ON_SQLITE
def test_a_browser_says_where_the_second_try_comes_from(client: Reader) -> None:
    make_letter(slug="rues")
    refused = type_code(client, wrong(code_of(signed(client)).digits()))
    assert refused.headers["Referrer-Policy"] == client.get(PATH).headers["Referrer-Policy"]


@ON_SQLITE
def test_another_site_types_no_code(client: Reader) -> None:
    make_letter(slug="rues")
    digits = code_of(signed(client)).digits()
    answer = client.post(PATH, data={"code": digits}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403 and latest_signature().confirmed_at is None


@ON_SQLITE
def test_a_code_outlives_the_key_while_that_is_a_fallback(app: Flask) -> None:
    code = Code([1, "nonce"])
    digits = code.digits()
    app.config.update(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["a key for tests"])
    assert code.is_told(digits) and code.digits() != digits
    app.config.update(SECRET_KEY_FALLBACKS=[])
    assert not code.is_told(digits)


@ON_SQLITE
def test_whoever_signs_is_answered_alike_whether_a_mail_left_or_not(app: Flask, client: Reader) -> None:
    make_letter(slug="rues")
    actions.suppress(mailbox_key("eve@example.org"))
    client.sign("rues", email="eve@example.org")  # which leaves no row
    assert type_code(client, "123456").status_code == 422
    assert db.session.query(Signature).count() == 0
