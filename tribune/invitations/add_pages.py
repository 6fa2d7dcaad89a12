"""The organiser's pages that add people to invite: give a list or a file, review what was understood, save it."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from tribune import errors
from tribune.invitations.add_forms import WORDS, AddForm, InviteeForm, ReviewForm
from tribune.invitations.adding import (
    LARGEST_REVIEW,
    MOST_PEOPLE,
    Given,
    NobodyThere,
    TooManyPeople,
    checks,
    doubts_in_form,
    look_up,
    put_on_the_list,
    read,
    read_again,
    row_of,
    rows_of_page,
    without_address,
)
from tribune.invitations.column_words import columns_in, shown
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.pasting.rows import PersonForm, empty_row, kept, print_lines, rows_in
from tribune.reading.grid import REFUSALS, CannotRead
from tribune.reading.sheets import LARGEST_FILE, as_field, from_field
from tribune.signatures.lines import AND
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_adding", __name__, room={"read_list": LARGEST_FILE + 64 * 1024, "review": LARGEST_REVIEW})


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    most = (request.max_content_length or 0) // 1024 // 1024
    words = _(
        "This is larger than %(most)s MB. Go back, and send the list alone, without pictures or other sheets.",
        most=most,
    )
    return errors.show(RequestEntityTooLarge(words))


@bp.get("/letters/<int:letter_id>/invitations/add")
@needs(Role.EDITOR)
def add(letter_id: int) -> ResponseReturnValue:
    """Paste a list, or choose a file."""
    return render_template("invitations/add.html", letter=my_letter(letter_id), form=AddForm(formdata=None))


@bp.post("/letters/<int:letter_id>/invitations/add")
@needs(Role.EDITOR)
def read_list(letter_id: int) -> ResponseReturnValue:
    """Parse what was given, and show it for review; nothing is saved yet."""
    letter = my_letter(letter_id)
    form = AddForm()
    if form.validate():
        try:
            return _first_shown(letter, read(form.people.data or "", form.content))
        except (CannotRead, TooManyPeople, NobodyThere) as error:
            field = form.file if form.file.data else form.people
            field.errors = [_why(error)]
    return render_template("invitations/add.html", letter=letter, form=form), 422


def _why(error: Exception) -> str:
    words = _("There is nobody here: write one person per line, with the name first.")
    if isinstance(error, CannotRead):
        words = _(REFUSALS[error.reason])
    elif isinstance(error, TooManyPeople):
        words = _(
            "This is too much for one list: %(most)s people at most. Split it, and add it part by part.",
            most=MOST_PEOPLE,
        )
    return str(words)


@bp.get("/letters/<int:letter_id>/invitations/add/review")
@needs(Role.EDITOR)
def begin_again(letter_id: int) -> ResponseReturnValue:
    """Send whoever opens the review by its address to the first page: rows under review exist only in the form."""
    return redirect(url_for(".add", letter_id=my_letter(letter_id).id), 303)


@bp.post("/letters/<int:letter_id>/invitations/add/review")
@needs(Role.EDITOR)
def review(letter_id: int) -> ResponseReturnValue:
    """Read the columns in another way, show the lines again, add a row, or save the people as invitations.

    Or show the people of a pasted page for the first time, whose text has just been kept.
    """
    letter, form = my_letter(letter_id), ReviewForm()
    try:
        given = _given_again(form)
    except (CannotRead, TooManyPeople) as error:
        abort(400, _why(error))
    act = request.form.get("act")
    if act == "read" and given:
        return _first_shown(letter, given)
    if len(request.form.getlist("line")) > 2 * MOST_PEOPLE:  # rows left out included: no page of ours holds more
        raise RequestEntityTooLarge
    if act == "text":  # sent on by the review of a pasted page, whose doubts about its text are dealt with
        rows, form.doubts.data = rows_of_page(rows_in(request.form, PersonForm)), ""
    else:
        rows = rows_in(request.form, InviteeForm)
    if act == "add":
        rows.append(empty_row(rows, InviteeForm))
    is_new = look_up(letter, rows)
    if act != "keep":
        return _show(letter, form, given, rows)
    people = kept(rows)
    problems = _problems(people, is_new)
    is_right = all([row.validate() for row in people])
    if not is_right or problems or not form.validate():
        return _show(letter, form, given, rows, problems), 422
    done = put_on_the_list(letter, rows, by=current_user.organiser)
    if done is None:
        return _show(letter, form, given, rows, _problems(people, is_new=True)), 422
    _tell(*done)
    return redirect(url_for("manage_invitations.board", letter_id=letter.id), 303)


def _tell(added: int, addressed: int, left_out: int) -> None:
    if added:
        flash(
            ngettext(
                "%(num)s person is on the list. Nothing has been emailed yet.",
                "%(num)s people are on the list. Nothing has been emailed yet.",
                added,
            )
        )
    if addressed:
        flash(
            ngettext(
                "%(num)s person who was on the list has an address now.",
                "%(num)s people who were on the list have an address now.",
                addressed,
            )
        )
    if left_out:
        flash(
            ngettext(
                "%(num)s person is left out, and we do not say who: they asked not to be under this letter. Somebody "
                "who has told you otherwise since can be added by hand.",
                "%(num)s people are left out, and we do not say who: they asked not to be under this letter. Somebody "
                "who has told you otherwise since can be added by hand.",
                left_out,
            )
        )


def _given_again(form: ReviewForm) -> Given | None:
    """Return the table carried by the form, read with the columns chosen now."""
    if not form.sheet.data:
        return None
    sheet = from_field(form.sheet.data)
    return read_again(sheet, columns_in(request.form.getlist("column"), form.headings.data or 0, sheet))


def _problems(people: list[InviteeForm], is_new: bool) -> list[str]:
    """Return what is wrong with the list as a whole."""
    if not people:
        return [_("Everybody is left out. Include somebody, or go back.")]
    if len(people) > MOST_PEOPLE:
        return [_("There are more than %(most)s people here: leave some out.", most=MOST_PEOPLE)]
    if is_new:
        return [
            _(
                "Some of these people have been put on the list since this page was shown. Check them, then press the "
                "button again."
            )
        ]
    return []


def _first_shown(letter: Letter, given: Given) -> ResponseReturnValue:
    """Show what was just read; people invited already are left out."""
    rows = [row_of(contact) for contact in given.contacts.contacts]
    look_up(letter, rows)
    data = {"sheet": as_field(given.sheet) if given.sheet else "", "doubts": doubts_in_form(given)}
    return _show(letter, ReviewForm(formdata=None, data=data), given, rows)


def _show(
    letter: Letter, form: ReviewForm, given: Given | None, rows: list[InviteeForm], problems: list[str] | None = None
) -> str:
    return render_template(
        "invitations/add_review.html",
        letter=letter,
        form=form,
        problems=problems or [],
        rows=rows,
        people=len(kept(rows)),
        unaddressed=without_address(rows),
        lines=print_lines(rows, letter.locale),
        locale=letter.locale,
        joined_by=AND[letter.locale],
        table=shown(given.sheet, given.columns) if given and given.sheet and given.columns else None,
        checks=checks(form.doubts.data or "", rows),
        words=WORDS,
    )
