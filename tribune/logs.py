"""What the site writes down while it runs: a JSON object a line on standard error, about requests. Of people it
holds no more than the number of the account of an organiser who is in.

Written: what changes something, what fails or is refused, and what is slow. Pages that are merely read are the
proxy's to count.
"""

import logging
import re
import sys
import time
from secrets import token_hex
from typing import Any, TextIO

import structlog
from flask import Flask, current_app, g, request
from structlog.typing import EventDict, WrappedLogger
from werkzeug.wrappers import Response

SLOW = 1.0  # seconds
ADDRESS = re.compile(r"[^\s@<>\"'(),;:/]+@[^\s@<>\"'(),;:/]+")
TOKEN = re.compile(r"[\w.-]*\.[\w-]{43}(?![\w-])")  # as we sign them: payload, moment, SHA-256
DETAIL = re.compile(r"^DETAIL:.*$", re.MULTILINE)  # where PostgreSQL quotes the row
ABOUT = ("method", "rule", "status", "milliseconds")  # what a line tells of a request
MORE = ("organiser", "statement", "mails")  # and of who is in, by their number, and of what happened meanwhile
MOST_MAILS = 10  # named by one line
REQUEST_ID = re.compile(r"[\w-]{8,64}")

log = logging.getLogger(__name__)


def redact(text: str) -> str:
    """The text without what names a person or opens a page: a last net, since what we write should hold neither."""
    return DETAIL.sub("DETAIL: [row]", TOKEN.sub("[token]", ADDRESS.sub("[address]", text)))


def _redacted(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}


def formatter(development: bool) -> logging.Formatter:
    """How a record of any library becomes a line: JSON, or, while developing, something to read."""
    renderer: Any = structlog.dev.ConsoleRenderer(colors=False) if development else structlog.processors.JSONRenderer()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(allow=(*ABOUT, *MORE)),
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _redacted, renderer],
    )


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Where the lines go."""
        return sys.stderr


def _begin() -> None:
    """Name the request, so that all its lines can be found; a proxy that we believe may have named it already."""
    given = request.headers.get("X-Request-ID", "") if current_app.config["TRUSTED_PROXIES"] else ""
    g.request_id = given if REQUEST_ID.fullmatch(given) else token_hex(8)
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    """One line, under the rule of the address: the address itself may hold a token."""
    seconds = time.monotonic() - g.get("began", time.monotonic())
    slow, failed = seconds >= SLOW, response.status_code >= 500
    rule = request.url_rule.rule if request.url_rule else ""
    # what belongs to another team does not exist, and who asks for much of it is worth knowing
    refused = response.status_code == 403 or (response.status_code == 404 and rule.startswith("/manage/"))
    if slow or failed or refused or request.method not in {"GET", "HEAD", "OPTIONS"}:
        values = request.method, rule or None, response.status_code, round(seconds * 1000)
        about: dict[str, Any] = dict(zip(ABOUT, values, strict=True))
        if "organiser" in g:
            about["organiser"] = g.organiser
        if "mails" in g:  # by their numbers, which the lines of the mail worker say too
            about["mails"] = g.mails[:MOST_MAILS]
        log.log(logging.WARNING if slow or failed else logging.INFO, "slow" if slow else "request", extra=about)
    return response


def init_app(app: Flask) -> None:
    """Write the lines of this site and of the libraries under it; several sites of one process share the handler."""
    root = logging.getLogger()
    handler = next((each for each in root.handlers if isinstance(each, StandardError)), None) or StandardError()
    handler.setFormatter(formatter(app.config["DEVELOPMENT"]))
    root.addHandler(handler)
    logging.getLogger("tribune").setLevel(logging.INFO)
    app.before_request(_begin)
    app.after_request(_end)
