"""How long the database takes: counted for each request, and written down where one statement takes long."""

import logging
import re
import time
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import current_app, has_request_context, request
from prometheus_client import Counter

from tribune.metrics import DATABASE, STATEMENTS, endpoint

LONGEST = 2000  # characters of a statement in the log
LITERAL = re.compile(r"'(?:[^']|'')*'")

log = logging.getLogger(__name__)


def _took(context: Any, statement: str) -> None:
    seconds = time.monotonic() - context.tribune_began
    if here := has_request_context():
        spent, number = _counters(endpoint())
        spent.inc(seconds)
        number.inc()
    slow = current_app.config["SLOW_STATEMENT_MS"] if current_app else 0
    if slow and seconds * 1000 >= slow:
        rule = request.url_rule.rule if here and request.url_rule else None
        words = " ".join(LITERAL.sub("'…'", statement).split())[:LONGEST]
        about = {"rule": rule, "statement": words, "milliseconds": round(seconds * 1000)}
        log.warning("slow statement", extra=about)


@cache
def _counters(of: str) -> tuple[Counter, Counter]:
    return DATABASE.labels(of), STATEMENTS.labels(of)


def watch(engine: sa.Engine) -> None:
    """Time each statement of this database; its values are seen by nobody."""

    @sa.event.listens_for(engine, "before_cursor_execute")
    def began(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        context.tribune_began = time.monotonic()

    @sa.event.listens_for(engine, "after_cursor_execute")
    def ended(_connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
        _took(context, statement)

    @sa.event.listens_for(engine, "handle_error")
    def failed(error: sa.engine.ExceptionContext) -> None:
        if hasattr(error.execution_context, "tribune_began"):
            _took(error.execution_context, error.statement or "")
