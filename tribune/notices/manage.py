"""The entry for organisers' records of processing; and, for administrators, what they took from readers."""

from contextlib import suppress

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tribune.fields import row_number, tidy
from tribune.i18n import current_language
from tribune.letters.guard import my_letter
from tribune.letters.life import NotPublished
from tribune.letters.queries import letter_by_slug, taken_down_letters, withheld_versions
from tribune.notices import actions, withholding
from tribune.notices.forms import TakeDownForm, WithholdForm
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


@bp.route("/site/letters", methods=["GET", "POST"])
@needs(None, fresh=True, administrator=True)
def taken_down() -> ResponseReturnValue:
    """The letters taken down; POST takes another down."""
    form = TakeDownForm()
    if form.validate_on_submit():
        letter = letter_by_slug(form.slug.data or "")
        try:
            if letter is None:
                raise NotPublished
            actions.take_down(letter, form.reason.data or "")
        except NotPublished:
            form.slug.errors = [
                _("Readers see no letter at this address. Open the letter and copy the address of its page.")
            ]
        except actions.TakenDownAlready:
            form.slug.errors = [_("This letter has already been taken down.")]
        else:
            flash(_("Taken down. Its owners are being told by email, with your reason."))
            return redirect(url_for(".taken_down"), 303)
    page = render_template("notices/taken_down.html", form=form, letters=taken_down_letters())
    return page, 422 if form.errors else 200


@bp.post("/site/letters/put-back")
@needs(None, fresh=True, administrator=True)
def put_back() -> ResponseReturnValue:
    """Put a letter back: readers see it again."""
    if letter := letter_by_slug(tidy(request.form.get("slug"))):
        with suppress(actions.NotTakenDown):  # pressed twice
            actions.put_back(letter)
        flash(_("Put back: readers can see it again. Its owners are being told by email."))
    return redirect(url_for(".taken_down"), 303)


@bp.route("/site/versions", methods=["GET", "POST"])
@needs(None, fresh=True, administrator=True)
def withheld() -> ResponseReturnValue:
    """The versions withheld; POST withholds another."""
    form = WithholdForm()
    if form.validate_on_submit():
        slug, number = form.version
        try:
            letter = letter_by_slug(slug)
            if letter is None:
                raise NotPublished
            withholding.withhold(letter, number, form.what.data, form.reason.data or "")
        except (NotPublished, withholding.UnknownVersion):
            form.address.errors = [
                _("Readers see no version at this address. Open it, and copy the address of its page.")
            ]
        except withholding.TextToday:
            form.what.errors = [
                _("This is the text today: its organisers can change it, and you can take the letter down meanwhile.")
            ]
        except withholding.NoReason:
            form.what.errors = [_("No reason was given for this version.")]
        except withholding.WithheldAlready:
            form.address.errors = [_("This has already been withheld.")]
        else:
            flash(_("Withheld. The owners of the letter are being told by email, with your reason."))
            return redirect(url_for(".withheld"), 303)
    page = render_template("notices/withheld.html", form=form, withheld=withheld_versions())
    return page, 422 if form.errors else 200


@bp.post("/site/versions/disclose")
@needs(None, fresh=True, administrator=True)
def disclose() -> ResponseReturnValue:
    """Withhold a version no longer."""
    number = request.form.get("number", type=row_number)
    if (letter := letter_by_slug(tidy(request.form.get("slug")))) and number:
        with suppress(withholding.UnknownVersion, withholding.NotWithheld):  # pressed twice
            withholding.disclose(letter, number)
        if letter.taken_down_at:
            flash(
                _(
                    "No longer withheld: readers can see this version once its letter is put back. The owners of the "
                    "letter are being told by email."
                )
            )
        else:
            flash(_("Readers can see this version again. The owners of the letter are being told by email."))
    return redirect(url_for(".withheld"), 303)
