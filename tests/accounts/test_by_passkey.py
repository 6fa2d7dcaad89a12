"""A passkey lets in, or proves that it is still the same person; where it leads is the same as by a mailed link."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from tests.accounts.device import Device, as_text
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import make_letter, make_organiser, make_passkey
from tests.organisers.door import KNOWN, too_long_ago
from tests.page import Reader
from tests.turns import Act, all_turns
from tribune.database import db, write
from tribune.letters.carrying import delete_account
from tribune.organisers.actions import shut_out
from tribune.organisers.models import LogIn, Organiser

DELETE = "/manage/account/delete"
PROVE = f"/organisers/prove?next={DELETE}"


@pytest.fixture
def stale(client: Reader, alice: Organiser) -> Reader:
    """The browser of Alice, who showed who she is sixteen minutes ago."""
    client.log_in(alice)
    too_long_ago()
    return client


def options(browser: Reader, page: str) -> dict[str, Any]:
    """What the button of a page learns before it asks the device."""
    [token] = re.findall(r'data-token="([^"]+)"', browser.get(page).text)
    return dict(browser.post("/organisers/passkey/options", headers={"X-CSRFToken": token}).json or {})


def use(browser: Reader, page: str, device: Device) -> TestResponse:
    """Press the button of a page, and let the device answer."""
    html = browser.get(page).text
    [path] = re.findall(r'action="(/organisers/passkey[^"]*)"', html)
    [token] = re.findall(r'data-token="([^"]+)"', html)
    sent = {"answer": device.answer(options(browser, page)["challenge"])}
    return browser.post(unescape(path), json=sent, headers={"X-CSRFToken": token})


@ON_SQLITE
def test_one_s_own_passkey_proves_and_leads_back(stale: Reader, alice: Organiser) -> None:
    before = db.session.scalars(sa.select(LogIn)).one()
    assert use(stale, PROVE, Device(alice)).json == {"next": DELETE}
    assert stale.get(DELETE).status_code == 200 and before.ended_at


def test_a_proof_by_the_passkey_of_another_account_is_refused_and_changes_nobody(
    stale: Reader, alice: Organiser
) -> None:
    answer = use(stale, f"{PROVE}&lang=en", Device(make_organiser(email="asso@example.org")))
    assert answer.status_code == 422 and "another account" in answer.json["sentence"]  # type: ignore[index]
    assert stale.get(DELETE).status_code == 303  # still not proved
    assert "alice@example.org" in stale.get("/manage/account").text
    assert [each.ended_at for each in db.session.scalars(sa.select(LogIn))] == [None]


@ON_SQLITE
def test_where_somebody_is_in_the_device_offers_their_passkeys_alone(stale: Reader, alice: Organiser) -> None:
    Device(make_organiser())
    mine = Device(alice)
    offered = [each["id"] for each in options(stale, PROVE)["allowCredentials"]]
    assert offered == [as_text(mine.credential)]


@ON_SQLITE
def test_at_the_door_any_passkey_is_offered(client: Reader, alice: Organiser) -> None:
    Device(alice)
    assert options(client, "/organisers/log-in")["allowCredentials"] == []


@ON_SQLITE
def test_who_logs_in_by_passkey_comes_to_the_page_they_asked_for(client: Reader, alice: Organiser) -> None:
    page = f"/manage/letters/{make_letter(alice).id}/log"
    client.get(page, headers={"Accept": "text/html"})
    assert use(client, "/organisers/log-in", Device(alice)).json == {"next": page}
    assert client.get(page).status_code == 200


@ON_SQLITE
def test_a_passkey_opens_no_account_that_is_blocked(client: Reader, alice: Organiser) -> None:
    shut_out(alice)
    assert use(client, "/organisers/log-in", Device(alice)).status_code == 422
    assert client.get("/manage/").status_code == 303


@ON_POSTGRESQL
@pytest.mark.parametrize("end", [delete_account, shut_out])
def test_a_passkey_used_while_its_account_is_deleted_or_blocked_lets_nobody_stay(
    app: Flask, client: Reader, end: Callable[[Organiser], object]
) -> None:
    statuses = []

    def begin(_pause: int) -> tuple[Act, Act]:
        zoe = make_organiser()
        device, number = Device(zoe), zoe.id

        def enter() -> None:
            statuses.append(use(client, "/organisers/log-in", device).status_code)

        return lambda: end(db.session.get_one(Organiser, number)), enter

    for _pause in all_turns(app, begin):
        assert not db.session.scalars(sa.select(LogIn).where(LogIn.ended_at.is_(None))).all()
    assert {422} <= set(statuses) <= {200, 422}  # what was opened before it was locked has ended with it


def test_who_asked_for_no_page_comes_to_their_letters(client: Reader, alice: Organiser) -> None:
    assert use(client, "/organisers/log-in", Device(alice)).json == {"next": "/manage/"}
    assert client.get_cookie(KNOWN, path="/organisers/log-in")  # without the passkey, it has links of its own
    assert "last used on" in client.get("/manage/account?lang=en").text


def test_passkeys_are_told_apart_by_the_day_they_were_added(client: Reader, alice: Organiser) -> None:
    for day in (3, 4):
        passkey = make_passkey(alice)
        with write():
            passkey.name, passkey.created_at = "", datetime(2026, 5, day, 12, tzinfo=UTC)
    client.log_in(alice)
    page = " ".join(client.get("/manage/account?lang=en").text.split())
    for day in ("3 May 2026", "4 May 2026"):
        assert f"added on {day}, not used yet" in page
        assert f'Remove<span class="visually-hidden"> Passkey, {day}</span>' in page
