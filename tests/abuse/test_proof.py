"""The proof of work over HTTP: solved by computing, good once, for one letter, for a while."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.abuse.signing import came, sign, waits
from tests.databases import ON_SQLITE
from tests.factories import make_letter
from tests.page import Reader
from tribune.abuse.counters import forget_counters
from tribune.abuse.limits import LATE, PROVE
from tribune.abuse.proof import LASTS
from tribune.database import now

pytestmark = pytest.mark.usefixtures("early_in_the_hour")

AT_ONCE = timedelta()


def solve(challenge: dict[str, Any]) -> str:
    """What a browser does, with nothing of ours."""
    asked = challenge["parameters"]
    nonce, salt = bytes.fromhex(asked["nonce"]), bytes.fromhex(asked["salt"])
    for counter in range(1000):
        password = nonce + counter.to_bytes(4, "big")
        found = hashlib.pbkdf2_hmac("sha256", password, salt, asked["cost"], asked["keyLength"]).hex()
        if found.startswith(asked["keyPrefix"]):
            solution = {"counter": counter, "derivedKey": found}
            return base64.b64encode(json.dumps({"challenge": challenge, "solution": solution}).encode()).decode()
    raise AssertionError("no solution")


@pytest.fixture
def challenge(limited: Flask, reader: Reader) -> dict[str, Any]:
    """What is asked under the letter `rues`, after many have signed."""
    make_letter(slug="rues")
    assert reader.get("/letters/rues/proof").status_code == 204
    came(PROVE.most)
    answer = reader.get("/letters/rues/proof")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    return dict(answer.json or {})


def test_a_solution_lets_the_mail_leave_at_once_and_only_once(reader: Reader, challenge: dict[str, Any]) -> None:
    solved = solve(challenge)
    sign(reader, proof=solved)
    assert waits() == AT_ONCE
    forget_counters()  # what is over, not this
    sign(reader, proof=solved)
    assert waits() == LATE


@ON_SQLITE
def test_a_solution_is_for_one_letter(reader: Reader, challenge: dict[str, Any]) -> None:
    make_letter(slug="squares")
    other = reader.get("/letters/squares/proof").json
    sign(reader, proof=solve(other or {}))
    assert waits() == LATE


@ON_SQLITE
def test_a_solution_expires(reader: Reader, challenge: dict[str, Any]) -> None:
    solved = solve(challenge)
    with time_machine.travel(now() + LASTS + timedelta(seconds=2)):
        came(PROVE.most)
        sign(reader, proof=solved)
        assert waits() == LATE


@ON_SQLITE
def test_an_older_key_still_proves(reader: Reader, limited: Flask, challenge: dict[str, Any]) -> None:
    limited.config.update(SECRET_KEY="a new key", SECRET_KEY_FALLBACKS=[limited.config["SECRET_KEY"]])
    sign(reader, proof=solve(challenge))
    assert waits() == AT_ONCE
    another = solve(reader.get("/letters/rues/proof").json or {})
    limited.config.update(SECRET_KEY_FALLBACKS=[])  # which that one does not need
    sign(reader, proof=another)
    assert waits() == AT_ONCE


@ON_SQLITE
def test_what_is_no_solution_signs_all_the_same_and_waits(reader: Reader, challenge: dict[str, Any]) -> None:
    found = json.loads(base64.b64decode(solve(challenge)))
    forged = [
        {**found, "solution": {"counter": 1, "derivedKey": "00" * 32}},
        {**found, "challenge": {**challenge, "parameters": {**challenge["parameters"], "cost": 1}}},
        {**found, "challenge": {**challenge, "signature": "00" * 32}},
        {**found, "challenge": []},
        [],
        7,
        None,
    ]
    texts = [base64.b64encode(json.dumps(each).encode()).decode() for each in forged]
    for text in [*texts, "", "é", "=", "a" * 5000]:
        assert sign(reader, proof=text).status_code == 303
        assert waits() == LATE
