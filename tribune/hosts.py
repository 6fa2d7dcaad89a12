"""The host under which the site is asked: capitals do not matter, and a full stop at its end leads to it."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Flask, current_app, request
from werkzeug.sansio.utils import host_is_trusted

STOP = re.compile(r"\.(?=(?::\d+)?$)")  # at the end, or before a port


def ends_a_sentence() -> bool:
    """Whether a page is asked of our host with a full stop after it, as people copy it from a newspaper.

    For DNS that is the same host; for a browser it is another site, where none of our forms and no passkey works.
    """
    host, stops = STOP.subn("", request.headers.get("Host", ""))
    ours = host_is_trusted(host, current_app.config["TRUSTED_HOSTS"])
    return stops == 1 and ours and request.method in {"GET", "HEAD"}


def init_app(app: Flask) -> None:
    """Compare hosts in lower case, as RFC 9110, 4.2.3 says; Werkzeug takes them as they come."""
    inner = app.wsgi_app

    def in_lower_case(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "HTTP_HOST" in environ:
            environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()
        return inner(environ, start_response)

    app.wsgi_app = in_lower_case  # type: ignore[method-assign]
