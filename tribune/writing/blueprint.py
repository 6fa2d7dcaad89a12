"""The organiser's pages of writing are one group, over three modules; what a form of each has to be."""

from flask import abort, current_app, request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from tribune.config import MAX_BODY
from tribune.extensions import csrf
from tribune.teams.guard import manage_blueprint
from tribune.writing.pictures import LARGEST

bp = manage_blueprint("manage_writing", __name__)
csrf.exempt(bp)  # from the check before the log-in: `check_form` does it after, so that a log-in that ended is told


@bp.before_request
def check_form() -> None:
    """A form of ours, and no longer than it may be: only the picture is more than words."""
    if request.endpoint == "manage_writing.image":
        request.max_content_length = LARGEST + MAX_BODY
    try:
        if current_app.config["WTF_CSRF_ENABLED"]:
            csrf.protect()
    except RequestEntityTooLarge:
        if request.endpoint != "manage_writing.image":
            raise
        abort(413, _("This picture weighs more than 10 MB. Go back, make it smaller or choose another."))
