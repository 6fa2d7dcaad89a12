"""Proof, without a cookie, that a form came from our page; the same for an hour, so that caches can keep the page."""

from typing import Any
from urllib.parse import urlsplit

from flask import abort, request
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData

from tribune.database import now
from tribune.tokens import Purpose, untimed

BROWSER_COOKIE = "tribune_signing"  # of the browser that signed; no page but those that confirm is sent it
SIGN_HERE = _l("This form was sent from another site. Open the letter here and sign on its own page.")
ANSWER_HERE = _l("This form was sent from another site. Open the link in the email and answer on its own page.")
LASTS = 7 * 24  # hours: people leave a page open, and come back to it


def stamp(subject: str) -> str:
    """A stamp for the form about `subject` (a slug, say)."""
    return str(untimed(Purpose.STAMP).dumps([subject, _hour()]))


def is_good(text: str, subject: str) -> bool:
    """Whether this is our stamp for that form, at most LASTS hours old."""
    try:
        stamped, hour = untimed(Purpose.STAMP).loads(text)
    except (BadData, ValueError, TypeError):
        return False
    return bool(stamped == subject and 0 <= _hour() - hour <= LASTS)


def refuse_other_sites(words: Any = SIGN_HERE) -> None:
    """Answer 403 to a form that another site has sent. `words`: what to do instead."""
    if not _comes_from_here():
        abort(403, str(words))


def _comes_from_here() -> bool:
    """Whether this POST was sent by one of our own pages, as far as the browser tells; a program tells nothing.

    A page that tells its address to nobody has the origin `null`, also for us: then the other header decides.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if origin == "null":
        return site == "same-origin"
    return (site is None or site == "same-origin") and (origin is None or _host(origin) == request.host)


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # an address that no browser sends
        return ""


def _hour() -> int:
    return int(now().timestamp()) // 3600
