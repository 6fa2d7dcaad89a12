"""Headers of every answer, for browsers and caches."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from flask import Flask, current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from tribune.database import now
from tribune.kept import KEPT, WHILE_MADE

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Seconds for which a cache shows a public page without asking again, then while it asks, and while the site fails. A
# proxy and the browser behind it each do so, one after the other; a withdrawn name is gone within GONE.
FRESH, WHILE_ASKING, WHILE_FAILING = 10, 10, 20
KEEP = f"public, max-age={FRESH}, stale-while-revalidate={WHILE_ASKING}, stale-if-error={WHILE_FAILING}"
GONE = KEPT + WHILE_MADE + (FRESH + max(WHILE_ASKING, WHILE_FAILING)) + (FRESH + WHILE_ASKING)
# What all readers of a letter are told where it is not: not open yet, unknown, taken down, or at another address.
NOT_HERE = {302, 308, 404, 410}
PUBLIC = re.compile("/letters/(?!preview/)")


def same_for_all(view: Callable[..., Any]) -> Callable[..., Response]:
    """Decorate what is public, and the same in every language: any cache may keep it for FRESH seconds."""

    @wraps(view)
    def cached(*args: Any, **kwargs: Any) -> Response:
        response = make_response(view(*args, **kwargs))
        if request.method not in {"GET", "HEAD"} or response.status_code not in {200, 304}:
            return response
        response.headers["Cache-Control"] = KEEP
        if response.is_streamed:
            return response
        response.add_etag()
        return response.make_conditional(request)

    return cached


def cacheable(view: Callable[..., Any]) -> Callable[..., Response]:
    """Decorate a public page, as `same_for_all`, but one in each language."""
    kept = same_for_all(view)

    @wraps(view)
    def cached(*args: Any, **kwargs: Any) -> Response:
        response = kept(*args, **kwargs)
        response.vary.add("Accept-Language")
        return response

    return cached


def is_on_its_way(changed_at: datetime) -> bool:
    """Whether a cache may still show public pages from before that moment; pages call GONE a minute."""
    return now() - changed_at < timedelta(seconds=GONE)


def secure(response: Response) -> Response:
    """Add the security headers, and forbid keeping it unless the view allowed it, or nobody finds a letter there."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if not response.headers.get("Cache-Control"):
        if PUBLIC.match(request.path) and response.status_code in NOT_HERE:
            # Kept by nginx alone, and for a second, or it asks us for one reader after the other, half a second apart.
            # A browser keeps nothing, and shows a letter once it opens. Above Cache-Control, as older nginx needs it.
            response.headers["X-Accel-Expires"] = "1"
            response.vary.add("Accept-Language")
        response.cache_control.no_store = True
    if current_app.config["PUBLIC_URL"].startswith("https://"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def cookie(name: str) -> str:
    """Return the name of a cookie, on https with the prefix that browsers accept over https alone."""
    return f"__Secure-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name


def read_cookie(name: str) -> str:
    """Return a cookie of ours, empty if there is none."""
    return request.cookies.get(cookie(name), "")


def keep_cookie(response: Response, name: str, value: str, *, lasts: int, path: str) -> None:
    """Set a cookie for so many seconds, sent to this path alone and hidden from scripts."""
    over_https = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(cookie(name), value, lasts, path=path, secure=over_https, httponly=True, samesite="Lax")


def private(response: Response) -> Response:
    """Mark a page opened by a token: not kept, not indexed, its address not sent as referrer."""
    response.cache_control.no_store = True
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def not_indexed(response: Response) -> Response:
    """Keep search engines from indexing an answer that is no page and cannot say so itself."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def private_page(template: str, status: int = 200, **shown: Any) -> Response:
    """Render a template as a `private` page."""
    return private(make_response(render_template(template, **shown), status))


def init_app(app: Flask) -> None:
    """Add the headers to every answer; what each page needs, such as style sheets, is kept as it is."""
    app.after_request(secure)
    app.view_functions["static"] = same_for_all(app.view_functions["static"])
