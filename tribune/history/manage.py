"""The organiser's pages of additions to a published letter, and of what is withheld from its readers."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from tribune.fields import row_number
from tribune.history import actions
from tribune.history.forms import AddendumForm
from tribune.history.queries import addendum_of, removal_of, removed_text, withheld_of
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.letters.queries import addenda_of
from tribune.letters.rendering import render
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_history", __name__)


@bp.get("/letters/<int:letter_id>/addenda")
@needs(Role.VIEWER)
def addenda(letter_id: int) -> ResponseReturnValue:
    """Show the additions, and the form to add more; `?removed=` (a log line) fills it with what was just removed."""
    letter = my_letter(letter_id)
    removed = request.args.get("removed", type=row_number)
    text = removed_text(letter, removed) if removed else ""
    return _page(letter, AddendumForm(text=text))


@bp.post("/letters/<int:letter_id>/addenda")
@needs(Role.EDITOR)
def add(letter_id: int) -> ResponseReturnValue:
    """Preview the addition or, with the second button, add it."""
    letter = my_letter(letter_id)
    form = AddendumForm()
    if not letter.is_published:
        flash(_("This letter is not published: change its text instead."))
        return redirect(url_for("manage_history.addenda", letter_id=letter.id), 303)
    if not form.validate_on_submit():
        return _page(letter, form), 422
    text = form.text.data or ""
    if "add" not in request.form:
        return _page(letter, form, render(text, letter.locale))
    actions.add(letter, text, current_user.organiser)
    flash(_("Added: it now appears after the text."))
    return redirect(url_for("manage_history.addenda", letter_id=letter.id), 303)


def _page(letter: Letter, form: AddendumForm, html: str = "") -> str:
    added = addenda_of(letter)
    return render_template("history/manage/addenda.html", letter=letter, addenda=added, form=form, html=html)


@bp.route("/letters/<int:letter_id>/addenda/<int:addendum_id>/remove", methods=["GET", "POST"])
@needs(Role.EDITOR)
def remove(letter_id: int, addendum_id: int) -> ResponseReturnValue:
    """Show what would be removed; POST removes it."""
    letter = my_letter(letter_id)
    if request.method == "POST":
        removed = actions.remove(letter, addendum_id, current_user.organiser)
        event = removed or removal_of(letter, addendum_id) or abort(404)  # removed before, if pressed twice
        flash(_("Removed. Its words are in the form below: add them again to put them back."))
        return redirect(url_for("manage_history.addenda", letter_id=letter.id, removed=event), 303)
    addendum = addendum_of(letter, addendum_id) or abort(404)
    return render_template("history/manage/remove.html", letter=letter, addendum=addendum)


@bp.get("/letters/<int:letter_id>/withheld")
@needs(Role.VIEWER)
def withheld(letter_id: int) -> ResponseReturnValue:
    """Show the team which versions are withheld from readers, since when and why; to its owners, the words too."""
    letter = my_letter(letter_id)
    return render_template("history/manage/withheld.html", letter=letter, withheld=withheld_of(letter))
