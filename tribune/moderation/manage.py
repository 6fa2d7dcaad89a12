"""The organiser's table of signatures, and batches."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from tribune.clocks import clock
from tribune.fields import row_number
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.moderation import actions, queries
from tribune.moderation.batches import LATEST_BATCHES, alone_in, batch_of, changed_by, latest_batches, under_way
from tribune.moderation.filters import Filter
from tribune.moderation.forms import BatchForm
from tribune.moderation.mails import compose_hidden, compose_shown
from tribune.moderation.models import Batch
from tribune.moderation.telling import know_it
from tribune.signatures.models import Signature
from tribune.signatures.queries import PAGE
from tribune.signatures.table import STATUSES, line_writer
from tribune.statements import count_of
from tribune.teams.guard import manage_blueprint, may, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_moderation", __name__)

EXAMPLES = 5
TOLD_AT_MOST = 100  # people; above that, the box to tell them is not ticked by default


@bp.get("/letters/<int:letter_id>/signatures")
@needs(Role.VIEWER)
def table(letter_id: int) -> ResponseReturnValue:
    """Show every signature of a letter, filtered and sorted, a hundred a page."""
    letter = my_letter(letter_id)
    asked, after = _asked(), request.args.get("after", "")
    page = queries.table_page(letter, asked, after)
    whole = not after and not page.after
    return render_template(
        "moderation/table.html",
        letter=letter,
        asked=asked,
        args=asked.as_args(),
        signatures=page.signatures,
        flags=queries.open_flags(page.signatures),
        count=len(page.signatures) if whole else len(queries.first_ids(letter, asked)),
        most=queries.COUNTED_TO,
        printed_line=line_writer(letter, full=True),
        clock=clock(letter.zone),
        statuses=STATUSES,
        under_way=under_way(letter),
        sections={name: name for name in (*queries.sections_of(letter), asked.section) if name},
        after=after,
        next_page=page.after,
    )


def _asked() -> Filter:
    asked = Filter.from_args(request.args)
    if asked.is_for_editors and not may(Role.EDITOR):
        abort(403, _("Your role in this team lets you search for names, not for email addresses or networks."))
    return asked


@bp.get("/letters/<int:letter_id>/signatures/batches")
@needs(Role.VIEWER)
def batches(letter_id: int) -> ResponseReturnValue:
    """List the batches and who began them, newest first; each links to its page, where it can be undone."""
    letter, after, most = my_letter(letter_id), request.args.get("after", ""), LATEST_BATCHES
    found = latest_batches(letter, after)
    return render_template(
        "moderation/batches.html",
        letter=letter,
        batches=found[:most],
        alone=alone_in(found[:most]),
        printed_line=line_writer(letter, full=True),
        clock=clock(letter.zone),
        after=after,
        next_page=found[most - 1].id if len(found) > most else "",
    )


@bp.route("/letters/<int:letter_id>/signatures/batches/new", methods=["GET", "POST"])
@needs(Role.EDITOR)
def new_batch(letter_id: int) -> ResponseReturnValue:
    """Show how many would be changed, some of them, and what would happen; POST begins the batch.

    The address holds the verb, the filter, and the choice: `all` that match it, or `ids` that were ticked.
    """
    letter, verb, asked = my_letter(letter_id), request.args.get("verb", ""), _asked()
    args: dict[str, Any] = dict(asked.as_args())
    choice = dict(args)
    if "all" not in request.args:
        choice["ids"] = request.args.getlist("ids", row_number)[:PAGE]
    back = redirect(url_for(".table", letter_id=letter.id, **args), 303)
    if verb not in queries.CHOSEN or choice.get("ids") == []:
        flash(_("First tick the signatures, then choose what to do with them."))
        return back
    form = BatchForm(verb)
    last = form.last if form.last is not None else queries.last_id(letter)
    try:
        if form.validate_on_submit() and "look" not in request.form:
            batch = actions.start(
                letter,
                by=current_user.organiser,
                verb=verb,
                choice=choice,
                reason=form.reason.data or "",
                tells="tells" in form and form.tells.data,
                up_to_id=last,
            )
            actions.advance(batch, actions.AT_ONE_PRESS)  # at once, or a connection lost now would leave it not begun
            return redirect(url_for(".batch", letter_id=letter.id, batch_id=batch.id), 303)
        return _preview(letter, verb, choice, last, form)
    except actions.NobodyConcerned:
        flash(_("Nothing to do: none of these signatures would change."))
        return back


def _preview(letter: Letter, verb: str, choice: dict[str, Any], last: int, form: BatchForm) -> ResponseReturnValue:
    """Show what a batch would do."""
    concerned = [*queries.concerned(letter, verb, choice), Signature.id <= last]
    count = count_of(*concerned)
    if not count:
        raise actions.NobodyConcerned
    told, example, mail = 0, None, None
    if verb in ("hide", "show"):
        mailed = [*concerned, *queries.told(letter), *([know_it()] if verb == "show" else [])]
        told = count_of(*mailed)
        example = next(iter(queries.examples_of(mailed, 1)), None)
    if verb == "hide" and not form.is_submitted():
        form.tells.data = 0 < told <= TOLD_AT_MOST
    if example:
        reason = form.reason.data or _("the reason that you write")
        mail = compose_hidden(example, reason) if verb == "hide" else compose_shown(example)
    form.up_to_id.data = str(last)
    page = render_template(
        "moderation/new_batch.html",
        letter=letter,
        verb=verb,
        asked=Filter.from_args(choice),
        picked=len(choice.get("ids", [])),
        count=count,
        examples=queries.examples_of(concerned, _listed(choice)),
        printed_line=line_writer(letter, full=True),
        form=form,
        told=told,
        example=example,
        mail=mail,
    )
    return page, 422 if form.errors else 200


def _listed(choice: dict[str, Any]) -> int:
    """Return how many to name: all that were ticked, as one may be a mistake; a few of those that match a filter."""
    return PAGE if "ids" in choice else EXAMPLES


def _batch(letter: Letter, batch_id: int) -> Batch:
    return batch_of(letter, batch_id) or abort(404)


@bp.get("/letters/<int:letter_id>/signatures/batches/<int:batch_id>")
@needs(Role.VIEWER)
def batch(letter_id: int, batch_id: int) -> ResponseReturnValue:
    """Show the progress of a batch, or what it did and how to undo it."""
    letter = my_letter(letter_id)
    found = _batch(letter, batch_id)
    return render_template(
        "moderation/batch.html",
        letter=letter,
        batch=found,
        asked=Filter.from_args(found.choice),
        changed=changed_by(found, _listed(found.choice)),
        printed_line=line_writer(letter, full=True),
        clock=clock(letter.zone),
    )


@bp.post("/letters/<int:letter_id>/signatures/batches/<int:batch_id>/advance")
@needs(Role.EDITOR)
def advance(letter_id: int, batch_id: int) -> ResponseReturnValue:
    """Work on the batch for AT_ONE_PRESS seconds."""
    actions.advance(_batch(my_letter(letter_id), batch_id), actions.AT_ONE_PRESS)
    return redirect(url_for(".batch", letter_id=letter_id, batch_id=batch_id), 303)


@bp.post("/letters/<int:letter_id>/signatures/batches/<int:batch_id>/undo")
@needs(Role.EDITOR)
def undo(letter_id: int, batch_id: int) -> ResponseReturnValue:
    """Undo a batch."""
    actions.undo(_batch(my_letter(letter_id), batch_id), by=current_user.organiser)
    return redirect(url_for(".batch", letter_id=letter_id, batch_id=batch_id), 303)
