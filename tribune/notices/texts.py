"""The texts of the notices: one Markdown file per notice and language, which a site may replace by its own."""

import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from jinja2 import Environment, Template, TemplateError

from tribune.letters.models import Letter
from tribune.letters.rendering import render
from tribune.retention import periods

NAMES = ("legal", "privacy", "records")
OURS = Path(__file__).parent
_MARKS = re.compile(r"[\\`*_\[\]]")  # Jinja escapes <, > and & afterwards
_OPENS_A_BLOCK = re.compile(r"(\d*)([#+=.)-])")

log = logging.getLogger(__name__)


def notice(name: str, language: str, letter: Letter | None = None) -> str:
    """Return one of NAMES as safe HTML, about a letter or about the whole site.

    `instance/notices/<language>/<name>.md` replaces our text; both may use the same values. Ours is shown where that of
    the site cannot be filled in, as `flask doctor` says: readers are owed a notice.
    """
    try:
        filled = _filled(_source(name, language), language, letter)
    except TemplateError as error:
        log.error("%s cannot be filled in: %s", own_file(name, language), error)
        filled = _filled(_ours(name, language), language, letter)
    return render(filled, language)


def _source(name: str, language: str) -> str:
    own = own_file(name, language)
    return own.read_text("utf-8") if own.exists() else _ours(name, language)


def _ours(name: str, language: str) -> str:
    return (OURS / language / f"{name}.md").read_text("utf-8")


def _filled(source: str, language: str, letter: Letter | None) -> str:
    template = _compiled(current_app.jinja_env, source)
    return render_template(template, letter=letter, **_values(language, letter))


@lru_cache(maxsize=2 * len(NAMES))  # of two languages: compiling takes longer than all the rest
def _compiled(environment: Environment, source: str) -> Template:
    return environment.from_string(source)


def own_file(name: str, language: str) -> Path:
    """Return the path where a site may put its own text."""
    return Path(current_app.instance_path) / "notices" / language / f"{name}.md"


def why_not(name: str, language: str, letter: Letter | None) -> str:
    """Return one line for its author that says why a notice cannot be filled in; empty when it can."""
    try:
        _filled(_source(name, language), language, letter)
    except Exception as error:  # the text is a template, which may fail in any way
        return " ".join(f"{type(error).__name__}: {error}".split())
    return ""


def _values(language: str, letter: Letter | None) -> dict[str, Any]:
    config = current_app.config
    return {
        "as_text": as_text,
        "operator": config["OPERATOR"],
        "operator_address": config["OPERATOR_ADDRESS"],
        "operator_contact": config["OPERATOR_CONTACT"],
        "hosting": config["HOSTING"],
        "unconfirmed": periods.UNCONFIRMED.days,
        "addresses": periods.ADDRESSES.days,
        "months": periods.names_months(letter.names_kept_months if letter else None),
        "withdrawn": periods.WITHDRAWN.days,
        "networks": periods.NETWORKS.days,
        "mails": periods.MAILS.days,
        "team_invitations": periods.TEAM_INVITATIONS.days,
        "log_ins": periods.LOG_INS.days,
        "log": periods.LOG.days,
        "find": f"{config['PUBLIC_URL']}/signatures/find?lang={language}",
    }


def as_text(typed: str) -> str:
    """Escape plain text for Markdown: a title may contain stars, a name begin with a number."""
    marked = _MARKS.sub(r"\\\g<0>", typed)
    opens = _OPENS_A_BLOCK.match(marked)
    return f"{opens[1]}\\{marked[opens.start(2) :]}" if opens else marked
