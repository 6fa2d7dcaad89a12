"""The organiser's pages about one invited person: what is known, what can be done. `line_pages.py` has the form."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from tribune.clocks import clock
from tribune.fields import row_number
from tribune.fingerprint import ChangedMeanwhile
from tribune.invitations import actions, sending
from tribune.invitations.blueprint import bp
from tribune.invitations.desk_forms import AttestForm, NoteForm
from tribune.invitations.known import has_namesake, listed_namesakes
from tribune.invitations.lines import answer_shown_as, printed
from tribune.invitations.mail_pages import NO_MORE_TODAY, NOT_SENT
from tribune.invitations.mails import MOST_QUESTIONS
from tribune.invitations.models import Invitation
from tribune.invitations.queries import (
    InvitationGone,
    attested_by,
    contact_is_mailed,
    invitation_of,
    question_shown_as,
    state,
)
from tribune.invitations.standing import StandsAlready, has_own_page
from tribune.invitations.words import doubt, gathering_of
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.signatures.actions import LetterClosed
from tribune.teams.guard import needs
from tribune.teams.models import Role

PERSON = "/letters/<int:letter_id>/invitations/people/<int:invited_id>"
REFUSALS = {
    InvitationGone: _l("Somebody else has removed this invitation in the meantime."),
    actions.AlreadyAnswered: _l(
        "They have answered in the meantime, or somebody has vouched for them: nothing was changed."
    ),
    actions.LineIsPublic: _l(
        "Their line is published. Hide it on the signature’s page; to withdraw, they use their own page."
    ),
    StandsAlready: _l(
        "Nothing was changed: there is already a signature with this address, perhaps a withdrawn one. If it is "
        "another person’s, change this address or clear it, then vouch for this person."
    ),
    actions.AskedAgain: _l("They have asked something else in the meantime: nothing was marked as answered."),
    actions.NotAttested: _l("Nobody vouches for them: nothing was changed."),
    actions.NoAddress: _l("Add an address first: the link is for the person whose address it is."),
    LetterClosed: _l("This letter is closed: nobody else can be invited."),
}


def refuse(error: Exception) -> Response:
    """Redirect to the person, or to the board, with the reason."""
    flash(REFUSALS[type(error)])
    values = dict(request.view_args or {})
    if isinstance(error, InvitationGone):
        values.pop("invited_id", None)
    return redirect(url_for(".person" if "invited_id" in values else ".board", **values), 303)


for refused in REFUSALS:
    bp.register_error_handler(refused, refuse)


def invited(letter: Letter, number: int) -> Invitation:
    """Return the invitation of this id; 404 if it belongs to another letter."""
    return invitation_of(letter, number) or abort(404)


def back_to(found: Invitation) -> Response:
    """Redirect to the page of this person."""
    return redirect(url_for(".person", letter_id=found.letter_id, invited_id=found.id), 303)


@bp.get(PERSON)
@needs(Role.VIEWER)
def person(letter_id: int, invited_id: int) -> ResponseReturnValue:
    """Everything about one person."""
    letter = my_letter(letter_id)
    return _person_page(letter, invited(letter, invited_id))


def _person_page(
    letter: Letter,
    found: Invitation,
    *,
    link: str = "",
    note: NoteForm | None = None,
    theirs: str | None = None,
    attesting: AttestForm | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "invitations/person.html",
        letter=letter,
        invitation=found,
        became=state(found),
        line=printed(letter, found),
        clock=clock(letter.zone),
        link=link,
        linkable=bool(found.email) and not has_own_page(found),
        note=note or NoteForm(obj=found, data={"was": found.note}),
        theirs=theirs,
        attesting=attesting or AttestForm(),
        attested=attested_by(found),
        doubt=doubt(letter, gathering_of(letter)),
        namesake=not found.is_answered and has_namesake(letter, found),
        listed=[] if found.is_answered else [(other, state(other)) for other in listed_namesakes(found)],
        remindable=sending.may_be_reminded(found),
        most=sending.REMINDERS,
        mailed=contact_is_mailed(letter),
        question=question_shown_as(found),
        most_questions=MOST_QUESTIONS,
    )
    wrong = any(form is not None and form.errors for form in (note, attesting))
    return page, 409 if theirs is not None else 422 if wrong else 200


@bp.post(f"{PERSON}/note")
@needs(Role.EDITOR)
def write_note(letter_id: int, invited_id: int) -> ResponseReturnValue:
    """Save the team's note."""
    letter = my_letter(letter_id)
    found, form = invited(letter, invited_id), NoteForm()
    if not form.validate():
        return _person_page(letter, found, note=form)
    try:
        actions.write_note(found, form.note.data or "", by=current_user.organiser, was=form.was.data or "")
    except ChangedMeanwhile:
        form.was.data = found.note
        return _person_page(letter, found, note=form, theirs=found.note)
    flash(_("The note is saved."))
    return back_to(found)


