"""Proof, without a cookie, that a form came from our page; the same for an hour, so that caches can keep the page."""

from urllib.parse import urlsplit

from flask import Request, abort, request
from flask_babel import gettext as _
from itsdangerous import BadData

from tribune.database import now
from tribune.tokens import Purpose, untimed

BROWSER_COOKIE = "tribune_signing"  # of the browser that signed; no page but those that confirm is sent it
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


def comes_from_here(request: Request) -> bool:
    """Whether a POST was sent by one of our own pages, as far as the browser tells; a program tells nothing.

    A page that tells its address to nobody has the origin `null`, also for us: then the other header decides.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if origin == "null":
        return site == "same-origin"
    return (site is None or site == "same-origin") and (origin is None or _host(origin) == request.host)


def refuse_other_sites() -> None:
    """Answer 403 to a form that another site has sent."""
    if not comes_from_here(request):
        abort(403, _("This form was sent from another site. Open the letter here and sign on its own page."))


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # an address that no browser sends
        return ""


def _hour() -> int:
    return int(now().timestamp()) // 3600
