"""What templates may use: undefined names fail, and our filters for text, days and numbers."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, request, url_for
from flask_babel import format_decimal, get_locale
from flask_login import current_user
from jinja2 import StrictUndefined
from markupsafe import Markup

from tribune.accounts.passkeys import site
from tribune.clocks import HOME, city, clock
from tribune.i18n import LANGUAGES, asked_language, current_language
from tribune.organisers.models import masked
from tribune.reading.addresses import ADDRESS
from tribune.teams.guard import administers, may
from tribune.teams.models import Role
from tribune.tokens import public_url
from tribune.typography import NO_BREAK, long_date, typeset, typeset_html


def _day(value: date | datetime, locale: str | None = None) -> str:
    return long_date(value.date() if isinstance(value, datetime) else value, locale or current_language())


def _home_day(moment: datetime) -> str:
    return _day(moment.astimezone(HOME))


def for_ones_role(written: str) -> str:
    """Return what was written about somebody: to viewers, who read no address, with those in it masked."""
    return written if may(Role.EDITOR) else ADDRESS.sub(lambda found: masked(found[0]), written)


def _colon() -> str:
    """Return the colon of this language, for two things that no sentence holds."""
    return f"{NO_BREAK}:" if current_language() == "fr" else ":"


def _full_name(person: Any) -> str:
    """Return given and family name of a signature or an invitation; the former may be missing."""
    return f"{person.given_name} {person.family_name}".strip()


def _script(*files: str) -> Markup:
    """Return tags for scripts of ours, which run once the page is there."""
    each = Markup('<script src="{}" defer></script>')
    return Markup("").join(each.format(url_for("static", filename=file)) for file in files)


def _other_languages() -> dict[str, tuple[str, str]]:
    """Return each other language's own name and this page in it; nothing for a page that is not opened by GET.

    Of a list its first page, so that the one link with `after` leads to the next page: a program that follows it ends.
    """
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()):
        return {}
    # The query is written apart: url_for would obey a reader's `_scheme` or `endpoint`.
    page = url_for(rule.endpoint, **(request.view_args or {}), lang=None)
    asked = [(name, value) for name, value in request.args.items(multi=True) if name not in ("after", "lang")]
    return {
        code: (name, f"{page}?{urlencode([*asked, ('lang', code)])}")
        for code, name in LANGUAGES.items()
        if code != current_language()
    }


def _page_address() -> str:
    """Return the address of this page, for its forms: without #main, where whoever has skipped to the text is.

    It would outlive the form, and keep the focus from what the next page says.
    """
    return request.full_path.rstrip("?")


def init_app(app: Flask) -> None:
    """Bind filters and globals."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        typeset=typeset_html,
        plainset=typeset,
        day=_day,
        home_day=_home_day,  # of a moment, on the pages of a team and an account
        moment=clock(ZoneInfo("UTC")),  # for whoever runs the site; the page says that it is UTC
        city=city,
        for_ones_role=for_ones_role,
        number=format_decimal,
        full_name=_full_name,
    )
    app.jinja_env.globals.update(
        language=current_language,
        current_user=current_user,  # looked up only where a template names it
        may=may,
        administers=administers,
        passkeys_work=site,
        public_url=public_url,
        asked_language=asked_language,
        other_languages=_other_languages,
        script=_script,
        colon=_colon,
        page_address=_page_address,
        text_direction=lambda: get_locale().text_direction,
    )
