"""The organiser's pages to merge spellings of an organisation."""

from collections.abc import Iterable
from unicodedata import normalize

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from tribune.fields import as_stored, row_number, tidy
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.names import LONGEST_KEY, plain
from tribune.organisations import actions, queries
from tribune.organisations.forms import MergeForm
from tribune.organisations.likeness import alike
from tribune.organisations.queries import (
    PAGE,
    chosen,
    count_left,
    count_printed,
    latest_spellings,
    merges_as_typed,
    merges_by_key,
    spellings,
)
from tribune.signatures.queries import nobody_is_named
from tribune.signatures.spellings import merged
from tribune.teams.guard import manage_blueprint, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_organisations", __name__)

LIKENESSES = 20  # groups proposed at once


@bp.get("/letters/<int:letter_id>/organisations", endpoint="spellings")
@needs(Role.VIEWER)
def spellings_of(letter_id: int) -> ResponseReturnValue:
    """List the organisations as printed, which of them look alike, and the merges."""
    letter = my_letter(letter_id)
    q, after = tidy(request.args.get("q"))[:200], request.args.get("after", "")[:400]
    begins, before = plain(q), request.args.get("before", 0, row_number)
    page = spellings(letter, begins=begins, after=after, most=PAGE + 1)
    merges = merges_as_typed(letter, begins=begins, before=before, most=PAGE + 1)
    return render_template(
        "organisations/spellings.html",
        letter=letter,
        spellings=page[:PAGE],
        next_page=page[PAGE - 1].key if len(page) > PAGE else "",
        q=q,
        after=after,
        most=queries.COUNTED_TO,
        alike=[] if q or after or before else alike(latest_spellings(letter))[:LIKENESSES],
        merges=merges[:PAGE],
        before=before,
        earlier=merges[PAGE - 1][0].id if len(merges) > PAGE else 0,
        left=count_left(letter),
        nobody_is_named=not page and nobody_is_named(letter),
        form=MergeForm(),
    )


@bp.route("/letters/<int:letter_id>/organisations/merge", methods=["GET", "POST"])
@needs(Role.EDITOR)
def merge(letter_id: int) -> ResponseReturnValue:
    """GET shows what would change and asks for the printed name; POST merges."""
    letter, keys = my_letter(letter_id), _keys(request.values.getlist("key")[:PAGE])
    found = chosen(letter, keys)
    form = MergeForm(into=found[0].name if found else "")
    if form.validate_on_submit():
        into = form.into.data or ""
        try:
            made = actions.merge(letter, [each.key for each in found], into, current_user.organiser)
            return _to(letter, _now_printed(letter, made[0].from_key))
        except actions.NothingToMerge:
            merges, offered = merges_by_key(letter), {each.key for each in found}
            for key in merges.keys() & {*keys} - offered:  # merged just now: the button was pressed twice
                if merges[key].into == into:
                    return _to(letter, _now_printed(letter, key))
            form.into.errors = [
                _("These lines are already printed like this: type another name, or tick another spelling too.")
            ]
        except actions.MergesInCircle:
            form.into.errors = [_("This name is itself printed as one of these. Undo that merge first.")]
    if not found:
        flash(_("Tick the spellings that are one organisation, then press “Merge”."))
        return redirect(_page(letter), 303)
    page = render_template("organisations/merge.html", letter=letter, chosen=found, form=form)
    return page, 422 if form.errors else 200


@bp.post("/letters/<int:letter_id>/organisations/undo")
@needs(Role.EDITOR)
def undo(letter_id: int) -> ResponseReturnValue:
    """Undo a merge, if the spelling is still printed as the page showed."""
    letter, into = my_letter(letter_id), as_stored(request.form.get("into")) or None
    try:
        keys = _keys(request.form.getlist("key")[:1])
        if any(actions.undo(letter, key, current_user.organiser, into) for key in keys):
            return _to(letter, _("Undone: these lines are printed as people typed them."))
        flash(_("This merge has already been undone."))
    except actions.MergedOtherwise:
        flash(
            _(
                "Nothing was undone: this spelling has been merged with another in the meantime. Below is how it "
                "is printed now."
            )
        )
    return redirect(_page(letter), 303)


@bp.get("/letters/<int:letter_id>/organisations/under-way")
@needs(Role.VIEWER)
def under_way(letter_id: int) -> ResponseReturnValue:
    """Show how many lines are left to print; `?of=`: how many were left at first."""
    letter = my_letter(letter_id)
    left = count_left(letter)
    if not left:
        return redirect(_page(letter), 303)
    return render_template("organisations/under_way.html", letter=letter, left=left, of=max(left, _of()))


@bp.post("/letters/<int:letter_id>/organisations/advance")
@needs(Role.EDITOR)
def advance(letter_id: int) -> ResponseReturnValue:
    """Print lines for AT_ONE_PRESS seconds."""
    letter = my_letter(letter_id)
    actions.advance(letter, actions.AT_ONE_PRESS)
    return _to(letter, _("Every line is printed as you chose."))


def _to(letter: Letter, done: str) -> ResponseReturnValue:
    """Redirect to the list of organisations, with the message `done`, or to the progress page."""
    left = count_left(letter)
    if left:
        return redirect(url_for(".under_way", letter_id=letter.id, of=max(left, _of())), 303)
    flash(done)
    return redirect(_page(letter), 303)


def _of() -> int:
    return request.args.get("of", 0, row_number)


def _now_printed(letter: Letter, key: str) -> str:
    """Say how many lines are now printed like this spelling, even by another merge."""
    found = merged(letter.id, key)
    name = found.name if found else ""
    count = count_printed(letter, name)
    return str(
        ngettext(
            "%(n)s line is now printed with “%(name)s”.",
            "%(n)s lines are now printed with “%(name)s”.",
            count,
            n=count,
            name=name,
        )
    )


def _keys(sent: Iterable[str]) -> list[str]:
    """Return the keys that were sent, also in NFD: `plain` takes Korean apart, and more, and some browsers undo it."""
    keys = [key.replace("\0", "")[:LONGEST_KEY] for key in sent]
    return list(dict.fromkeys([*keys, *(normalize("NFD", key) for key in keys)]))


def _page(letter: Letter) -> str:
    return url_for("manage_organisations.spellings", letter_id=letter.id)
