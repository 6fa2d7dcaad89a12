"""The organiser's page that erases somebody who asked for it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from tribune.letters.guard import my_letter
from tribune.mine.erasing import TheirsAlone, erase_for_them
from tribune.people.queries import whole_line
from tribune.people.removing import can_erase_for_them
from tribune.people.signature_pages import named
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_mine", __name__)


@bp.route("/letters/<int:letter_id>/signatures/<public_id>/erase", methods=["GET", "POST"])
@needs(Role.OWNER, fresh=True)
def erase(letter_id: int, public_id: str) -> ResponseReturnValue:
    """Say what is deleted and what stays; POST erases it."""
    letter = my_letter(letter_id)
    found = named(letter, public_id)
    line, erasable = whole_line(found), can_erase_for_them(found)
    if request.method == "POST":
        try:
            erase_for_them(found, by=current_user.organiser)
            flash(_("Erased. Nothing is left here of that signature."))
            return redirect(url_for("manage_moderation.table", letter_id=letter_id), 303)
        except TheirsAlone:
            erasable = False
    page = render_template("mine/erase_for_them.html", letter=letter, signature=found, line=line, erasable=erasable)
    return page, 422 if request.method == "POST" else 200
