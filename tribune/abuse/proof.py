"""A proof of work, by ALTCHA: some seconds of the reader's computer; no third party, no cookie, no picture."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from altcha import Payload, create_challenge, verify_solution

from tribune.abuse.counters import store
from tribune.database import now
from tribune.tokens import Purpose, keys_of

LASTS = timedelta(minutes=20)
ROUNDS, COST = (50, 151), 5000  # from 50 to 150 derivations of 5,000 iterations: about a second, on a phone a few
LONGEST = 2000  # characters of a solution


def challenge(slug: str) -> dict[str, Any]:
    """Return a challenge to solve before signing this letter. It is signed, so nothing is stored."""
    key = keys_of(Purpose.PROOF)[-1]
    made = create_challenge(
        "PBKDF2/SHA-256",
        COST,
        counter=ROUNDS[0] + secrets.randbelow(ROUNDS[1] - ROUNDS[0]),
        expires_at=now() + LASTS,
        data={"letter": slug},
        hmac_secret=key,
        hmac_key_secret=_of_solution(key),
    )
    return dict(made.to_dict())


def accept(text: str, slug: str) -> bool:
    """Whether this solves a challenge of ours for this letter; each works once."""
    if not text or len(text) > LONGEST:
        return False
    for key in keys_of(Purpose.PROOF):
        if verify_solution(text, key, hmac_key_secret=_of_solution(key)).verified:
            asked = Payload.from_base64(text).challenge.parameters
            until = datetime.fromtimestamp(asked.expires_at or 0, UTC)
            return asked.data == {"letter": slug} and store().hit(f"proof {asked.nonce}", until) == 1
    return False


def _of_solution(key: bytes) -> bytes:
    """Return the key that signs the solution, so that it is checked without computing it again."""
    return key + b" solution"
