"""Passkeys where the browser is not what it should be: what a device answers is believed only when all of it holds.

Ceremonies that succeed are in test_by_passkey.py, and in tests/browser/test_passkeys.py from button to button.
"""

import json
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.accounts.device import PRESENT, Device, as_text
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import make_organiser, make_passkey
from tests.page import Reader
from tests.turns import Act, all_turns
from tribune.accounts import passkeys
from tribune.accounts.queries import passkeys_of
from tribune.database import db, now
from tribune.organisers.models import LogIn, Passkey, PasskeyChallenge


def answer(challenge: str, credential: bytes = b"credential") -> dict[str, Any]:
    """What a browser would send, with a signature that is none."""
    told = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": "http://localhost"}).encode()
    parts = {"clientDataJSON": told, "authenticatorData": b"x" * 37, "signature": b"s", "attestationObject": b"\xa0"}
    return {
        "id": as_text(credential),
        "rawId": as_text(credential),
        "type": "public-key",
        "response": {name: as_text(part) for name, part in parts.items()},
    }


def challenge_of(client: Reader) -> str:
    page = client.fields("/organisers/log-in")
    options = client.post("/organisers/passkey/options", headers={"X-CSRFToken": page["csrf_token"]}).json
    assert options and options["userVerification"] == "required" and options["rpId"] == "localhost"
    return str(options["challenge"])


@ON_SQLITE
def test_a_signature_that_is_none_opens_nothing_and_its_question_is_spent(client: Reader) -> None:
    passkey = make_passkey(make_organiser())
    token = client.fields("/organisers/log-in")["csrf_token"]
    sent = {"json": {"answer": answer(challenge_of(client), passkey.credential_id)}, "headers": {"X-CSRFToken": token}}
    first = client.post("/organisers/passkey", **sent)
    assert first.status_code == 422 and first.json and first.json["sentence"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PasskeyChallenge)) == 0
    assert client.get("/manage/").status_code == 303  # still nobody


def asked() -> str:
    return str(json.loads(passkeys.ask_for_proof())["challenge"])


def test_a_question_is_answered_once_and_within_five_minutes(app: Flask) -> None:
    device = Device(make_organiser())
    in_time, late = device.answer(asked()), device.answer(asked())
    passkeys.enter(in_time)
    for refused in (device.answer(as_text(b"never asked")), in_time):
        with pytest.raises(passkeys.PasskeyRefused):
            passkeys.enter(refused)
    with (
        time_machine.travel(now() + passkeys.CHALLENGE_LASTS + timedelta(seconds=1)),
        pytest.raises(passkeys.PasskeyRefused),
    ):
        passkeys.enter(late)
    with time_machine.travel(now() + passkeys.CHALLENGE_LASTS * 2):
        passkeys.ask_for_proof()  # and those never answered are forgotten
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PasskeyChallenge)) == 1


@ON_SQLITE
def test_a_device_that_saw_nobody_or_counts_backwards_opens_nothing(app: Flask) -> None:
    device = Device(make_organiser())
    passkeys.enter(device.answer(asked(), count=5))
    for wrong in ({"who": PRESENT, "count": 6}, {"count": 5}):  # the latter: a copy of the key
        with pytest.raises(passkeys.PasskeyRefused):
            passkeys.enter(device.answer(asked(), **wrong))
    passkeys.enter(device.answer(asked(), count=6))


@ON_POSTGRESQL
def test_a_key_and_its_copy_used_at_once_open_one_log_in(app: Flask) -> None:
    def begin(_pause: int) -> tuple[Act, Act]:
        device = Device(make_organiser())
        key, copy = (device.answer(asked(), count=5) for _ in range(2))

        def enters(by: dict[str, Any]) -> None:
            with suppress(passkeys.PasskeyRefused):
                passkeys.enter(by)

        return partial(enters, key), partial(enters, copy)

    for pause in all_turns(app, begin):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(LogIn)) == pause


