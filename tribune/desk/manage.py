"""The desk of one letter."""

from flask import render_template
from flask.typing import ResponseReturnValue

from tribune.letters.guard import my_letter
from tribune.outbox.queries import age_of_the_oldest
from tribune.signatures.table import pending_count
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_desk", __name__)


@bp.get("/letters/<int:letter_id>")
@needs(Role.VIEWER)
def desk(letter_id: int) -> ResponseReturnValue:
    """One letter at a glance."""
    letter = my_letter(letter_id)
    return render_template("desk/desk.html", letter=letter, pending=pending_count(letter), mail_age=age_of_the_oldest())
