"""Logging in, on the side of the browser: what every way does once it is known who somebody is."""

import re

from flask import after_this_request, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.headers import keep_cookie, private, read_cookie
from tribune.organisers.browsers import in_words
from tribune.organisers.models import LogIn
from tribune.tokens import Purpose

KNOWN = "tribune_known"  # the cookie that recognises a browser; it lets nobody in
KNOWN_LASTS = 365 * 24 * 3600  # seconds
MANAGED = re.compile(r"/manage/[^\s\\\x00-\x1f\x7f]{0,1000}")  # no longer than a cookie can hold


def managed(path: str | None) -> str:
    """Return the path if it is ours and below /manage/, else "": no link leads to another site."""
    return path.rstrip("?") if path and MANAGED.fullmatch(path) else ""


def keep_way(path: str) -> None:
    """Remember where this browser wants to go once it is logged in, and who was logged in when it asked."""
    session["way"], session["way_of"] = managed(path), _who_is_in()


def keep_page() -> None:
    """Remember the page this browser opens, unless it is a button, a file or a script's request."""
    is_page = "text/html" in request.headers.get("Accept", "") and "." not in request.path
    if request.method == "GET" and is_page:
        keep_way(request.full_path)


def keep_pressed(pressed: bool) -> None:
    """Remember whether it was a button that asked for proof: what it sent is lost, and the organiser must be told."""
    session["pressed_by"] = _who_is_in() if pressed else None


def this_browser() -> str:
    """Return the name of the browser that asks, in a few words."""
    return in_words(request.user_agent.string)


def log_in_of_this_browser() -> LogIn | None:
    """Return the current log-in, if any: a new one replaces it."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def _who_is_in() -> int | None:
    here = log_in_of_this_browser()
    return here.organiser_id if here else None


def known_here() -> str:
    """Return the key of the mailbox last logged in with this browser; empty if there was none."""
    return str(tokens.payload_of(Purpose.KNOWN, read_cookie(KNOWN), KNOWN_LASTS) or "")


def come_in(log_in: LogIn, to: str = "") -> Response:
    """Log this browser in, and redirect to `to`, else to where it wanted to go, else to its letters.

    Forget what another organiser wanted, or pressed, in this browser, even if their log-in was ended elsewhere.
    """
    way, way_of, pressed_by, token = (session.get(name) for name in ("way", "way_of", "pressed_by", "csrf_token"))
    if way_of not in (None, log_in.organiser_id):
        way = None
    token_of = session.get("token_of")  # its log-in may have ended, and within the hour its row is deleted
    session.clear()
    session["token_of"] = log_in.organiser_id
    if token_of == log_in.organiser_id and token:
        session["csrf_token"] = token  # the same organiser: forms in other tabs stay valid, or are so again
    session.permanent = True
    login_user(log_in)
    g.organiser = log_in.organiser_id  # for the log line
    if pressed_by == log_in.organiser_id:
        flash(_("What you asked for was not done, because we first had to be sure that it was you. Do it again now."))
    known = tokens.issue(Purpose.KNOWN, log_in.organiser.mailbox_key)

    @after_this_request  # whatever the answer is: that to a passkey only names where this one leads
    def remember(response: Response) -> Response:
        keep_cookie(response, KNOWN, known, lasts=KNOWN_LASTS, path=url_for("organisers.log_in", lang=None))
        return response

    return private(redirect(to or way or url_for("manage.my_letters"), 303))


def go_out(to: str) -> Response:
    """Log this browser out, and redirect; what it kept of a letter while the site was away is deleted too."""
    logout_user()
    session.clear()
    response = redirect(to, 303)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response
