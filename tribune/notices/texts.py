"""The texts of the notices: one Markdown file per notice and language, which a site may replace by its own."""

import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from jinja2 import Environment, Template

from tribune.faults import is_of_the_database
from tribune.i18n import LANGUAGES
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
    the site cannot be, as `flask doctor` says: readers are owed a notice.
    """
    own = own_file(name, language)
    try:
        if own.exists():
            return _shown(own, language, letter)
    except Exception as error:  # a template, saved by any program, may fail in any way
        if is_of_the_database(error):
            raise
        log.error("%s cannot be shown (%s): `flask doctor` says why", own, type(error).__name__)
    return _shown(OURS / language / f"{name}.md", language, letter)


def _shown(file: Path, language: str, letter: Letter | None) -> str:
    return render(_filled(file.read_text("utf-8"), language, letter), language)


def _filled(source: str, language: str, letter: Letter | None) -> str:
    template = _compiled(current_app.jinja_env, source)
    return render_template(template, letter=letter, **_values(language, letter))


@lru_cache(maxsize=len(LANGUAGES) * len(NAMES))  # compiling takes longer than all the rest
def _compiled(environment: Environment, source: str) -> Template:
    return environment.from_string(source)


def own_file(name: str, language: str) -> Path:
    """Return the path where a site may put its own text."""
    return Path(current_app.instance_path) / "notices" / language / f"{name}.md"


def why_not(name: str, language: str, letter: Letter | None) -> str:
    """Return one line for its author that says why the site's own text cannot be shown; empty if it can, or is not."""
    own = own_file(name, language)
    try:
        if own.exists():
            _shown(own, language, letter)
    except Exception as error:  # as in `notice`
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
