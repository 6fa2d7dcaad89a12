"""The organiser's pages: my letters."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tribune.letters.queries import letters_of
from tribune.teams.guard import manage_blueprint, needs

bp = manage_blueprint("manage", __name__)


@bp.get("/")
@needs(None)
def my_letters() -> ResponseReturnValue:
    """Every letter I carry."""
    return render_template("letters/manage/my_letters.html", letters=letters_of(current_user.organiser))
