"""The doctor finds that no network is known of those who sign: with a wrong number of proxies no limit holds."""

from datetime import timedelta

import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.doctor.examined import doctor
from tests.factories import make_letter, make_signature
from tribune.database import now
from tribune.doctor.state import LATEST


@ON_SQLITE
def test_when_all_seem_to_sign_from_this_machine(well: Flask) -> None:
    letter = make_letter(slug="ports", contact="rgpd@example.org")
    for _ in range(LATEST - 2):  # and one that was there
        make_signature(letter)
    assert "Networks" not in doctor(well)
    make_signature(letter)
    assert doctor(well)["Networks"] == "warn"
    with time_machine.travel(now() + timedelta(days=2), tick=False):  # after thirty, none is kept
        assert "Networks" not in doctor(well)
    make_signature(letter, network_hash="n")
    assert "Networks" not in doctor(well)
    for _ in range(LATEST - 1):
        make_signature(letter)
    make_signature(letter, origin="invitation")  # theirs is not kept
    assert "Networks" not in doctor(well)