@ON_SQLITE
def test_nor_does_one_that_saw_nobody_or_has_a_key_here_give_another(app: Flask) -> None:
    alice = make_organiser()
    device = Device(alice)

    def key_given(**how: bytes) -> dict[str, Any]:
        asked = json.loads(passkeys.ask_for_a_new_one(alice))
        assert [each["id"] for each in asked["excludeCredentials"]] == [
            as_text(each.credential_id) for each in passkeys_of(alice)
        ]
        return device.key_given(asked["challenge"], **how)

    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.keep(alice, key_given(), "Phone")
    passkeys.remove(passkeys_of(alice)[0])
    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.enter(device.answer(asked()))
    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.keep(alice, key_given(who=PRESENT), "Phone")
    passkeys.keep(alice, key_given(), "Phone")
    assert passkeys.enter(device.answer(asked())).organiser == alice


@ON_SQLITE
@pytest.mark.parametrize(
    "sent",
    [{}, [], "x", *({"answer": told} for told in ("x", {}, {"id": 5}, {"id": "é", "response": {}}, {"response": []}))],
)
def test_rubbish_is_refused_in_words(client: Reader, sent: Any) -> None:
    token = client.fields("/organisers/log-in")["csrf_token"]
    reply = client.post("/organisers/passkey", json=sent, headers={"X-CSRFToken": token})
    assert reply.status_code in {400, 422}


@ON_SQLITE
def test_a_passkey_is_made_only_by_who_just_showed_who_they_are(app: Flask, client: Reader) -> None:
    organiser = make_organiser()
    client.log_in(organiser)
    token = client.fields("/manage/account")["csrf_token"]
    ask = {"headers": {"X-CSRFToken": token}, "json": {}}
    assert client.post("/manage/account/passkeys/options", **ask).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert "/organisers/prove" in (client.post("/manage/account/passkeys/options", **ask).location or "")


@ON_SQLITE
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("\u202eeohpélét", "characters that cannot be printed"),
        ("Z" + "\u0301" * 5, "too many accents"),
        ("é" * 61, "Shorten this to 60 characters"),
        ("é" * 60, "This device could not create a passkey"),  # nothing is wrong with the name
        (None, "This device could not create a passkey"),
    ],
)
def test_a_passkey_is_called_as_anything_else_that_is_printed(client: Reader, name: Any, sentence: str) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.log_in(make_organiser())
    headers = {"X-CSRFToken": client.fields("/manage/account")["csrf_token"]}
    reply = client.post("/manage/account/passkeys", json={"answer": answer("x"), "name": name}, headers=headers)
    assert reply.status_code == 422 and sentence in reply.json["sentence"]


@ON_SQLITE
def test_who_removes_a_passkey_is_told_that_its_browser_stays_logged_in(app: Flask, client: Reader) -> None:
    alice, lost = make_organiser(), app.test_client()
    kept, passkey = make_passkey(alice), make_passkey(alice)
    for browser in (lost, client):
        browser.log_in(alice)
    data = client.fields("/manage/account")
    client.post(f"/manage/account/passkeys/{passkey.id}/remove?lang=en", data=data)
    assert "a browser that it let in stays logged in" in client.get("/manage/account?lang=en").text
    assert lost.get("/manage/account").status_code == 200 and passkeys_of(alice) == [kept]


def test_the_passkey_of_somebody_else_cannot_be_removed(client: Reader) -> None:
    theirs = make_passkey(make_organiser())
    client.log_in(make_organiser())
    token = client.fields("/manage/account")["csrf_token"]
    path = f"/manage/account/passkeys/{theirs.id}/remove"
    assert client.post(path, data={"csrf_token": token}).status_code == 404
    assert db.session.get(Passkey, theirs.id)


@ON_SQLITE
@pytest.mark.parametrize(
    ("url", "name"), [("http://127.0.0.1:5000", None), ("http://[::1]", None), ("https://t.org", "t.org")]
)
def test_a_site_that_is_a_number_has_no_passkeys(app: Flask, url: str, name: str | None) -> None:
    app.config["PUBLIC_URL"] = url
    assert passkeys.site() == name


@ON_SQLITE
def test_brackets_in_brackets_by_the_thousand_are_a_bad_request(client: Reader) -> None:
    token = client.fields("/organisers/log-in")["csrf_token"]
    headers = {"X-CSRFToken": token, "Content-Type": "application/json"}
    assert client.post("/organisers/passkey", data="[" * 200_000, headers=headers).status_code == 400
    deep = {"id": "x", "response": {"clientDataJSON": as_text(b"[" * 50_000)}}
    assert client.post("/organisers/passkey", json={"answer": deep}, headers=headers).status_code == 422
