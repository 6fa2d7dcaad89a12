"""What stops a request before its view: the limits of its network, and a site that is read-only."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, g, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from tribune.abuse import switches
from tribune.abuse.limits import count, seconds_to_wait
from tribune.abuse.networks import network_hash

SAFE = {"GET", "HEAD", "OPTIONS"}
COME_BACK = 120  # seconds, while something is switched off


def come_back_in(seconds: int) -> str:
    """Return the sentence that says in how many minutes to come back."""
    minutes = -(-seconds // 60)
    words: str = ngettext(
        "Too many requests are coming from your network. Come back in %(num)s minute.",
        "Too many requests are coming from your network. Come back in %(num)s minutes.",
        minutes,
    )
    return words


def limited(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a view: count its POSTs by network, and answer 429 above the LIMITS of that name."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> Any:
            if request.method not in SAFE:
                network = network_hash(request.remote_addr)
                if seconds := seconds_to_wait(what, network):
                    raise TooManyRequests(come_back_in(seconds), retry_after=seconds)
                count(what, network)
            return view(*args, **kwargs)

        return counted

    return decorate


def _heed_switches() -> None:
    """Tell `write()` whether the site is read-only; if it is, answer 503 to all but GET, HEAD and OPTIONS."""
    g.read_only = switches.current().read_only
    if g.read_only and request.method not in SAFE:
        words = _("The site is read-only at the moment. Go back, keep what you typed, and send it again later.")
        raise ServiceUnavailable(words, retry_after=COME_BACK)


def init_app(app: Flask) -> None:
    """Obey the switches on every request, and show them to templates."""
    app.before_request(_heed_switches)
    app.jinja_env.globals["switches"] = switches.current
