"""Times the database: per request for the metrics, and in the log for each slow statement."""

import logging
import re
import time
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from click import get_current_context
from flask import Flask, g, has_app_context, has_request_context, request

from tribune.metrics import DATABASE, STATEMENTS, endpoint

LONGEST = 2000  # characters of a statement in the log
LITERAL = re.compile(r"'(?:[^']|'')*'")
VALUE = r"(?:\?|%\(\w+\)s(?:::\w+)?)"  # a bound value, on SQLite and on PostgreSQL
VALUES = re.compile(f"({VALUE})(?:, {VALUE}){{3,}}")

log = logging.getLogger(__name__)


def _took(context: Any, statement: str, config: Mapping[str, Any]) -> None:
    seconds = time.monotonic() - context.tribune_began
    if has_app_context():
        spent = g.setdefault("database", [0, 0.0])
        spent[0] += 1
        spent[1] += seconds
    slow = config["SLOW_STATEMENT_MS"]
    if slow and seconds * 1000 >= slow and not get_current_context(silent=True):  # whoever types a command waits for it
        rule = request.url_rule.rule if has_request_context() and request.url_rule else None
        words = VALUES.sub(r"\1, …", " ".join(LITERAL.sub("'…'", statement).split()))[:LONGEST]
        about = {"rule": rule, "statement": words, "milliseconds": round(seconds * 1000)}
        log.warning("slow statement", extra=about)


def _count(_error: BaseException | None) -> None:
    """Count the statements and seconds of the request, once its last byte is made."""
    statements, seconds = g.pop("database", (0, 0.0))
    STATEMENTS.labels(endpoint()).inc(statements)
    DATABASE.labels(endpoint()).inc(seconds)


def watch(app: Flask, engine: sa.Engine) -> None:
    """Time each statement that this site sends to its database; values are never recorded."""

    @sa.event.listens_for(engine, "before_cursor_execute")
    def began(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        context.tribune_began = time.monotonic()

    @sa.event.listens_for(engine, "after_cursor_execute")
    def ended(_connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
        _took(context, statement, app.config)

    @sa.event.listens_for(engine, "handle_error")
    def failed(error: sa.engine.ExceptionContext) -> None:
        if hasattr(error.execution_context, "tribune_began"):
            _took(error.execution_context, error.statement or "", app.config)

    app.teardown_request(_count)
