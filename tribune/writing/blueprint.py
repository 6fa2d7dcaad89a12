"""The blueprint of the organiser's pages of writing, shared by three modules, and the check of their forms."""

from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from tribune.config import MAX_BODY
from tribune.errors import show
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
    """Check that a form is ours."""
    if current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()


@bp.errorhandler(RequestEntityTooLarge)
def show_too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Answer 413, and say of the form with the picture that this is what weighs too much, logged in or not."""
    if request.endpoint == "manage_writing.image":
        error = RequestEntityTooLarge(
            _("This picture weighs more than 10 MB. Go back, make it smaller or choose another.")
        )
    return show(error)
