"""The page that says what cannot be done, and what to do."""

import logging
from urllib.parse import quote, urlencode

from flask import Flask, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    NotFound,
    SecurityError,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    default_exceptions,
)

from tribune import faults, hosts
from tribune.cursors import BadCursor
from tribune.database import DatabaseBusy, ReadOnly
from tribune.days import YEARS, UnknownDay
from tribune.typed import fields_sent, words_typed

RETRY_AFTER = 10  # seconds

log = logging.getLogger(__name__)


def _words(code: int) -> tuple[str, str]:
    """Return title and sentence for an HTTP status."""
    return {
        400: (
            _("We could not understand this request"),
            _("Go back, check what you typed or the address, and try again."),
        ),
        401: (
            _("You are no longer logged in"),
            _(
                "Nothing was saved. Log in, in another tab, then come back to this page and send it again: it still "
                "has all you typed."
            ),
        ),
        403: (
            _("You do not have access to this page"),
            _("Go back to the page you came from and use the form or the link on it."),
        ),
        404: (_("There is nothing here"), _("The address may be mistyped, or the page is not public.")),
        405: (_("That cannot be done here"), _("Open the page first, then use the button on it.")),
        410: (
            _("This letter was taken down"),
            _(
                "Whoever runs this site no longer shows it. If you signed it, you can find your signature through "
                "“My signatures”."
            ),
        ),
        413: (_("This is too long"), _("Go back and send a shorter text.")),
        429: (_("Too much at once"), _("Wait a few minutes and try again.")),
        503: (_("The site is busy"), _("Nothing was lost. Wait a few seconds and try again.")),
    }.get(code, (_("Something went wrong on our side"), _("Nothing you signed is lost. Try again in a minute.")))


def _out_of_date(typed: str) -> tuple[str, str]:
    """Return title and sentence for a form whose CSRF token fits no current log-in: nothing typed is wrong."""
    title = _("This form is out of date")
    if typed:
        return title, _(
            "You have logged in or out since it was opened, and nothing was saved. Copy what you typed, open the page "
            "again and paste it there."
        )
    return title, _(
        "You have logged in or out since it was opened, or your browser does not accept cookies. Go back, copy what "
        "you typed, load the page again and send it from there."
    )


def _typed(error: HTTPException) -> str:
    """Return the words of a form that was refused whatever they are; else "".

    The log-in ended, the organiser may no longer send it, or the site takes none for now. Only public pages may be kept
    by a browser: the others Firefox and Safari show without what was typed when one goes back.
    """
    of_a_page = bool(request.endpoint) and request.path.startswith("/manage/")
    whatever = isinstance(error, CSRFError | Unauthorized | TooManyRequests | ServiceUnavailable)
    if whatever or (of_a_page and isinstance(error, Forbidden | NotFound)):
        try:
            return words_typed()
        except (HTTPException, OSError):  # too long, or no room for its file: the form cannot be read
            pass
    return ""


def show(error: HTTPException, first_page: str = "", failed: bool = False) -> ResponseReturnValue:
    """Show the page of an HTTP error, with its description if one of our views gave it.

    Libraries describe theirs in English, for programmers; they raise subclasses where we abort by number.
    `first_page`: the address of a list that was asked for a page it does not have. `failed`: the site is not busy, but
    its database or its disk fails.
    """
    code = error.code or 500
    if isinstance(request.routing_exception, SecurityError):
        return _show_wrong_host(code)
    typed, read_only = _typed(error), code == 503 and g.get("read_only")
    title, sentence = _out_of_date(typed) if isinstance(error, CSRFError) else _words(code)
    if failed:
        title = _("The site cannot do this just now")
    elif read_only:
        title = _("Nothing can be sent just now")
    ours = type(error) is default_exceptions.get(code)
    if ours and error.description and error.description != type(error).description:
        sentence = error.description
    if typed and read_only:  # without "go back"
        sentence = _("The site is read-only at the moment.")
    if typed and (code in (403, 404) or read_only):
        sentence += " " + _("Nothing was saved: copy what you typed if you need it.")
    elif typed and any(file.filename for file in request.files.values()):
        sentence += " " + _("The file has to be chosen again.")
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    # to tell the operator, whose log says under it what happened
    number = g.request_id if code >= 500 and "request_id" in g else ""
    again = fields_sent() if typed and code in (401, 429, 503) else []
    shown = {"title": title, "sentence": sentence, "number": number, "first_page": first_page}
    return render_template("errors/error.html", code=code, typed=typed, again=again, **shown), code, headers