@bp.post(f"{PERSON}/answered")
@needs(Role.EDITOR)
def mark_answered(letter_id: int, invited_id: int) -> ResponseReturnValue:
    """Take their question from those that wait for an answer."""
    found = invited(my_letter(letter_id), invited_id)
    actions.mark_answered(found, by=current_user.organiser, seen_as=request.form.get("question", ""))
    flash(_("Marked as answered."))
    return back_to(found)


@bp.post(f"{PERSON}/attest")
@needs(Role.EDITOR)
def attest(letter_id: int, invited_id: int) -> ResponseReturnValue:
    """Answer for somebody who agreed in another way than by their link."""
    letter = my_letter(letter_id)
    found, form = invited(letter, invited_id), AttestForm()
    if not form.validate():
        return _person_page(letter, found, attesting=form)
    actions.attest(found, form.how.data or "", by=current_user.organiser)
    flash(_("You vouch for them: they are now among the first signatories."))
    return back_to(found)


@bp.post(f"{PERSON}/undo-attesting")
@needs(Role.EDITOR)
def undo_attesting(letter_id: int, invited_id: int) -> ResponseReturnValue:
    """Stop answering for somebody."""
    found = invited(my_letter(letter_id), invited_id)
    actions.undo_attesting(found, by=current_user.organiser)
    flash(_("Undone: they are on the list as before."))
    return back_to(found)


@bp.post(f"{PERSON}/send")
@needs(Role.EDITOR)
def send_to_one(letter_id: int, invited_id: int) -> ResponseReturnValue:
    """Post one person their invitation, for the first time or again, or a reminder."""
    letter = my_letter(letter_id)
    found, me = invited(letter, invited_id), current_user.organiser
    if request.form.get("what") == "reminder":
        done = sending.remind(letter, [found.id], by=me)
    else:
        done = sending.send_again(found, by=me, last=request.form.get("last", None, row_number))
    if done.posted:
        flash(_("The email is on its way."))
    elif done.refused:
        flash(NO_MORE_TODAY)
    else:
        flash(NOT_SENT)
    return back_to(found)


@bp.post(f"{PERSON}/link")
@needs(Role.EDITOR)
def show_link(letter_id: int, invited_id: int) -> ResponseReturnValue:
    """Show the personal link once, to hand it over; the log keeps who saw it."""
    letter = my_letter(letter_id)
    found = invited(letter, invited_id)
    return _person_page(letter, found, link=actions.show_link(found, by=current_user.organiser))


@bp.route(f"{PERSON}/remove", methods=["GET", "POST"])
@needs(Role.EDITOR)
def remove_person(letter_id: int, invited_id: int) -> ResponseReturnValue:
    """What is deleted with an invitation; POST removes it."""
    letter = my_letter(letter_id)
    found, changed = invited(letter, invited_id), False
    if request.method == "POST":
        try:
            actions.remove(found, by=current_user.organiser, seen_as=request.form.get("seen", ""))
        except ChangedMeanwhile:
            changed = True
        else:
            flash(_("The invitation is removed."))
            return redirect(url_for(".board", letter_id=letter.id), 303)
    page = render_template(
        "invitations/remove.html",
        letter=letter,
        invitation=found,
        line=printed(letter, found),
        clock=clock(letter.zone),
        seen=answer_shown_as(found),
        changed=changed,
    )
    return page, 409 if changed else 200
