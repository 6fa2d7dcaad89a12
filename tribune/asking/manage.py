"""The organiser's pages after a change of substance: ask and remind by mail, answer for those who cannot be mailed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from tribune.asking import actions
from tribune.asking.queries import answers, reached_by_nobody, refusals, reminders, who_is_asked
from tribune.fields import row_number
from tribune.letters.guard import my_letter
from tribune.letters.queries import asking_number
from tribune.moderation.actions import AT_ONE_PRESS, NobodyConcerned, advance
from tribune.moderation.asked import MAILED, asking_batches, to_ask, to_remind
from tribune.moderation.models import Batch
from tribune.moderation.queries import examples_of
from tribune.outbox.composing import Composed, fill_in
from tribune.signatures.actions import LetterClosed, TextChanged
from tribune.signatures.lines import lines
from tribune.signatures.mails import asking_mail
from tribune.signatures.models import Signature
from tribune.signatures.queries import PAGE
from tribune.signatures.table import line_writer
from tribune.statements import count_of
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_asking", __name__)
CHANGED = _l("The text has been changed in the meantime. Nothing was done: ask them about the current text.")


@bp.get("/letters/<int:letter_id>/asking")
@needs(Role.EDITOR)
def ask(letter_id: int) -> ResponseReturnValue:
    """Show how many would be asked, what the button does, the answers, and whom organisers have to ask themselves."""
    letter = my_letter(letter_id)
    number = asking_number(letter)
    batches, after = asking_batches(letter, number), _after()
    example = _one_of([*to_ask(letter, number), *MAILED])
    by_hand = reached_by_nobody(letter, after)
    return render_template(
        "asking/ask.html",
        letter=letter,
        number=number,
        asked=who_is_asked(letter, number),
        answerable=letter.takes_answers,
        example=example,
        mail=_shown(example) if example else None,
        batches=batches,
        answers=answers(letter, batches) if batches else None,
        reminders=reminders(letter, number) if batches else None,
        refusals=refusals(letter, number),
        by_hand=lines(by_hand.signatures),
        after=after,
        next_page=by_hand.after,
        printed_line=line_writer(letter, full=True),
    )


def _after() -> int:
    """Return the cursor of the list of `reached_by_nobody`."""
    return request.args.get("after", 0, row_number)


def _back(letter_id: int) -> ResponseReturnValue:
    return redirect(url_for(".ask", letter_id=letter_id, after=_after() or None), 303)


@bp.post("/letters/<int:letter_id>/asking")
@needs(Role.EDITOR, fresh=True)
def begin(letter_id: int) -> ResponseReturnValue:
    """Create the batch that asks, and begin it; its own page does the rest in pieces."""
    return _begin(letter_id, actions.ask)


def _begin(letter_id: int, act: Callable[..., Batch]) -> ResponseReturnValue:
    letter = my_letter(letter_id)
    try:
        batch = act(letter, by=current_user.organiser, seen_as=request.form.get("version", ""))
    except (actions.NothingToAsk, NobodyConcerned):
        flash(_("Nothing to do: there is nobody left to ask."))
        return _back(letter_id)
    except TextChanged:
        flash(CHANGED)
        return _back(letter_id)
    except LetterClosed:
        return _back(letter_id)  # which says so
    advance(batch, AT_ONE_PRESS)  # at once, as in `moderation/manage.py: new_batch`
    return redirect(url_for("manage_moderation.batch", letter_id=letter.id, batch_id=batch.id), 303)


@bp.route("/letters/<int:letter_id>/asking/remind", methods=["GET", "POST"])
@needs(Role.EDITOR, fresh=True)
def remind(letter_id: int) -> ResponseReturnValue:
    """Show how many may be reminded, and the mail; POST creates the batch that reminds, and begins it."""
    if request.method == "POST":
        return _begin(letter_id, actions.remind)
    letter = my_letter(letter_id)
    number = asking_number(letter)
    silent = to_remind(letter, number)
    example = _one_of(silent)
    return render_template(
        "asking/remind.html",
        letter=letter,
        count=count_of(*silent),
        example=example,
        mail=_shown(example, reminder=True) if example else None,
    )


def _one_of(conditions: Sequence[sa.ColumnElement[bool]]) -> Signature | None:
    """Return one of those who match, for whom the mail is shown."""
    return next(iter(examples_of(conditions, 1)), None)


def _shown(signature: Signature, *, reminder: bool = False) -> Composed:
    """Compose the mail as it leaves, with words in place of its links: nobody may answer for others here."""
    composed = asking_mail(signature, reminder=reminder).composed
    places = {
        "agree": _("[personal link]"),
        "mine": _("(the link to their own signature goes here)"),
        "not_me": _("[link to receive no more emails]"),
    }
    return replace(composed, text=fill_in(composed.text, places))


@bp.post("/letters/<int:letter_id>/asking/take-back")
@needs(Role.EDITOR)
def take_back(letter_id: int) -> ResponseReturnValue:
    """Declare the change a mere correction after all."""
    letter = my_letter(letter_id)
    try:
        actions.take_back(letter, current_user.organiser, request.form.get("version", ""))
        flash(_("A correction, then: nobody is asked, and nobody’s agreement changes."))
    except actions.NothingToAsk:
        flash(_("Nothing was done: they have been asked in the meantime, or the text has changed again."))
    return _back(letter_id)


@bp.post("/letters/<int:letter_id>/asking/attest")
@needs(Role.EDITOR)
def attest(letter_id: int) -> ResponseReturnValue:
    """Attest that those who were ticked agree."""
    letter = my_letter(letter_id)
    ids = request.form.getlist("ids", row_number)[:PAGE]
    try:
        moved = actions.attest_again(letter, ids, current_user.organiser, request.form.get("version", ""))
    except TextChanged:
        flash(CHANGED)
        return _back(letter_id)
    if moved:
        flash(ngettext("%(num)s now counts under the new text.", "%(num)s now count under the new text.", moved))
    else:
        flash(_("First tick those who agree."))
    return _back(letter_id)
