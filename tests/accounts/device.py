"""A device in Python: it makes one passkey and answers with it, as a phone would, without a browser."""

import base64
import json
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tribune.database import write
from tribune.organisers.models import Organiser, Passkey

ORIGIN = "http://localhost"
PRESENT, PRESENT_AND_VERIFIED = b"\x01", b"\x05"
KEY_FOLLOWS = 0x40
_SITE = sha256(b"localhost").digest()


def as_text(data: bytes) -> str:
    """Bytes as WebAuthn writes them in JSON."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _told(what: str, challenge: str) -> bytes:
    return json.dumps({"type": what, "challenge": challenge, "origin": ORIGIN}).encode()


class Device:
    """Holds the private half of a passkey of one account."""

    def __init__(self, organiser: Organiser) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential = sha256(organiser.email.encode()).digest()
        point = self.key.public_key().public_numbers()
        # COSE: an elliptic key, ES256, on P-256
        self.public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        with write() as session:
            session.add(
                Passkey(
                    organiser_id=organiser.id,
                    credential_id=self.credential,
                    public_key=self.public,
                    sign_count=0,
                    name="Phone",
                )
            )

    def answer(self, challenge: str, *, who: bytes = PRESENT_AND_VERIFIED, count: int = 0) -> dict[str, Any]:
        """What the browser sends of it to a question of the site. `count`: how often the key was used, if it counts."""
        told = _told("webauthn.get", challenge)
        seen = _SITE + who + count.to_bytes(4)
        signature = self.key.sign(seen + sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._sent({"clientDataJSON": told, "authenticatorData": seen, "signature": signature})

    def key_given(self, challenge: str, *, who: bytes = PRESENT_AND_VERIFIED) -> dict[str, Any]:
        """What the browser sends of it when the site asks for a passkey."""
        key = bytes(16) + len(self.credential).to_bytes(2) + self.credential + self.public
        seen = _SITE + bytes([who[0] | KEY_FOLLOWS]) + bytes(4) + key
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": seen})
        return self._sent({"clientDataJSON": _told("webauthn.create", challenge), "attestationObject": attested})

    def _sent(self, parts: dict[str, bytes]) -> dict[str, Any]:
        return {
            "id": as_text(self.credential),
            "rawId": as_text(self.credential),
            "type": "public-key",
            "response": {name: as_text(part) for name, part in parts.items()},
        }
