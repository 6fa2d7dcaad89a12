"""The browser that signed: it has a cookie for a day, and the signature a hash of what the cookie holds."""

import hashlib

from werkzeug.wrappers import Response

from tribune.headers import keep_cookie, read_cookie
from tribune.tokens import Purpose, issue, payload_of

COOKIE = "tribune_signing"  # sent only to the pages that confirm
LASTS = 24 * 3600  # seconds


def hash_of(key: str) -> str:
    """Return what the row keeps of the key in the cookie: it recognises the browser, but is not the cookie."""
    return hashlib.sha256(key.encode()).hexdigest()


def remember(response: Response, key: str) -> None:
    """Give this browser the cookie. It is signed, so that nobody has us count codes of browsers that do not exist."""
    keep_cookie(response, COOKIE, issue(Purpose.BROWSER, key), lasts=LASTS, path="/signatures/confirm")


def this_browser() -> str | None:
    """Return the hash of the browser that asks; None if it has not signed within a day."""
    key = payload_of(Purpose.BROWSER, read_cookie(COOKIE), LASTS)
    return hash_of(str(key)) if key else None
