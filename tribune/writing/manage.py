"""The organiser's pages of writing: a new letter, the edit page, drafts and conflicts."""

from collections.abc import Mapping
from datetime import datetime

from babel.dates import format_skeleton
from flask import flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from tribune.clocks import clock, named_clock
from tribune.database import db, now
from tribune.i18n import current_language
from tribune.letters.actions import ReasonMissing, SlugTaken, create
from tribune.letters.guard import my_letter
from tribune.letters.models import Draft, Letter
from tribune.letters.queries import is_frozen, is_signed
from tribune.retention.periods import NAMES_MONTHS
from tribune.teams.guard import needs
from tribune.teams.models import Role, Team
from tribune.typography import date_locale
from tribune.writing import actions, comparing, picture_pages, preview_pages
from tribune.writing.blueprint import bp
from tribune.writing.forms import PROMISED, LetterForm, NewLetterForm
from tribune.writing.queries import draft_of

__all__ = ["bp", "picture_pages", "preview_pages"]  # the modules are imported because they add pages to bp

PENS = 10  # letters for which the session remembers the tab that saved last: a cookie has little room


@bp.route("/letters/new", methods=["GET", "POST"])
@needs(None)
def new() -> ResponseReturnValue:
    """Create a letter; a title is enough."""
    me = current_user.organiser
    form = NewLetterForm(organiser=me)
    if form.validate_on_submit():
        team = db.session.get_one(Team, form.team.data)
        title = form.title.data or ""
        letter = create(team, by=me, title=title, text="", locale=current_language(), contact=me.email)
        return redirect(url_for("manage_writing.edit", letter_id=letter.id), 303)
    return render_template("writing/new.html", form=form), 422 if form.errors else 200


@bp.route("/letters/<int:letter_id>/edit", methods=["GET", "POST"])
@needs(Role.EDITOR)
def edit(letter_id: int) -> ResponseReturnValue:
    """Edit everything a letter has; an unsaved draft comes back."""
    letter = my_letter(letter_id)
    return _save(letter) if request.method == "POST" else _show_begun(letter)


def _save(letter: Letter) -> ResponseReturnValue:
    form, published_at = LetterForm(_chosen(letter, request.form), letter=letter), letter.published_at
    zone = letter.timezone
    if not form.validate():
        return _show(letter, form), 422
    _follow(letter, form)
    before = letter.state
    try:
        back = actions.save(
            letter,
            by=current_user.organiser,
            revision=form.begun_from,
            published_at=published_at,
            changes=comparing.changes(form),
            tab=comparing.everything(form),
            reason=form.reason.data or "",
            substance=form.substance,
        )
    except actions.DraftedElsewhere:
        return _show_other_tab(letter, form)
    except actions.SavedMeanwhile:
        return _show_conflict(letter, form)
    except actions.PublishedMeanwhile:  # check the form again, by the letter as it is now
        return _save(letter)
    except actions.Promised as promised:
        for name in promised.fields:
            form[name].errors.append(PROMISED[name])
    except SlugTaken:
        form.slug.errors.append(_("Another letter has this address. Choose another."))
    except (actions.KindMissing, ReasonMissing):
        _ask_about(letter, form)
    else:
        if before == "closed" and letter.is_open:
            flash(_("Open again: the letter is collecting signatures."))
        if before == "scheduled" and letter.state == "draft":
            flash(
                _(
                    "The letter is no longer scheduled. Decide here about those who signed an earlier text, then "
                    "set its moment of publication again."
                )
            )
        if letter.timezone != zone and letter.state == "scheduled":
            moment = _waits(letter)
            flash(_("It will be published at the same moment as before: %(moment)s.", moment=moment))
        return _saved(letter, form, back)
    return _show(letter, form), 422


def _ask_about(letter: Letter, form: LetterForm) -> None:
    """Ask for the kind and the reason of the change, as people have signed, perhaps since the page was opened."""
    if form.substance is None:
        form.kind.errors = [_("There are names under these words: say what kind of change it is.")]
    if is_frozen(letter) and not (form.reason.data or "").strip():
        form.reason.errors.append(_("People have signed these words: say why they change. Readers see the reason."))


def _show_begun(letter: Letter) -> ResponseReturnValue:
    kept, draft = draft_of(letter, current_user.organiser), comparing.unsaved(letter, current_user.organiser)
    form = comparing.drafted(draft, letter) if draft else LetterForm(letter=letter)
    carried = comparing.of_a_new_tab(kept)
    if draft is None:
        carried |= comparing.begun_from(letter)
        carried |= {name: kept.content[name] for name in ("reason", "kind") if kept and kept.content.get(name)}
    for name, value in carried.items():
        form[name].data = value
    return _show(letter, form, draft)


def _follow(letter: Letter, form: LetterForm) -> None:
    """Treat a draft with the same content as the one this form was opened from: there is no conflict."""
    draft = draft_of(letter, current_user.organiser)
    if draft is not None and not comparing.differences(form, comparing.drafted(draft, letter)):
        form.draft.data = draft.saved_at.isoformat()


def _show(letter: Letter, form: LetterForm, draft: Draft | None = None) -> str:
    return render_template(
        "writing/edit.html",
        letter=letter,
        form=form,
        draft=draft,
        waits=_waits(letter) if letter.state == "scheduled" else "",
        saved_by=dict(session.get("pens", [])).get(letter.id, ""),
        drafted_at=_hour(letter, draft.saved_at) if draft else "",
        frozen=is_frozen(letter),
        signed=is_signed(letter),
        names_months=NAMES_MONTHS,
    )


