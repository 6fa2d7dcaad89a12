"""Somebody who signs from one network, after many others have."""

import itertools
from datetime import timedelta

from werkzeug.test import TestResponse

from tests.factories import posted
from tests.page import Reader
from tribune.abuse.counters import store
from tribune.abuse.limits import PROVE, Window
from tribune.abuse.networks import network_hash
from tribune.database import now, write

HERE = "192.0.2.7"
_number = itertools.count(1)


def came(number: int, window: Window = PROVE, address: str = HERE, what: str = "sign") -> None:
    """So many signatures, or other acts that LIMITS names, have just come from there within that window."""
    at = now()
    key, ends = window.key(what, network_hash(address) or "", at), window.end(at)
    with write():
        for _ in range(number):
            store().hit(key, ends)


def sign(reader: Reader, address: str = HERE, **typed: str) -> TestResponse:
    form = reader.fields("/letters/rues/sign")
    example = {"given_name": "Zoé", "family_name": "Évrard", "email": f"p{next(_number)}@example.org"}
    return reader.post(
        "/letters/rues/sign", data={**form, **example, **typed}, environ_overrides={"REMOTE_ADDR": address}
    )


def waits() -> timedelta:
    """How long the last mail waits before it leaves."""
    message = posted()[-1]
    return timedelta(minutes=round((message.next_at - message.created_at) / timedelta(minutes=1)))
