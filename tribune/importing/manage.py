"""The organiser's pages that import signatures: give a file, review it, import it. Undone like any batch."""

from time import monotonic

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from tribune import errors
from tribune.importing import actions
from tribune.importing.columns import DATE, HELD, guess_columns, perhaps_agreed
from tribune.importing.entries import Terms
from tribune.importing.forms import ImportForm, TermsForm
from tribune.importing.looking import columns_in, digest_of, first_choices, look_over, pieces, promise, terms_in
from tribune.importing.words import WORDS
from tribune.invitations.column_words import shown
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.moderation.pieces import at_once
from tribune.reading.columns import Columns
from tribune.reading.grid import REFUSALS, CannotRead, Sheet
from tribune.reading.sheets import LARGEST_FILE, as_field, from_field, read_file
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role

LARGEST_REVIEW = 2 * LARGEST_FILE  # bytes of the form that carries the table, in any alphabet
AT_ONE_PRESS = 2  # seconds of work before the page shows progress
_TOO_LARGE = ("too_many_rows", "too_much_inside")

bp = manage_blueprint("manage_importing", __name__, room={"read": LARGEST_FILE + 64 * 1024, "review": LARGEST_REVIEW})


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    return errors.show(RequestEntityTooLarge(_by_command("LETTER")))


def _by_command(slug: str) -> str:
    """Say that a large file is imported by a command."""
    command = f"flask signatures import {slug} FILE.csv"
    return str(
        _(
            "This file is too large for a page: 2,000 rows and 5 MB at most. Whoever runs the site can import "
            "it from the command line, a million rows or more: %(command)s",
            command=command,
        )
    )


@bp.get("/letters/<int:letter_id>/signatures/import")
@needs(Role.EDITOR)
def give(letter_id: int) -> ResponseReturnValue:
    """Choose a file; the page says which kinds are understood."""
    return render_template("importing/give.html", letter=my_letter(letter_id), form=ImportForm(formdata=None))


@bp.post("/letters/<int:letter_id>/signatures/import")
@needs(Role.EDITOR)
def read(letter_id: int) -> ResponseReturnValue:
    """Read the file, and show what would become of its rows; nothing is saved yet."""
    letter, form = my_letter(letter_id), ImportForm()
    if form.validate():
        try:
            sheet = read_file(form.content, clocks=True)
            columns = guess_columns(sheet.rows)
            data = {"sheet": as_field(sheet), "headings": columns.headings, **first_choices(letter, sheet, columns)}
            return _show(letter, TermsForm(letter, formdata=None, data=data), sheet, columns)
        except CannotRead as error:
            large = error.reason in _TOO_LARGE
            form.file.errors = [_by_command(letter.slug) if large else _(REFUSALS[error.reason])]
    return render_template("importing/give.html", letter=letter, form=form), 422


@bp.get("/letters/<int:letter_id>/signatures/import/review")
@needs(Role.EDITOR)
def begin_again(letter_id: int) -> ResponseReturnValue:
    """Send whoever opens the review by its address to the first page: the file under review exists only in the form."""
    return redirect(url_for(".give", letter_id=my_letter(letter_id).id), 303)


@bp.post("/letters/<int:letter_id>/signatures/import/review")
@needs(Role.EDITOR)
def review(letter_id: int) -> ResponseReturnValue:
    """Check the file again with other columns or terms, or import it, for AT_ONE_PRESS seconds at a time."""
    letter = my_letter(letter_id)
    form = TermsForm(letter)
    try:
        sheet = from_field(form.sheet.data or "")
    except CannotRead:
        abort(400, _("The table has been lost on the way. Choose the file again."))
    chosen = request.form.getlist("column")
    columns = columns_in(chosen, form, sheet)
    if DATE in columns.held and DATE not in chosen:
        form.dates.data = first_choices(letter, sheet, columns)["dates"]
    if request.form.get("act") != "import":
        return _show(letter, form, sheet, columns)
    if not form.validate():
        return _show(letter, form, sheet, columns), 422
    return _import(letter, form, sheet, terms_in(form, columns))


def _import(letter: Letter, form: TermsForm, sheet: Sheet, terms: Terms) -> ResponseReturnValue:
    digest, new = digest_of(form), 0
    begun = actions.goes_on(letter, terms, digest)
    if not begun:
        looked = look_over(letter, sheet, terms)
        if promise(looked, terms) != form.promised.data:  # another window may have begun meanwhile
            begun = actions.goes_on(letter, terms, digest) or actions.just_done(letter, terms, digest)
            if not begun:
                problem = _("Something has changed since you looked: your choices, or the list under the letter.")
                return _show(letter, form, sheet, terms.columns, problem), 409
        new = looked.new
    try:
        batch = begun or actions.start(letter, terms, by=current_user.organiser, digest=digest, new=new)
        if not batch.finished_at:
            for _row in actions.advance(batch, pieces(sheet, at_once(batch)), terms, monotonic() + AT_ONE_PRESS):
                pass
    except actions.CannotImport:
        return _show(letter, form, sheet, terms.columns, _cannot(letter)), 409
    except actions.NothingNew:
        return _show(letter, form, sheet, terms.columns, _("Nobody in this file would be added.")), 409
    except actions.Stopped:
        pass  # another window goes on with it, and so may this one; or it was undone
    if batch.finished_at or batch.undone_at:
        return redirect(url_for("manage_moderation.batch", letter_id=letter.id, batch_id=batch.id), 303)
    return render_template(
        "importing/under_way.html", letter=letter, form=form, batch=batch, columns=terms.columns.held
    )


def _cannot(letter: Letter) -> str:
    if letter.state == "closed":
        return str(_("This letter is closed: it takes no more signatures."))
    return str(_("Nobody can be asked to confirm before the letter is published. Publish it first, or vouch for them."))


def _show(letter: Letter, form: TermsForm, sheet: Sheet, columns: Columns, problem: str = "") -> str:
    terms = terms_in(form, columns)
    looked = look_over(letter, sheet, terms)
    form.promised.data = promise(looked, terms)
    return render_template(
        "importing/review.html",
        letter=letter,
        form=form,
        problem=problem,
        table=shown(sheet, columns, HELD),
        perhaps_agreed=perhaps_agreed(sheet.rows, columns),
        about_all=[doubt for doubt in sheet.doubts if not doubt.line],
        looked=looked,
        dated=DATE in columns.held,
        words=WORDS,
    )
