"""Signed links: one salt per purpose, keys that rotate, and nothing in the database that could serve as one."""

import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer

from tribune.database import now


class Purpose(StrEnum):
    """What a token is for; a token of one purpose is refused for every other."""

    CONFIRM = "confirm"
    NOT_ME = "not-me"
    AGREE = "agree"
    INVITATION = "invitation"
    MINE = "mine"
    LOG_IN = "log-in"
    KNOWN = "known"
    NEW_ACCOUNT = "new-account"
    TEAM_INVITATION = "team-invitation"
    BROWSER = "browser"
    STAMP = "stamp"
    PROOF = "proof"
    PREVIEW = "preview"
    PICTURE = "picture"


AHEAD = timedelta(minutes=5)  # how far the clock of the machine that signed may be ahead of ours
SIGNED = re.compile(r"[\w.-]+", re.ASCII)  # the characters of a token of ours
GLUED = ".,;:!?…>)]}»”’\"' \u00a0\u202f"  # what is copied along with an address in a sentence, French spaces too


class TokenDamaged(Exception):
    """Not a token of this purpose signed by one of our keys."""


class TokenExpired(Exception):
    """Ours, but too old; `payload` is what it held."""

    def __init__(self, payload: Any) -> None:
        self.payload = payload


class Signer(TimestampSigner):
    """Takes what another machine signed a moment ago, by our clock in the future, as signed just now."""

    def unsign(self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: Any = False) -> Any:
        """Return the value, with its moment if asked. Raises SignatureExpired, also for a moment beyond AHEAD."""
        try:
            return super().unsign(signed_value, max_age, return_timestamp)
        except SignatureExpired as error:
            if error.date_signed is None or not now() < error.date_signed <= now() + AHEAD:
                raise
            return super().unsign(signed_value, None, return_timestamp)


def _serializer(purpose: Purpose) -> URLSafeTimedSerializer:
    kwargs = {"digest_method": sha256}
    return URLSafeTimedSerializer(_keys(), salt=f"tribune.{purpose}", signer=Signer, signer_kwargs=kwargs)


def untimed(purpose: Purpose) -> URLSafeSerializer:
    """Return a serializer without timestamp: the same payload gives the same text."""
    return URLSafeSerializer(_keys(), salt=f"tribune.{purpose}", signer_kwargs={"digest_method": sha256})


def _keys() -> list[str]:
    return [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]  # the last one signs


def keys_of(purpose: Purpose) -> list[bytes]:
    """Derive our keys for one purpose, for libraries that sign by themselves; the last one signs."""
    return [hmac.digest(key.encode(), f"tribune.{purpose}".encode(), "sha256") for key in _keys()]


def issue(purpose: Purpose, payload: Any) -> str:
    """Sign `payload` (JSON values) for one purpose; the token holds the moment of signing, in seconds."""
    return str(_serializer(purpose).dumps(payload))


def read(purpose: Purpose, token: str, max_age: int | None = None) -> Any:
    """Return the payload of a token at most `max_age` seconds old. Raises TokenExpired or TokenDamaged."""
    token = token.rstrip(GLUED)
    if not SIGNED.fullmatch(token):  # itsdangerous skips what is not base64: one token would have many spellings
        raise TokenDamaged
    try:
        return _serializer(purpose).loads(token, max_age=max_age)
    except SignatureExpired as error:
        raise TokenExpired(_serializer(purpose).loads(token)) from error
    except BadData as error:
        raise TokenDamaged from error


def payload_of(purpose: Purpose, token: str, max_age: int | None = None) -> Any:
    """As `read`, but None for a token that is damaged or too old, where the page does not say which."""
    try:
        return read(purpose, token, max_age)
    except (TokenDamaged, TokenExpired):
        return None


@dataclass(frozen=True)
class Link:
    """A page opened by a token, before it is signed: safe to store, of no use without the secret key."""

    endpoint: str
    purpose: Purpose
    payload: list[Any]

    def token(self) -> str:
        """Sign it now."""
        return issue(self.purpose, self.payload)

    def url(self) -> str:
        """Sign it now, as a whole address under PUBLIC_URL, whatever host was asked."""
        return public_url(self.endpoint, token=self.token())

    def stored(self) -> dict[str, Any]:
        """As JSON values, for a row of the outbox."""
        return {"endpoint": self.endpoint, "purpose": self.purpose, "payload": self.payload}

    @classmethod
    def restored(cls, values: dict[str, Any]) -> "Link":
        """Back from `stored`."""
        return cls(values["endpoint"], Purpose(values["purpose"]), values["payload"])


def public_url(endpoint: str, **values: Any) -> str:
    """Return the whole address of a page, under PUBLIC_URL."""
    public = urlsplit(current_app.config["PUBLIC_URL"])
    adapter = current_app.url_map.bind(public.netloc, url_scheme=public.scheme)
    return adapter.build(endpoint, values, force_external=True)
