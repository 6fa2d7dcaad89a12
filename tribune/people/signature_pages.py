"""The organiser's pages of one signature; manage.py adds those of first signatories."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from tribune.clocks import clock
from tribune.fingerprint import ChangedMeanwhile
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.moderation.queries import sections_of
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.queries import is_suppressed
from tribune.people import actions, first, removing
from tribune.people.forms import CorrectForm, SectionForm
from tribune.people.queries import (
    events_of,
    from_the_same_network,
    last_correction,
    signature_of,
    silent_until,
    waits,
    whole_line,
)
from tribune.people.removing import StaysOnRecord, can_erase_for_them, can_remove
from tribune.signatures.models import Signature
from tribune.signatures.wordings import sentences
from tribune.teams.guard import manage_blueprint, may, needs
from tribune.teams.models import Role

bp = manage_blueprint("manage_people", __name__)

# Why the words of a signature were not changed: HTTP status and message.
REFUSED = {
    ChangedMeanwhile: (
        409,
        _l(
            "This line has been changed in the meantime. What you typed is kept: compare it with the line as it is now."
        ),
    ),
    actions.NothingChanged: (422, _l("Nothing has changed: the line already reads like this.")),
    actions.HasLeft: (422, _l("Its owner has withdrawn this signature: nobody reads this line any more.")),
    actions.NotTheirsYet: (
        422,
        _l(
            "Its owner has yet to confirm this signature, in the words of the email they were sent. Correct it "
            "afterwards."
        ),
    ),
    actions.MailboxFull: (
        422,
        _l(
            "Nothing was changed: nobody’s line is changed without telling them, and this person has already "
            "been told often. Try again tomorrow."
        ),
    ),
}


def named(letter: Letter, public_id: str) -> Signature:
    """Return the signature with this public id under this letter, or abort with 404."""
    return signature_of(letter, public_id) or abort(404)


def back_to(found: Signature) -> ResponseReturnValue:
    """Redirect to the page of this signature."""
    return redirect(url_for(".signature", letter_id=found.letter_id, public_id=found.public_id), 303)


@bp.get("/letters/<int:letter_id>/signatures/<public_id>")
@needs(Role.VIEWER)
def signature(letter_id: int, public_id: str) -> ResponseReturnValue:
    """Show everything known about one signature, and what can be done for it."""
    letter = my_letter(letter_id)
    found = named(letter, public_id)
    return _signature_page(letter, found, SectionForm(obj=found))


def _signature_page(letter: Letter, found: Signature, form: SectionForm) -> ResponseReturnValue:
    correction = last_correction(found)
    page = render_template(
        "people/signature.html",
        letter=letter,
        signature=found,
        line=whole_line(found),
        sentences=sentences(found.wording),
        flags=[flag for flag in found.flags if flag.cleared_at is None],
        events=events_of(found),
        clock=clock(letter.zone),
        waits=waits(found),
        correctable=actions.is_correctable(found),
        removable=can_remove(found),
        erasable=can_erase_for_them(found),
        correction=correction if correction and actions.can_undo(found, correction) else None,
        form=form,
        sections=sections_of(letter),
        neighbours=from_the_same_network(found) if may(Role.EDITOR) else 0,
    )
    return page, 422 if form.errors else 200


@bp.route("/letters/<int:letter_id>/signatures/<public_id>/correct", methods=["GET", "POST"])
@needs(Role.EDITOR)
def correct(letter_id: int, public_id: str) -> ResponseReturnValue:
    """Correct a line in steps: type it, read the new line and the mail, then save and send."""
    letter = my_letter(letter_id)
    found = named(letter, public_id)
    form, made, status, problem = CorrectForm(found), None, 200, ""
    if form.validate_on_submit() and request.form.get("step") != "change":
        asked: dict[str, Any] = {
            "words": form.words,
            "reason": form.reason.data or "",
            "seen_as": request.form.get("seen", ""),
        }
        try:
            if request.form.get("step") == "save":
                return _corrected(found, actions.correct(found, by=current_user.organiser, **asked))
            made = actions.preview(found, **asked)
        except tuple(REFUSED) as error:
            status, problem = REFUSED[type(error)]
    page = render_template(
        "people/correct.html",
        letter=letter,
        signature=found,
        line=whole_line(found),
        form=form,
        made=made,
        problem=problem,
        seen=actions.shown_as(found),
    )
    return page, 422 if form.errors else status


@bp.route("/letters/<int:letter_id>/signatures/<public_id>/correct/undo", methods=["GET", "POST"])
@needs(Role.EDITOR)
def undo_correction(letter_id: int, public_id: str) -> ResponseReturnValue:
    """Undo the last correction: read the line and the mail, then save and send."""
    letter = my_letter(letter_id)
    found = named(letter, public_id)
    event = last_correction(found)
    if event is None or not actions.can_undo(found, event):
        flash(_("There is no correction to undo, or the line has changed since."))
        return back_to(found)
    if request.method == "POST":
        shown = request.form.get("event", 0, int)
        try:
            return _corrected(found, actions.undo_correction(found, by=current_user.organiser, event_id=shown))
        except tuple(REFUSED) as error:
            flash(REFUSED[type(error)][1])
            return back_to(found)
    made = actions.preview(found, actions.words_before(event), "", actions.shown_as(found))
    return render_template("people/undo.html", letter=letter, signature=found, made=made, event=event)


def _corrected(found: Signature, made: actions.Correction) -> ResponseReturnValue:
    flash(_("Saved, and the email that says so is on its way.") if made.mail else _("Saved. Nobody was told by email."))
    return back_to(found)


@bp.post("/letters/<int:letter_id>/signatures/<public_id>/resend")
@needs(Role.EDITOR)
def resend(letter_id: int, public_id: str) -> ResponseReturnValue:
    """Mail the confirmation link again."""
    letter = my_letter(letter_id)
    found = named(letter, public_id)
    try:
        actions.resend(found, by=current_user.organiser)
        flash(_("A new email with the link is on its way."))
    except actions.NothingToConfirm:
        flash(_("Nothing was sent: this signature is not waiting to be confirmed."))
    except actions.MailboxFull:
        flash(_why_not(letter, found.email or ""))
    return back_to(found)


def _why_not(letter: Letter, address: str) -> str:
    """Say why nothing was sent to this address.

    Not from when on it may be: mails about other letters count too, and would be known by their moment.
    """
    key = mailbox_key(address)
    if is_suppressed(key):
        return str(_("Nothing was sent: the owner of this address asked this site not to write again."))
    if until := silent_until(key):
        when = clock(letter.zone)(until)
        return str(_("Nothing was sent: emails to this address are returned. Try after %(when)s.", when=when))
    return str(_("Nothing was sent: this address has received all the emails it may for now. Try again another day."))


@bp.post("/letters/<int:letter_id>/signatures/<public_id>/first")
@needs(Role.EDITOR)
def set_first(letter_id: int, public_id: str) -> ResponseReturnValue:
    """Make somebody a first signatory, or no longer one."""
    letter = my_letter(letter_id)
    found = named(letter, public_id)
    is_first = request.form.get("first") == "yes"
    try:
        first.set_first(letter, found, is_first, by=current_user.organiser)
        flash(_("Now a first signatory, after the others.") if is_first else _("No longer a first signatory."))
    except first.InitialsOnly:
        flash(
            _(
                "They agreed to only their initials being shown, and a first signatory is named in full. "
                "Invite them to be one: they answer for themselves."
            )
        )
    except first.NotCounted:
        flash(_("Only a signature that counts can be put among the first ones."))
    return back_to(found)


@bp.post("/letters/<int:letter_id>/signatures/<public_id>/section")
@needs(Role.EDITOR)
def set_section(letter_id: int, public_id: str) -> ResponseReturnValue:
    """Set the section under which somebody is listed."""
    letter = my_letter(letter_id)
    found, form = named(letter, public_id), SectionForm()
    if not form.validate_on_submit():
        return _signature_page(letter, found, form)
    if first.set_section(letter, found, form.section.data or "", by=current_user.organiser):
        flash(_("The section is saved."))
    return back_to(found)


@bp.route("/letters/<int:letter_id>/signatures/<public_id>/remove", methods=["GET", "POST"])
@needs(Role.EDITOR)
def remove(letter_id: int, public_id: str) -> ResponseReturnValue:
    """Remove an attested name before publication: GET shows what that means, POST does it."""
    letter = my_letter(letter_id)
    found = named(letter, public_id)
    line, removable = whole_line(found), can_remove(found)
    if request.method == "POST":
        try:
            flash(_("Removed: %(line)s", line=removing.remove(found, by=current_user.organiser)))
            return redirect(url_for(".first", letter_id=letter_id), 303)
        except StaysOnRecord:
            removable = False
    page = render_template("people/remove.html", letter=letter, signature=found, line=line, removable=removable)
    return page, 422 if request.method == "POST" else 200
