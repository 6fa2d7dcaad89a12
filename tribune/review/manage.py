"""The organiser's page of flagged signatures."""

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from tribune.clocks import clock
from tribune.fields import row_number
from tribune.letters.guard import my_letter
from tribune.review import actions
from tribune.review.queries import flagged, open_counts
from tribune.signatures.flags import KINDS
from tribune.signatures.queries import PAGE
from tribune.signatures.table import line_writer
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_review", __name__)


@bp.get("/letters/<int:letter_id>/review")
@needs(Role.VIEWER)
def review(letter_id: int) -> ResponseReturnValue:
    """Show flagged signatures, one kind at a time."""
    letter = my_letter(letter_id)
    counts = open_counts(letter)
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        kind = next((each for each in KINDS if counts.get(each)), KINDS[0])
    after = request.args.get("after", "")
    found, next_page = flagged(letter, kind, after)
    return render_template(
        "review/review.html",
        letter=letter,
        kinds=KINDS,
        counts=counts,
        kind=kind,
        found=found,
        clock=clock(letter.zone),
        printed_line=line_writer(letter, full=True),
        after=after,
        next_page=next_page,
        cleared_at=request.args.get("cleared_at", ""),
    )


def _kind() -> str:
    return request.form.get("kind", "") if request.form.get("kind") in KINDS else abort(400)


@bp.post("/letters/<int:letter_id>/review/clear")
@needs(Role.EDITOR)
def clear(letter_id: int) -> ResponseReturnValue:
    """Clear the flags of signatures that look right; or lead to the page that hides those that do not."""
    letter = my_letter(letter_id)
    kind = _kind()
    ids = request.form.getlist("shown" if "all" in request.form else "id", row_number)[:PAGE]
    if "hide" in request.form:
        batch = url_for("manage_moderation.new_batch", letter_id=letter.id, verb="hide", flag=kind, ids=ids)
        return redirect(batch, 303)
    moment = actions.clear(letter, kind, ids, current_user.organiser)
    if moment is None and ids:  # withdrawn meanwhile, or hidden by a colleague
        flash(_("They are already off the list."))
    elif moment is None:
        flash(_("First tick the signatures that look right."))
    cleared_at = moment.isoformat() if moment else None
    return redirect(url_for(".review", letter_id=letter.id, kind=kind, cleared_at=cleared_at), 303)


@bp.post("/letters/<int:letter_id>/review/unclear")
@needs(Role.EDITOR)
def unclear(letter_id: int) -> ResponseReturnValue:
    """Undo the last clearing."""
    letter = my_letter(letter_id)
    kind = _kind()
    try:
        moment = datetime.fromisoformat(request.form.get("cleared_at", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        abort(400, _("There is nothing to undo."))
    if actions.unclear(letter, kind, moment, current_user.organiser):
        flash(_("They are back on the list."))
    else:
        flash(_("This has already been undone."))
    return redirect(url_for(".review", letter_id=letter.id, kind=kind), 303)
