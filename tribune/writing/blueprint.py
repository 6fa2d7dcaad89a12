"""The blueprint of the organiser's pages of writing, shared by three modules, and the check of their forms."""

from typing import Any

from flask import abort, current_app, request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from tribune.config import MAX_BODY
from tribune.extensions import csrf
from tribune.teams.guard import manage_blueprint
from tribune.writing.pictures import LARGEST

bp = manage_blueprint("manage_writing", __name__)
csrf.exempt(bp)  # `check_form` checks it after the log-in, so that an expired log-in is reported as such


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the form with the picture be larger than MAX_BODY, before the log-in is asked for and what was typed read."""
    if endpoint == "manage_writing.image":
        request.max_content_length = LARGEST + MAX_BODY


@bp.before_request
def check_form() -> None:
    """Check that a form is ours and not too large."""
    try:
        if current_app.config["WTF_CSRF_ENABLED"]:
            csrf.protect()
    except RequestEntityTooLarge:
        if request.endpoint != "manage_writing.image":
            raise
        abort(413, _("This picture weighs more than 10 MB. Go back, make it smaller or choose another."))
