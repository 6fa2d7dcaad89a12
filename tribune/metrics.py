"""Counters of the running site. Labels are names of ours, never what somebody sent."""

import time

from flask import Flask, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from werkzeug.wrappers import Response

from tribune.processes import Together

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds

registry = CollectorRegistry()
REQUESTS = Counter("tribune_requests", "Requests answered.", ["endpoint", "method", "status"], registry=registry)
SECONDS = Histogram(
    "tribune_request_seconds", "Until the answer begins.", ["endpoint"], buckets=STEPS, registry=registry
)
DATABASE = Counter("tribune_database_seconds", "Spent on statements of the database.", ["endpoint"], registry=registry)
STATEMENTS = Counter("tribune_database_statements", "Statements sent to it.", ["endpoint"], registry=registry)
SIGNATURES = Counter("tribune_signatures", "Signed, confirmed, held.", ["what"], registry=registry)
MAILS = Counter("tribune_mails", "Mails posted, sent, put off, given up.", ["what"], registry=registry)
LIMITED = Counter("tribune_limited", "Refused or slowed: too much came from one network.", ["what"], registry=registry)
SHED = Counter("tribune_shed", "Refused so that signing goes on.", ["importance"], registry=registry)


def endpoint() -> str:
    """Return the name of the view that is asked, or `none`."""
    return request.endpoint or "none"


def _count(response: Response) -> Response:
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(endpoint(), method, str(response.status_code)).inc()
    if "began" in g:
        SECONDS.labels(endpoint()).observe(time.monotonic() - g.began)
    return response


def together(app: Flask) -> Together:
    """Return the sums over all processes of this machine that serve this site."""
    if "tribune_together" not in app.extensions:
        app.extensions.setdefault("tribune_together", Together(app.instance_path, registry))
    found: Together = app.extensions["tribune_together"]
    return found


def share(app: Flask) -> None:
    """Share numbers between processes, where somebody may read them."""
    if app.config["METRICS_TOKEN"] or app.config["ADMINISTRATORS"]:
        together(app).start()


def init_app(app: Flask) -> None:
    """Count every request."""
    app.before_request(lambda: share(app))
    app.after_request(_count)
