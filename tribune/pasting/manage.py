"""The organiser's pages to paste a printed page, review what was understood, and keep it."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms.validators import DataRequired

from tribune import errors
from tribune.i18n import DEFAULT, LANGUAGES, current_language
from tribune.pasting import actions
from tribune.pasting.forms import PasteForm, ReviewForm
from tribune.pasting.rows import PersonForm, empty_row, kept, print_lines, rows_in
from tribune.pasting.understood import (
    LARGEST_REVIEW,
    MOST_PEOPLE,
    WORDS,
    NoText,
    TooLong,
    TooManyPeople,
    TooMuch,
    checks,
    understand,
)
from tribune.signatures.lines import AND
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Team
from tribune.teams.queries import teams_to_write_in

bp = manage_blueprint("manage_pasting", __name__, room={"review": LARGEST_REVIEW})  # a long list of people


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    most = (request.max_content_length or 0) // 1024
    words = _("This is larger than %(most)s kB. Go back, and send only the letter and its list.", most=most)
    return errors.show(RequestEntityTooLarge(words))


def _teams() -> list[Team]:
    """Return the teams in which the organiser may write."""
    return teams_to_write_in(current_user.organiser)


def _teams_or_refuse() -> list[Team]:
    return _teams() or abort(403, _("You may read your teams’ letters, but not add one. Ask an owner of the team."))


@bp.get("/letters/paste")
@needs(None)
def paste() -> ResponseReturnValue:
    """Show one box for a whole page: title, text and list."""
    form = PasteForm(formdata=None, teams=_teams(), data={"locale": current_language()})
    return render_template("pasting/paste.html", form=form)


@bp.post("/letters/paste")
@needs(None)
def read() -> ResponseReturnValue:
    """Read what was pasted and show it for review; nothing is stored yet."""
    form = PasteForm(teams=_teams_or_refuse())
    if form.validate():
        try:
            found = understand(form.page.data or "", form.locale.data)
        except NoText:
            problem = _("There is no text of a letter here, only a list or buttons. Copy the text too.")
        except TooLong:
            problem = _("The text is too long: 64 kB at most, about 60,000 characters. Shorten it.")
        except TooManyPeople:
            problem = _(
                "There are more than %(most)s people here. Paste only the first ones; or whoever runs this "
                "site can import the whole page with: flask letters import FILE",
                most=MOST_PEOPLE,
            )
        except TooMuch:
            problem = _("There is too much around the letter here. Copy only the letter and its list.")
        else:
            fields = {**found.fields, "team": form.team.data, "locale": form.locale.data}
            return _show(ReviewForm(formdata=None, data=fields, teams=[*form.teams.values()]), found.rows)
        form.page.errors = [problem]
    return render_template("pasting/paste.html", form=form), 422


@bp.get("/letters/paste/review")
@needs(None)
def begin_again() -> ResponseReturnValue:
    """Redirect to the box: a review exists only in its form, so that this address cannot show one."""
    return redirect(url_for("manage_pasting.paste"), 303)


@bp.post("/letters/paste/review")
@needs(None)
def review() -> ResponseReturnValue:
    """Update the lines, add a row, or keep the letter as a draft: with its people, or to invite them."""
    form = ReviewForm(teams=_teams_or_refuse())
    if len(request.form.getlist("line")) > 2 * MOST_PEOPLE:  # with those left out; our pages never hold more
        raise RequestEntityTooLarge
    rows = rows_in(request.form, PersonForm)
    if request.form.get("act") == "add":
        return _show(form, [*rows, empty_row(rows, PersonForm)])
    if request.form.get("act") not in ("keep", "text"):
        return _show(form, rows)
    is_text_alone = request.form["act"] == "text"
    people = [] if is_text_alone else kept(rows)
    if not _is_right(form, people):
        return _show(form, rows), 422
    by = current_user.organiser
    letter = actions.keep(
        form.teams[form.team.data], [row.person for row in people], by=by, contact=by.email, **form.letter
    )
    if is_text_alone and kept(rows):
        flash(
            _(
                "The text is kept as a draft, its people not yet: put them on the list. Addresses that are pasted "
                "later, with the names, go to them."
            )
        )
        # 307: the browser sends its form on, with the people as they were corrected; nothing else holds them
        return redirect(url_for("manage_adding.review", letter_id=letter.id), 307)
    with_people = ngettext(
        "Kept as a draft, with %(num)s first signatory.",
        "Kept as a draft, with %(num)s first signatories.",
        len(people),
    )
    flash(with_people if people else _("Kept as a draft."))
    return redirect(url_for("manage.publish", letter_id=letter.id), 303)


def _is_right(form: ReviewForm, people: list[PersonForm]) -> bool:
    """Check the letter and all these people; what is wrong stands beside their fields."""
    agreed = [
        DataRequired(
            _(
                "Tick this: nobody’s name is put under a letter without their being asked."
                " Or keep the text alone, then invite people."
            )
        )
    ]
    is_right = form.validate(extra_validators={"attested": agreed} if people else None)
    is_right = all([row.validate() for row in people]) and is_right
    if len(people) > MOST_PEOPLE:
        form.form_errors.append(_("There are more than %(most)s people here: leave some out.", most=MOST_PEOPLE))
        return False
    return is_right


def _show(form: ReviewForm, rows: list[PersonForm]) -> str:
    locale = form.locale.data if form.locale.data in LANGUAGES else DEFAULT
    return render_template(
        "pasting/review.html",
        form=form,
        rows=rows,
        people=len(kept(rows)),
        lines=print_lines(rows, locale),
        locale=locale,
        joined_by=AND[locale],
        checks=checks(form.doubts.data or "", rows),
        words=WORDS,
    )
