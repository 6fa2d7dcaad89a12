"""The organiser's pages of first signatories and their order; signature_pages.py has those of one signature."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from tribune.errors import show
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.moderation.queries import sections_of
from tribune.people import adding
from tribune.people import first as acts
from tribune.people.forms import AddForm, PlaceForm, SectionForm
from tribune.people.order import MOVES, entries, index_of, joined, order_shown_as, parted
from tribune.people.placing import OrderChanged, can_undo, undo
from tribune.people.queries import last_change, numbers_of, places, printed_line, rows, signature_of, unseen_first
from tribune.people.signature_pages import back_to, bp, named
from tribune.reading.people import Person
from tribune.signatures.models import Signature
from tribune.signatures.queries import PAGE, nobody_is_named
from tribune.teams.guard import needs
from tribune.teams.models import Role

CHANGED = _l(
    "The order has changed in the meantime: somebody else changed it, or a button was pressed twice. Nothing "
    "more was moved: this is the order now."
)


@bp.errorhandler(OrderChanged)
def order_changed(_error: OrderChanged) -> ResponseReturnValue:
    """The order as it stands now, in place of the one that the page showed."""
    try:
        letter = my_letter((request.view_args or {})["letter_id"])
    except HTTPException as closed:  # meanwhile to them; Flask handles none that its handlers raise
        return show(closed)
    return _order_page(letter, 409, CHANGED)


@bp.get("/letters/<int:letter_id>/first")
@needs(Role.VIEWER)
def first(letter_id: int) -> ResponseReturnValue:
    """Show the first signatories, in order."""
    letter = my_letter(letter_id)
    return _order_page(letter)


def _order_page(letter: Letter, status: int = 200, problem: str = "") -> ResponseReturnValue:
    stand = places(letter)
    order, event = entries(stand), last_change(letter)
    page_count = -(-len(order) // PAGE)
    page = max(min(request.values.get("page", 1, int), page_count), 1)
    return render_template(
        "people/first.html",
        letter=letter,
        rows=rows(letter, order, (page - 1) * PAGE),
        total=len(order),
        unseen=unseen_first(letter),
        page=page,
        page_count=page_count,
        page_size=PAGE,
        seen=order_shown_as(stand),
        undoable=event if event and can_undo(letter, event, stand) else None,
        moves=MOVES,
        moved=request.args.get("moved", ""),
        how=request.args.get("how", ""),
        problem=problem,
        nobody_is_named=not order and nobody_is_named(letter),
    ), status


def _after(letter: Letter, found: Signature | None, how: str) -> ResponseReturnValue:
    """Redirect to the page of the order that shows somebody now, with the focus on the button that was pressed."""
    at = index_of(entries(places(letter)), found.id) if found else None
    page = at // PAGE + 1 if at else 1
    moved = found.public_id if found else None
    return redirect(url_for(".first", letter_id=letter.id, page=page if page > 1 else None, moved=moved, how=how), 303)


def _say_where(letter: Letter, found: Signature, changed: bool) -> None:
    """Tell the organiser the place that somebody has now."""
    order = entries(places(letter))
    number = (index_of(order, found.id) or 0) + 1
    values = {"line": printed_line(found).text, "number": number, "total": len(order)}
    if changed:
        flash(_("“%(line)s” is now number %(number)s of %(total)s.", **values))
    else:
        flash(
            _(
                "“%(line)s” stays number %(number)s of %(total)s: it is already there, or its section is.",
                **values,
            )
        )


@bp.post("/letters/<int:letter_id>/first/move")
@needs(Role.EDITOR)
def move(letter_id: int) -> ResponseReturnValue:
    """Move a line up or down, to the top or to the bottom."""
    letter = my_letter(letter_id)
    how = next((each for each in MOVES if each in request.form), "")
    found = signature_of(letter, request.form.get(how, ""))
    if found is None:
        return _order_page(letter, 422, _("Press a button beside the line that should move."))
    changed = acts.move(letter, found, how, by=current_user.organiser, seen_as=request.form.get("seen", ""))
    _say_where(letter, found, changed)
    return _after(letter, found, how)


@bp.post("/letters/<int:letter_id>/first/order")
@needs(Role.EDITOR)
def reorder(letter_id: int) -> ResponseReturnValue:
    """Put the lines of a page in the order to which they were dragged."""
    letter = my_letter(letter_id)
    names = request.form.get("order", "").split()[:PAGE]
    found, known = signature_of(letter, request.form.get("moved", "")), numbers_of(letter, names)
    if found is None or len(known) != len(names):
        return _order_page(letter, 422, _("Drag a line to its place."))
    numbers, seen_as = [known[name] for name in names], request.form.get("seen", "")
    changed = acts.reorder(letter, numbers, found, by=current_user.organiser, seen_as=seen_as)
    _say_where(letter, found, changed)
    return _after(letter, found, "change")


@bp.post("/letters/<int:letter_id>/first/sort")
@needs(Role.EDITOR)
def sort(letter_id: int) -> ResponseReturnValue:
    """Sort the lines of each section by surname."""
    letter = my_letter(letter_id)
    acts.sort_by_surname(letter, by=current_user.organiser, seen_as=request.form.get("seen", ""))
    flash(_("The lines are now in order of family name. You can undo this."))
    return _after(letter, None, "sort")


@bp.post("/letters/<int:letter_id>/first/undo")
@needs(Role.EDITOR)
def undo_order(letter_id: int) -> ResponseReturnValue:
    """Undo the last change of the order."""
    letter = my_letter(letter_id)
    undo(letter, by=current_user.organiser, seen_as=request.form.get("seen", ""))
    flash(_("The last change is undone."))
    return _after(letter, None, "undo")


@bp.get("/letters/<int:letter_id>/first/lines/<public_id>")
@needs(Role.VIEWER)
def line(letter_id: int, public_id: str) -> ResponseReturnValue:
    """Show one line of the first signatories: its place, its section, who shares it."""
    letter = my_letter(letter_id)
    return _line_page(letter, named(letter, public_id))


def _line_page(
    letter: Letter, found: Signature, place: PlaceForm | None = None, section: SectionForm | None = None
) -> ResponseReturnValue:
    stand = places(letter)
    order = entries(stand)
    index = index_of(order, found.id)
    if index is None:
        flash(_("This is not a first signatory."))
        return back_to(found)
    joins = index > 0 and acts.alike(letter, order[index - 1], order[index])
    page = render_template(
        "people/line.html",
        letter=letter,
        found=found,
        row=next(iter(rows(letter, order[index : index + 1])), None) or abort(404),
        number=index + 1,
        total=len(order),
        seen=order_shown_as(stand),
        place=place or PlaceForm(),
        section=section or SectionForm(obj=found),
        sections=sections_of(letter),
        joined=rows(letter, joined(order, index)[index - 1 : index])[0] if joins else None,
        parted=rows(letter, parted(order, index)[index : index + len(order[index].people)]),
        page=index // PAGE + 1,
    )
    return page, 422 if (place and place.errors) or (section and section.errors) else 200


@bp.post("/letters/<int:letter_id>/first/lines/<public_id>")
@needs(Role.EDITOR)
def change_line(letter_id: int, public_id: str) -> ResponseReturnValue:
    """Move a line to a place, give it a section, join it with the line above, or part it."""
    letter = my_letter(letter_id)
    found = named(letter, public_id)
    how = request.form.get("act", "")
    asked: dict[str, Any] = {"by": current_user.organiser, "seen_as": request.form.get("seen", "")}
    place, section = PlaceForm(), SectionForm()
    try:
        if how == "place" and place.validate():
            _say_where(letter, found, acts.place(letter, found, place.number.data or 1, **asked))
        elif how == "section" and section.validate():
            acts.set_section(letter, found, section.section.data or "", **asked)
            flash(_("The section is saved."))
        elif how == "join":
            acts.join(letter, found, **asked)
            flash(_("They now share a line: %(line)s", line=printed_line(found).text))
        elif how == "part":
            acts.part(letter, found, **asked)
            flash(_("Each is now on a line of their own."))
        else:
            return _line_page(letter, found, place if how == "place" else None, section if how == "section" else None)
    except acts.CannotJoin:
        return _order_page(
            letter, 422, _("These two lines cannot be joined: they do not print the same after the names.")
        )
    return _after(letter, found, "change")


@bp.route("/letters/<int:letter_id>/first/add", methods=["GET", "POST"])
@needs(Role.EDITOR)
def add(letter_id: int) -> ResponseReturnValue:
    """Add somebody who has told the organisers that they agree."""
    letter = my_letter(letter_id)
    form = AddForm()
    if form.validate_on_submit():
        try:
            person = Person(**form.person, affiliation="", line=1)
            if adding.add_one(letter, person, by=current_user.organiser):
                flash(_("Added after the others. The same name already counts: look at it under “To review”."))
            else:
                flash(_("Added after the others."))
            return _after(letter, None, "add")
        except adding.ListedAlready:
            form.family_name.errors = [_("Exactly this line is already among the first signatories.")]
    return render_template("people/add.html", letter=letter, form=form), 422 if form.errors else 200
