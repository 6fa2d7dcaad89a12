"""The organiser's form for the line and the address of one person: to add them, or to change it before they answer."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from tribune.fingerprint import ChangedMeanwhile
from tribune.invitations import actions
from tribune.invitations.blueprint import bp
from tribune.invitations.desk_forms import INVITED, InvitationForm
from tribune.invitations.lines import printed, proposal_shown_as
from tribune.invitations.models import Invitation
from tribune.invitations.person_pages import PERSON, back_to, invited
from tribune.invitations.proposed import Proposed
from tribune.letters.guard import my_letter
from tribune.letters.models import Letter
from tribune.moderation.queries import sections_of
from tribune.teams.guard import needs
from tribune.teams.models import Role


@bp.route("/letters/<int:letter_id>/invitations/people/new", methods=["GET", "POST"])
@needs(Role.EDITOR)
def new_person(letter_id: int) -> ResponseReturnValue:
    """Add one person by hand."""
    letter = my_letter(letter_id)
    form = InvitationForm(letter)
    if form.validate_on_submit():
        person = Proposed(email=form.email.data or None, **form.columns)
        try:
            made = actions.add_one(letter, person, current_user.organiser)
        except actions.InvitedAlready:
            if person.email:
                form.email.errors = [INVITED]
            else:
                form.family_name.errors = [_("Somebody is already on the list with exactly this line.")]
        else:
            flash(_("Added after the others. Nobody has been emailed yet."))
            return back_to(made)
    return _form_page(letter, form, None)


@bp.route(f"{PERSON}/edit", methods=["GET", "POST"])
@needs(Role.EDITOR)
def edit_person(letter_id: int, invited_id: int) -> ResponseReturnValue:
    """Change the proposed line and the address, before they answer."""
    letter = my_letter(letter_id)
    found = invited(letter, invited_id)
    form = InvitationForm(letter, found)
    if form.validate_on_submit():
        said = {"email": form.email.data or None, "seen_as": form.seen.data or "", **form.columns}
        try:
            actions.edit(found, by=current_user.organiser, **said)
        except ChangedMeanwhile:
            form.seen.data = proposal_shown_as(found)
            return _form_page(letter, form, found, changed=True)
        flash(_("Saved."))
        return back_to(found)
    return _form_page(letter, form, found)


def _form_page(
    letter: Letter, form: InvitationForm, found: Invitation | None, *, changed: bool = False
) -> ResponseReturnValue:
    page = render_template(
        "invitations/person_form.html",
        letter=letter,
        form=form,
        invitation=found,
        sections=sections_of(letter),
        theirs=printed(letter, found) if found and changed else None,
    )
    return page, 409 if changed else 422 if form.errors else 200
