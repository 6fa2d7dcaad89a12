"""In which language a page is shown: the one asked for, else one the browser prefers, else French."""

from functools import lru_cache
from typing import Any

from flask import Flask, request
from flask_babel import get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_accept_header

from tribune.extensions import babel

LANGUAGES = {"fr": "Français", "en": "English"}
DEFAULT = "fr"
LONGEST = 200  # characters; those of browsers have some dozens


def asked_language() -> str | None:
    """The language chosen by `?lang=`, or by the form that was sent; None when the browser decides."""
    try:
        asked = request.values.get("lang", "")
    except RequestEntityTooLarge:  # the page that says so must have a language too
        asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else None


def preferred_language(accepted: str) -> str:
    """Return our language that a browser prefers, from the first LONGEST characters of its Accept-Language."""
    return _preferred(accepted[:LONGEST])


@lru_cache(1000)
def _preferred(accepted: str) -> str:
    # not by `best_match`, which takes "fr-BE, en;q=0.5" for somebody who would rather read English
    for tag, quality in parse_accept_header(accepted, LanguageAccept):  # the best first
        language = tag.replace("_", "-").partition("-")[0].lower()
        if quality and language in LANGUAGES:
            return language
    return DEFAULT


def select_locale() -> str:
    """The language of the current request."""
    return asked_language() or preferred_language(request.headers.get("Accept-Language", ""))


def current_language() -> str:
    """The language being rendered, also inside a mail."""
    locale = get_locale()
    return locale.language if locale else DEFAULT


def _go_along(endpoint: str, values: dict[str, Any]) -> None:
    """Add the language asked for to every link. `lang=None`: an address that is the same for everybody."""
    if endpoint != "static":
        values.setdefault("lang", asked_language())


def init_app(app: Flask) -> None:
    """Choose the language for Flask-Babel and for `url_for`."""
    babel.init_app(app, locale_selector=select_locale)
    app.url_defaults(_go_along)
