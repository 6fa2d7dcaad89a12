"""The organiser's page of what to paste into their own records of processing."""

from flask import render_template
from flask.typing import ResponseReturnValue

from tribune.i18n import current_language
from tribune.letters.guard import my_letter
from tribune.notices.texts import notice
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_notices", __name__)


@bp.get("/letters/<int:letter_id>/records")
@needs(Role.VIEWER)
def records(letter_id: int) -> ResponseReturnValue:
    """The entry for the controller's records of processing (article 30 of the GDPR), ready to paste."""
    letter = my_letter(letter_id)
    return render_template("notices/records.html", letter=letter, text=notice("records", current_language(), letter))
