"""Logging in, on the side of the browser: what every way does once it is known who somebody is."""

import re

from flask import flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.headers import keep_cookie, private, read_cookie
from tribune.organisers.browsers import in_words
from tribune.organisers.models import LogIn
from tribune.tokens import Purpose

KNOWN = "tribune_known"  # the cookie by which the door knows a browser again; it lets nobody in
KNOWN_LASTS = 365 * 24 * 3600  # seconds
MANAGED = re.compile(r"/manage/[^\s\\\x00-\x1f\x7f]{0,1000}")  # no longer than a cookie can hold


def managed(path: str | None) -> str:
    """A path of ours below /manage/, or nothing: whatever a link asks for, nobody is led to another site."""
    return path.rstrip("?") if path and MANAGED.fullmatch(path) else ""


def keep_way(path: str) -> None:
    """Remember where this browser wants to go, until it has come in, and who asked if anybody was in."""
    session["way"], session["way_of"] = managed(path), _who_is_in()


def keep_page() -> None:
    """Remember the page that this browser opens: neither a button, nor a file, nor what a script asks for."""
    is_page = "text/html" in request.headers.get("Accept", "") and "." not in request.path
    if request.method == "GET" and is_page:
        keep_way(request.full_path)


def keep_pressed(pressed: bool) -> None:
    """Remember whether it was a button that asked for a proof: what it sent is not kept, which has to be said."""
    session["pressed_by"] = _who_is_in() if pressed else None


def this_browser() -> str:
    """What asks, in a few words."""
    return in_words(request.user_agent.string)


def log_in_of_this_browser() -> LogIn | None:
    """Who is in already, if anybody: a new log-in takes its place."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def _who_is_in() -> int | None:
    here = log_in_of_this_browser()
    return here.organiser_id if here else None


def known_here() -> str:
    """The key of the mailbox whose account was last in, in this browser; nothing when there was none."""
    return str(tokens.payload_of(Purpose.KNOWN, read_cookie(KNOWN), KNOWN_LASTS) or "")


def come_in(log_in: LogIn, to: str = "") -> Response:
    """Let this browser in, and lead it to `to`, else to where it wanted to go, else to its letters.

    What somebody else who was in wanted, or pressed, is theirs, also where their log-in was ended elsewhere.
    """
    way, way_of, pressed_by, token = (session.get(name) for name in ("way", "way_of", "pressed_by", "csrf_token"))
    if way_of not in (None, log_in.organiser_id):
        way = None
    before = _who_is_in()
    session.clear()
    if before == log_in.organiser_id and token:
        session["csrf_token"] = token  # they only showed again who they are: forms in other tabs stay theirs
    session.permanent = True
    login_user(log_in)
    g.organiser = log_in.organiser_id  # for the line in the log
    if pressed_by == log_in.organiser_id:
        flash(_("What you pressed was not done, since we had to be sure that it was you. Do it again now."))
    response = private(redirect(to or way or url_for("manage.my_letters"), 303))
    known = tokens.issue(Purpose.KNOWN, log_in.organiser.mailbox_key)
    keep_cookie(response, KNOWN, known, lasts=KNOWN_LASTS, path=url_for("organisers.log_in", lang=None))
    return response


def go_out(to: str) -> Response:
    """Let this browser out, and lead it to a page; what it kept of a letter while the site was away goes too."""
    logout_user()
    session.clear()
    response = redirect(to, 303)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response
