"""The texts of the notices: one Markdown file per notice and language, which a site may replace by its own."""

import re
from pathlib import Path
from typing import Any

from flask import current_app, render_template_string

from tribune.letters.models import Letter
from tribune.letters.rendering import render
from tribune.retention import periods

NAMES = ("legal", "privacy", "records")
OURS = Path(__file__).parent
_MARKS = re.compile(r"[\\`*_\[\]]")  # Jinja escapes <, > and & afterwards
_OPENS_A_BLOCK = re.compile(r"(\d*)([#+=.)-])")


def notice(name: str, language: str, letter: Letter | None = None) -> str:
    """Return one of NAMES as safe HTML, about a letter or about the whole site.

    `instance/notices/<language>/<name>.md` replaces our text; both may use the same values.
    """
    own = own_file(name, language)
    source = (own if own.exists() else OURS / language / f"{name}.md").read_text("utf-8")
    return render(render_template_string(source, letter=letter, **_values(language, letter)), language)


def own_file(name: str, language: str) -> Path:
    """Return the path where a site may put its own text."""
    return Path(current_app.instance_path) / "notices" / language / f"{name}.md"


def why_not(name: str, language: str, letter: Letter | None) -> str:
    """Return one line for its author that says why a notice cannot be shown; empty when it can."""
    try:
        notice(name, language, letter)
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