def _saved(letter: Letter, form: LetterForm, back: int = 0) -> ResponseReturnValue:
    others = [[number, pen] for number, pen in session.get("pens", []) if number != letter.id]
    # Tells the browser, on whatever page comes next, that its own copy of this letter is not needed any more.
    session["pens"] = [*others, [letter.id, (form.pen.data or "")[: comparing.PEN]]][-PENS:]
    flash(_("Saved."))
    if back:
        flash(_("These are the words of version %(n)s again: those who signed them have nothing to agree to.", n=back))
    if (form.substance or back) and letter.version.asks_again:
        return redirect(url_for("manage_asking.ask", letter_id=letter.id), 303)
    return redirect(url_for("manage_writing.edit", letter_id=letter.id), 303)


def _show_conflict(letter: Letter, form: LetterForm) -> ResponseReturnValue:
    """Show both what is typed and what somebody else has saved meanwhile; what is typed is kept as a draft."""
    found, typed = comparing.differences(form), comparing.everything(form)
    try:
        if not found:
            actions.throw_away(letter, by=current_user.organiser, tab=typed)
            return _saved(letter, form)
        actions.keep_draft(letter, by=current_user.organiser, content=typed, revision=form.begun_from)
    except actions.DraftedElsewhere:  # another tab was faster
        return _show_other_tab(letter, form)
    carried = typed | comparing.begun_from(letter)
    return _choice(letter, found, carried)


def _show_other_tab(letter: Letter, form: LetterForm) -> ResponseReturnValue:
    """Show both what is typed here and what the same organiser typed in another tab; nothing is overwritten."""
    draft = draft_of(letter, current_user.organiser)
    if draft is None:  # saved or thrown away meanwhile
        return _show(letter, form), 409
    found = comparing.differences(form, comparing.drafted(draft, letter))
    carried = comparing.everything(form) | {"draft": draft.saved_at.isoformat(), "over": "draft"}
    return _choice(letter, found, carried, tabs=True)


def _choice(
    letter: Letter, found: list[comparing.Difference], carried: dict[str, str], tabs: bool = False
) -> ResponseReturnValue:
    keeps = request.endpoint == "manage_writing.autosave"
    said = {"letter": letter, "differences": found, "carried": carried, "tabs": tabs, "keeps": keeps}
    return render_template("writing/conflict.html", **said), 409


def _chosen(letter: Letter, sent: Mapping[str, str]) -> dict[str, str]:
    """Return the fields as typed, with the values from elsewhere that were chosen on the page of a conflict."""
    draft = draft_of(letter, current_user.organiser) if sent.get("over") == "draft" else None
    other = comparing.as_typed(comparing.drafted(draft, letter) if draft else LetterForm(letter=letter))
    take = sent.get("take")  # one button for all fields
    theirs = {name: value for name, value in other.items() if (take or sent.get(f"choice-{name}")) == "theirs"}
    return dict(sent) | theirs


def _waits(letter: Letter) -> str:
    """Return when it will be published, with its timezone, in words; "" for a draft."""
    return named_clock(letter.zone)(letter.published_at) if letter.published_at else ""


def _hour(letter: Letter, saved_at: datetime) -> str:
    """Return when a draft was kept, in the letter's timezone; only the time if today."""
    here = saved_at.astimezone(letter.zone)
    if here.date() == now().astimezone(letter.zone).date():
        return str(format_skeleton("Hm", here, tzinfo=letter.zone, locale=date_locale(current_language())))
    return clock(letter.zone)(here)


@bp.get("/letters/<int:letter_id>/edit/draft")
@needs(Role.EDITOR)
def renew(letter_id: int) -> ResponseReturnValue:
    """Return a new CSRF token, for a page whose log-in was renewed in another tab."""
    my_letter(letter_id)
    return jsonify(csrf_token=generate_csrf())


@bp.post("/letters/<int:letter_id>/edit/draft")
@needs(Role.EDITOR)
def autosave(letter_id: int) -> ResponseReturnValue:
    """Keep what is typed as a draft; answers the script in JSON, and a button without it by a page."""
    letter = my_letter(letter_id)
    form = LetterForm(_chosen(letter, request.form), letter=letter)
    _follow(letter, form)
    content, by_itself = comparing.everything(form), request.accept_mimetypes.best == "application/json"
    try:
        saved_at = actions.keep_draft(letter, by=current_user.organiser, content=content, revision=form.begun_from)
    except actions.DraftedElsewhere:
        if by_itself:
            return jsonify(said=_("You typed something else in another tab. Press a button here to choose.")), 422
        return _show_other_tab(letter, form)
    said = _("Kept for you at %(time)s; not saved.", time=_hour(letter, saved_at))
    if by_itself:
        return jsonify(said=said, saved_at=saved_at.isoformat())
    flash(said)
    return redirect(url_for("manage_writing.edit", letter_id=letter.id), 303)


@bp.post("/letters/<int:letter_id>/edit/throw-away")
@needs(Role.EDITOR)
def throw_away(letter_id: int) -> ResponseReturnValue:
    """Delete the draft that was shown; the page then shows what is saved."""
    letter = my_letter(letter_id)
    tab = comparing.everything(LetterForm(request.form, letter=letter))
    try:
        actions.throw_away(letter, by=current_user.organiser, tab=tab)
        flash(_("Your unsaved changes are gone. This is the letter as it is saved."))
    except actions.DraftedElsewhere:
        flash(_("Nothing was discarded: you have since typed something else, in another tab. Below is what is kept."))
    return redirect(url_for("manage_writing.edit", letter_id=letter.id), 303)
