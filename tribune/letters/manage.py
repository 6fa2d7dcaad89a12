"""The organiser's pages: my letters, and the desk of one."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tribune.letters.guard import manage_blueprint, my_letter
from tribune.letters.queries import letters_of
from tribune.outbox.queries import age_of_the_oldest
from tribune.signatures.table import pending_count

bp = manage_blueprint("manage", __name__)


@bp.get("/")
def my_letters() -> ResponseReturnValue:
    """Every letter I carry."""
    return render_template("letters/manage/my_letters.html", letters=letters_of(current_user.organiser))


@bp.get("/letters/<int:letter_id>")
def desk(letter_id: int) -> ResponseReturnValue:
    """One letter at a glance."""
    letter = my_letter(letter_id)
    return render_template(
        "letters/manage/desk.html", letter=letter, pending=pending_count(letter), mail_age=age_of_the_oldest()
    )
