"""The organiser's pages of a picture."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from tribune.fingerprint import ChangedMeanwhile
from tribune.letters.guard import my_letter
from tribune.teams.guard import needs
from tribune.teams.models import Role
from tribune.writing import actions
from tribune.writing.blueprint import bp
from tribune.writing.forms import PictureForm
from tribune.writing.pictures import Animated, NotAPicture, TooManyPixels, read_picture
from tribune.writing.queries import removed_picture, shown_as


@bp.route("/letters/<int:letter_id>/image", methods=["GET", "POST"])
@needs(Role.EDITOR)
def image(letter_id: int) -> ResponseReturnValue:
    """Show or change the picture of the letter, what it shows, and its credit."""
    letter = my_letter(letter_id)
    there = letter.image
    words = {"description": there.description, "credit": there.credit} if there else {}
    form, changed = PictureForm(data={**words, "seen": shown_as(there)}), False
    if form.validate_on_submit():
        try:
            picture = read_picture(form.file.data.stream) if form.file.data else None
            words = {"description": form.description.data or "", "credit": form.credit.data or ""}
            seen_as = form.seen.data or ""
            actions.set_picture(letter, by=current_user.organiser, picture=picture, seen_as=seen_as, **words)
            flash(_("Saved."))
            return redirect(url_for("manage_writing.image", letter_id=letter.id), 303)
        except ChangedMeanwhile:
            form.seen.data, changed = shown_as(letter.image), True
        except actions.NoPicture:
            form.file.errors = [_("Choose a picture.")]
        except TooManyPixels:
            form.file.errors = [_("This picture has more than 50 million pixels. Make it smaller, or choose another.")]
        except Animated:
            form.file.errors = [_("This picture is animated. Choose a still one.")]
        except NotAPicture:
            form.file.errors = [_("This picture cannot be read. Choose a JPEG, PNG or WebP file.")]
    if form.errors and form.file.data and not form.file.errors:  # browsers do not fill in a file again
        form.file.errors = [_("Choose the file again: it was not kept.")]
    page = render_template(
        "writing/image.html", letter=letter, form=form, changed=changed, removed=removed_picture(letter)
    )
    return page, 409 if changed else 422 if form.errors else 200


@bp.post("/letters/<int:letter_id>/image/remove")
@needs(Role.EDITOR)
def remove_image(letter_id: int) -> ResponseReturnValue:
    """Remove the picture."""
    letter = my_letter(letter_id)
    actions.remove_picture(letter, by=current_user.organiser)
    flash(_("The picture is removed."))
    return redirect(url_for("manage_writing.image", letter_id=letter.id), 303)


@bp.post("/letters/<int:letter_id>/image/put-back")
@needs(Role.EDITOR)
def put_image_back(letter_id: int) -> ResponseReturnValue:
    """Show the removed picture again."""
    letter = my_letter(letter_id)
    if actions.put_picture_back(letter, by=current_user.organiser):
        flash(_("The picture is back."))
    else:  # it is back already, or was replaced
        flash(_("Nothing was changed: below is the letter’s picture."))
    return redirect(url_for("manage_writing.image", letter_id=letter.id), 303)
