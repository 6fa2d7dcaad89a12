"""The mailbox in the browser: what the site has mailed, while no SMTP server is set. Development only."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from tribune.headers import POLICY
from tribune.outbox.transport import mailbox_folder

bp = Blueprint("development", __name__, url_prefix="/dev")

SHOWN = 50
NAME = re.compile(r"[\w.-]+")


@bp.get("/mailbox")
def mailbox() -> ResponseReturnValue:
    """The latest mails, newest first."""
    files = sorted(mailbox_folder().glob("*.eml"), reverse=True)[:SHOWN]
    return render_template("pages/mailbox.html", mails=[(file.stem, _read(file)) for file in files])


@bp.get("/mailbox/<name>")
def mail(name: str) -> ResponseReturnValue:
    """One mail: its words, and beside them its HTML as a mail program would show it."""
    message = _find(name)
    text = message.get_body(("plain",))
    linked = re.sub(
        r"https?://\S+", lambda m: f'<a href="{m[0]}">{m[0]}</a>', str(escape(text.get_content() if text else ""))
    )
    response = Response(render_template("pages/mail.html", mail=message, name=name, text=Markup(linked)))  # noqa: S704
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@bp.get("/mailbox/<name>.html")
def mail_html(name: str) -> ResponseReturnValue:
    """The HTML part alone; a mail carries its own style, so that is allowed here and nowhere else."""
    html = _find(name).get_body(("html",))
    response = Response('<base target="_top">' + (html.get_content() if html else ""))  # links leave the frame
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    return response


def _find(name: str) -> EmailMessage:
    file = mailbox_folder() / f"{name}.eml"
    if not NAME.fullmatch(name) or not file.is_file():
        abort(404)
    return _read(file)


def _read(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), EmailMessage, policy=default)
