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


def as_text(data: bytes) -> str:
    """Bytes as WebAuthn writes them in JSON."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Device:
    """Holds the private half of a passkey of one account."""

    def __init__(self, organiser: Organiser) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential = sha256(organiser.email.encode()).digest()
        point = self.key.public_key().public_numbers()
        # COSE: an elliptic key, ES256, on P-256
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        with write() as session:
            session.add(
                Passkey(
                    organiser_id=organiser.id,
                    credential_id=self.credential,
                    public_key=cbor2.dumps(public),
                    sign_count=0,
                    name="Phone",
                )
            )

    def answer(self, challenge: str, *, who: bytes = PRESENT_AND_VERIFIED, count: int = 0) -> dict[str, Any]:
        """What the browser sends of it to a question of the site. `count`: how often the key was used, if it counts."""
        told = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": ORIGIN}).encode()
        seen = sha256(b"localhost").digest() + who + count.to_bytes(4)
        signature = self.key.sign(seen + sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": told, "authenticatorData": seen, "signature": signature}
        return {
            "id": as_text(self.credential),
            "rawId": as_text(self.credential),
            "type": "public-key",
            "response": {name: as_text(part) for name, part in parts.items()},
        }
