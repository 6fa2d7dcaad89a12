"""Six-digit codes to copy from a mail: made when it leaves, valid for some minutes, stored nowhere."""

import hmac
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import current_app

from tribune.database import now

DIGITS = 6
STEP = 300  # seconds; a code is made for the step in which the mail leaves
STEPS = 3  # it also works in this many steps after: fifteen minutes at least, twenty at most


@dataclass(frozen=True)
class Code:
    """What a code is about, before it is made: safe to store, of no use without the secret key."""

    about: list[Any]

    def digits(self) -> str:
        """Return the code of this moment."""
        return self._at(current_app.config["SECRET_KEY"], _step())

    def is_told(self, typed: str) -> bool:
        """Whether this is the code of the current step or of the last STEPS. The caller limits the tries."""
        keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
        steps = range(_step() - STEPS, _step() + 1)
        made = [self._at(key, step).encode() for key in keys for step in steps]
        return any([hmac.compare_digest(digits, typed.encode()) for digits in made])  # a list: all are compared

    def stored(self) -> dict[str, Any]:
        """As JSON values for the `links` of a message."""
        return {"purpose": "code", "payload": self.about}

    def _at(self, key: str, step: int) -> str:
        made = hmac.digest(key.encode(), json.dumps(["tribune.code", self.about, step]).encode(), sha256)
        return f"{int.from_bytes(made) % 10**DIGITS:0{DIGITS}}"


def _step() -> int:
    return int(now().timestamp()) // STEP