def _show_wrong_host(code: int) -> ResponseReturnValue:
    """Answer who asked under a host that is not ours, where no link of a page would work.

    Mostly because a proxy was just set up.
    """
    if hosts.ends_a_sentence():
        return redirect(current_app.config["PUBLIC_URL"] + _asked(request.path), 308)
    sentence = _("The site is not at this address: PUBLIC_URL names another, or a proxy does not forward the host.")
    return f"{sentence}\n", code, {"Content-Type": "text/plain; charset=utf-8"}


def show_busy(error: Exception) -> ResponseReturnValue:
    """Answer 503 for a fault of the database, so that browsers, proxies and people come back.

    Any other error is ours and is raised again.
    """
    if not faults.is_of_the_database(error):
        raise error
    log.error("the database failed: %s", faults.said_by(error))
    return show(ServiceUnavailable(retry_after=RETRY_AFTER), failed=not isinstance(error, DatabaseBusy))


def show_full(error: OSError) -> ResponseReturnValue:
    """Answer 503 when the disk has no room for an uploaded file or a workbook.

    Any other OSError is raised again.
    """
    if not faults.is_full(error):
        raise error
    log.error("no room on the disk for what is set aside: %s", error.strerror)
    return show(ServiceUnavailable(retry_after=RETRY_AFTER), failed=True)


def show_read_only(_error: Exception) -> ResponseReturnValue:
    """Answer 503 when a page has something to write while the site is read-only."""
    return show(ServiceUnavailable(_("The site is read-only at the moment."), retry_after=RETRY_AFTER))


def show_not_found(error: NotFound) -> ResponseReturnValue:
    """Answer 404, or redirect to the page if only the slash at the end of its address is wrong."""
    path = "/" + request.path.strip("/")
    addresses = current_app.create_url_adapter(request)
    if request.routing_exception and path != request.path and addresses and addresses.test(path, request.method):
        return redirect(_asked(path), 308)
    return show(error)


def _asked(path: str) -> str:
    """Return this path with the query of the request, quoted: no line break of it ends the header."""
    page, query = quote(path), request.query_string.decode("latin-1")
    return f"{page}?{query}" if query else page


def show_gone(_error: Exception) -> ResponseReturnValue:
    """Answer 404: the row was deleted while its page was open."""
    return show(NotFound())


def show_unknown_day(_error: Exception) -> ResponseReturnValue:
    """Answer 400 when a table, a file or a log is asked for a day that does not exist."""
    sentence = _(
        "This date cannot be read. Choose one between %(first)d and %(last)d, or none.",
        first=YEARS[0],
        last=YEARS[-1],
    )
    return show(BadRequest(sentence))


def show_unknown_page(_error: Exception) -> ResponseReturnValue:
    """Answer 400 when a list is asked for a page after a row that ends none."""
    sentence = _("This page of the list does not exist. Start again from the first page.")
    filters = urlencode([(name, value) for name, value in request.args.items(multi=True) if name != "after"])
    return show(BadRequest(sentence), first_page=f"{request.path}?{filters}" if filters else request.path)


def refuse_nul() -> None:
    """Refuse a NUL in an address: PostgreSQL cannot hold one. Form fields drop it."""
    if "\0" in request.path or any("\0" in text for pair in request.args.items(multi=True) for text in pair):
        raise BadRequest


def init_app(app: Flask) -> None:
    """Register the error pages."""
    app.before_request(refuse_nul)
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(NotFound, show_not_found)
    app.register_error_handler(ObjectDeletedError, show_gone)  # when it is read
    app.register_error_handler(StaleDataError, show_gone)  # when it is written
    app.register_error_handler(UnknownDay, show_unknown_day)
    app.register_error_handler(BadCursor, show_unknown_page)
    app.register_error_handler(DatabaseBusy, show_busy)
    app.register_error_handler(ReadOnly, show_read_only)
    app.register_error_handler(OSError, show_full)
    app.register_error_handler(DatabaseError, show_busy)
