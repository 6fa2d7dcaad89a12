"""The log: one JSON object a line on standard error, about requests. Of people, only the id of the organiser logged in.

Requests are logged that change something, fail, are refused or are slow; to count pages merely read is left to the
proxy.
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
# Each is looked for once in a word, not from each of its letters: an error may quote a path of 256 kB.
ADDRESS = re.compile(r"(?<![^\s@<>\"'(),;:/])[^\s@<>\"'(),;:/]+@[^\s@<>\"'(),;:/]+")
TOKEN = re.compile(r"(?<![\w.-])[\w.-]*\.[\w-]{43}(?![\w-])")  # as we sign them: payload, moment, SHA-256
DETAIL = re.compile(r"^DETAIL:.*$", re.MULTILINE)  # where PostgreSQL quotes the row
ABOUT = ("method", "rule", "status", "milliseconds")  # what a line tells of a request
MORE = ("organiser", "statement", "mails")  # and of the organiser, by id, and of what happened meanwhile
MOST_MAILS = 10  # named by one line
REQUEST_ID = re.compile(r"[\w-]{8,64}")

log = logging.getLogger(__name__)


def redact(text: str) -> str:
    """Remove what names a person or opens a page: a safety net, since no record should hold either."""
    return DETAIL.sub("DETAIL: [row]", TOKEN.sub("[token]", ADDRESS.sub("[address]", text)))


def _redacted(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}


def formatter(development: bool) -> logging.Formatter:
    """Return the formatter for all loggers: JSON, or readable text in development."""
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
    """Writes to whatever `sys.stderr` is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Where the lines go."""
        return sys.stderr


def _begin() -> None:
    """Give the request an id, so that all its lines can be found; a trusted proxy may have given it one."""
    given = request.headers.get("X-Request-ID", "") if current_app.config["TRUSTED_PROXIES"] else ""
    g.request_id = given if REQUEST_ID.fullmatch(given) else token_hex(8)
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    """Log one line, with the rule of the address: the address itself may hold a token."""
    seconds = time.monotonic() - g.get("began", time.monotonic())
    slow, failed = seconds >= SLOW, response.status_code >= 500
    rule = request.url_rule.rule if request.url_rule else ""
    # to find what belongs to another team is a 404, and who tries for much of it is worth knowing
    refused = response.status_code == 403 or (response.status_code == 404 and rule.startswith("/manage/"))
    if slow or failed or refused or request.method not in {"GET", "HEAD", "OPTIONS"}:
        values = request.method, rule or None, response.status_code, round(seconds * 1000)
        about: dict[str, Any] = dict(zip(ABOUT, values, strict=True))
        if "organiser" in g:
            about["organiser"] = g.organiser
        if "mails" in g:  # by id, as in the lines of the mail worker
            about["mails"] = g.mails[:MOST_MAILS]
        log.log(logging.WARNING if slow or failed else logging.INFO, "slow" if slow else "request", extra=about)
    return response


def init_app(app: Flask) -> None:
    """Log this site and the libraries under it; several sites in one process share the handler."""
    root = logging.getLogger()
    handler = next((each for each in root.handlers if isinstance(each, StandardError)), None) or StandardError()
    handler.setFormatter(formatter(app.config["DEVELOPMENT"]))
    root.addHandler(handler)
    logging.getLogger("tribune").setLevel(logging.INFO)
    app.before_request(_begin)
    app.after_request(_end)
