"""/metrics: the counters and the state of the site, for monitoring."""

import hmac
from collections.abc import Iterator

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from tribune.abuse import switches
from tribune.abuse.shedding import Importance, matters
from tribune.doctor import queries
from tribune.metrics import together

bp = Blueprint("doctor_views", __name__)

MEANINGS = {
    "mails_waiting": "Mails that may leave or were asked for, and have not left.",
    "oldest_mail_seconds": "How long the oldest of them has waited.",
    "late_mail_seconds": "How long ago the next of them was due.",
    "signatures_pending": "Signatures that wait to be confirmed.",
    "chores_failing": "Chores of the mail worker that met an error in the last three hours.",
    "database_bytes": "Size of the database.",
}


class FromDatabase(Collector):
    """The metrics that come from the database, for the whole site."""

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; only that the database is down, while it is down."""
        try:
            state = queries.state()
        except DBAPIError:
            state = None
        yield GaugeMetricFamily("tribune_database_up", "Whether the database answers.", int(state is not None))
        if state:
            for name, number in state._asdict().items():
                yield GaugeMetricFamily(f"tribune_{name}", MEANINGS[name], number)
            now_set = switches.current()
            yield GaugeMetricFamily("tribune_signing_paused", "Switched by an administrator.", now_set.paused)
            yield GaugeMetricFamily("tribune_read_only", "Switched by an administrator.", now_set.read_only)


@bp.get("/metrics")
@matters(Importance.SIGN)
def metrics() -> Response:
    """The metrics in Prometheus' format, for whoever sends METRICS_TOKEN; 404 if none is set."""
    wanted = current_app.config["METRICS_TOKEN"] or abort(404)
    given = request.authorization.token if request.authorization and request.authorization.type == "bearer" else None
    if not hmac.compare_digest((given or "").encode(), wanted.encode()):
        return Response("", 401, {"WWW-Authenticate": 'Bearer realm="metrics"'})
    registry = CollectorRegistry()
    registry.register(together(current_app))
    registry.register(FromDatabase())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
