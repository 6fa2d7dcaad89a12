"""The host of the site: capitals do not matter, a full stop at its end leads to it, and our forms come from there."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

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


def comes_from_here() -> bool:
    """Whether this POST came from one of our pages, as far as the browser says; a program says nothing and passes.

    Pages that send no referrer have the origin `null`, ours too: then Sec-Fetch-Site decides. Safari before 16.4 does
    not send it; those of ours are opened by a token, which no other site knows.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if origin == "null":
        return site == "same-origin" or (site is None and "token" in (request.view_args or {}))
    return (site is None or site == "same-origin") and (origin is None or _host(origin) == request.host)


def init_app(app: Flask) -> None:
    """Compare hosts in lower case, as RFC 9110, 4.2.3 says; Werkzeug takes them as they come."""
    inner = app.wsgi_app

    def in_lower_case(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "HTTP_HOST" in environ:
            environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()
        return inner(environ, start_response)

    app.wsgi_app = in_lower_case  # type: ignore[method-assign]


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # an address that no browser sends
        return ""
