"""The organiser's pages: teams, their members, and handing a letter over."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from tribune.errors import show, show_gone
from tribune.fields import SelectChoice
from tribune.i18n import current_language
from tribune.letters import carrying
from tribune.letters.guard import my_letter
from tribune.letters.listing import listed
from tribune.teams import actions, invitations
from tribune.teams.forms import InviteForm, RoleForm, TeamForm, TransferForm
from tribune.teams.guard import manage_blueprint, my_team, needs, require_fresh
from tribune.teams.models import Role
from tribune.teams.queries import (
    invitation_of,
    member_of,
    members_of,
    membership_of,
    open_invitations,
    other_owners,
    refused_invitations,
    teams_to_write_in,
)

bp = manage_blueprint("manage_teams", __name__)

REFUSALS = {
    actions.LastOwner: _l("A team needs an owner who can log in: make another member an owner first."),
    invitations.InvitationSpent: _l("This invitation has been accepted or revoked in the meantime."),
    invitations.NotMailed: _l(
        "Nothing was emailed: this mailbox has received all the invitations it may for now, or wants no emails."
    ),
    invitations.AlreadyMember: _l("This address already belongs to a member of the team."),
}


def refuse(error: Exception) -> Response:
    """Redirect to the page of the team, and say why."""
    return _to_team((request.view_args or {})["team_id"], REFUSALS[type(error)])


for refused in REFUSALS:
    bp.register_error_handler(refused, refuse)
bp.register_error_handler(actions.MemberGone, show_gone)


@bp.app_errorhandler(actions.NotAllowed)  # who renames their account renames their own team with it
def not_allowed(_error: Exception) -> ResponseReturnValue:
    """Answer 403: the role was taken away, or the account blocked, after the page was opened."""
    return show(Forbidden(_("Your role in this team does not allow this. An owner of the team can change it.")))


def _to_team(team_id: int, said: str) -> Response:
    flash(said)
    return redirect(url_for("manage_teams.team", team_id=team_id), 303)


@bp.get("/teams")
@needs(None)
def teams() -> ResponseReturnValue:
    """List the teams I am in."""
    return render_template("teams/teams.html", mine=carrying.sizes(current_user.organiser))


@bp.route("/teams/new", methods=["GET", "POST"])
@needs(None)
def new() -> ResponseReturnValue:
    """Make a team."""
    form = TeamForm()
    if form.validate_on_submit():
        team = actions.found(form.name.data or "", by=current_user.organiser)
        return _to_team(team.id, _("The team has been created. Invite those who will run letters with you."))
    return render_template("teams/new.html", form=form), 422 if form.errors else 200


@bp.get("/teams/<int:team_id>")
@needs(Role.VIEWER)
def team(team_id: int) -> ResponseReturnValue:
    """Show who is in the team, who is invited, and its letters, a page of them."""
    team = my_team(team_id)
    told = {"members": members_of(team), "invitations": open_invitations(team), "refused": refused_invitations(team)}
    return render_template("teams/team.html", team=team, listed=listed([team.id], request.args), **told)


@bp.route("/teams/<int:team_id>/name", methods=["GET", "POST"])
@needs(Role.OWNER)
def rename(team_id: int) -> ResponseReturnValue:
    """Rename the team."""
    team = my_team(team_id)
    form = TeamForm(obj=team)
    if form.validate_on_submit():
        actions.rename(team, form.name.data or "", by=current_user.organiser)
        return _to_team(team_id, _("The team has its new name."))
    return render_template("teams/rename.html", team=team, form=form), 422 if form.errors else 200


@bp.route("/teams/<int:team_id>/invite", methods=["GET", "POST"])
@needs(Role.OWNER)
def invite(team_id: int) -> ResponseReturnValue:
    """Invite somebody into the team by mail."""
    team = my_team(team_id)
    form = InviteForm()
    if form.validate_on_submit():
        email, role, me = form.email.data or "", Role(form.role.data), current_user.organiser
        _see_who_changes_owners(role)
        try:
            invitations.invite(team, email, role, by=me, locale=current_language())
        except (invitations.AlreadyMember, invitations.NotMailed) as error:
            form.email.errors = [REFUSALS[type(error)]]
        else:
            return _to_team(team_id, _("An invitation is on its way to %(address)s.", address=email))
    return render_template("teams/invite.html", team=team, form=form), 422 if form.errors else 200


def _see_who_changes_owners(*roles: Role) -> None:
    """Require a fresh log-in where somebody has the role of owner, or is to have it.

    Else whoever finds a browser left open could make themselves one, or take the others away.
    """
    if Role.OWNER in roles:
        require_fresh()


@bp.post("/teams/<int:team_id>/invitations/<int:invitation_id>/send-again")
@needs(Role.OWNER)
def send_again(team_id: int, invitation_id: int) -> ResponseReturnValue:
    """Mail an invitation once more."""
    invitation = invitation_of(my_team(team_id), invitation_id) or abort(404)
    invitations.send_again(invitation, by=current_user.organiser, locale=current_language())
    return _to_team(team_id, _("The invitation is on its way again, and can be accepted for fourteen days."))


@bp.post("/teams/<int:team_id>/invitations/<int:invitation_id>/revoke")
@needs(Role.OWNER)
def revoke(team_id: int, invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    invitation = invitation_of(my_team(team_id), invitation_id) or abort(404)
    invitations.revoke(invitation, by=current_user.organiser)
    return _to_team(team_id, _("The invitation is revoked: its link no longer works."))


@bp.route("/teams/<int:team_id>/members/<int:membership_id>", methods=["GET", "POST"])
@needs(Role.OWNER)
def member(team_id: int, membership_id: int) -> ResponseReturnValue:
    """Show one member, with the form that changes their role and the button that removes them."""
    team = my_team(team_id)
    membership = member_of(team, membership_id) or abort(404)
    form = RoleForm(obj=membership)
    if form.validate_on_submit():
        _see_who_changes_owners(membership.role, Role(form.role.data))
        actions.change_role(team, membership.id, Role(form.role.data), by=current_user.organiser)
        return _to_team(team_id, _("The role is changed."))
    told = {
        "heirs": other_owners(membership),
        "waiting": len(open_invitations(team)),
        "links": carrying.has_private_links(team),
    }
    who = membership.organiser
    named = {"contact_of": carrying.named_in(team, who), "controller_of": carrying.answered_for(team, who)}
    page = render_template("teams/member.html", team=team, member=membership, form=form, **named, **told)
    return page, 422 if form.errors else 200


@bp.post("/teams/<int:team_id>/members/<int:membership_id>/remove")
@needs(Role.OWNER)
def remove(team_id: int, membership_id: int) -> ResponseReturnValue:
    """Remove a member."""
    team = my_team(team_id)
    membership = member_of(team, membership_id) or abort(404)
    _see_who_changes_owners(membership.role)
    called = membership.organiser.called
    actions.remove(team, membership_id, by=current_user.organiser)
    return _to_team(team_id, _("%(name)s is no longer in the team.", name=called))


@bp.route("/teams/<int:team_id>/leave", methods=["GET", "POST"])
@needs(Role.VIEWER)
def leave(team_id: int) -> ResponseReturnValue:
    """Leave a team; the page first says what that means."""
    team = my_team(team_id)
    name = team.name
    if request.method == "POST":
        _see_who_changes_owners(g.role)
        carrying.leave(team, by=current_user.organiser)
        flash(_("You are no longer in the team %(team)s.", team=name))
        return redirect(url_for("manage_teams.teams"), 303)
    others = [m for m in members_of(team) if m.organiser_id != current_user.organiser_id]
    heirs = other_owners(membership_of(current_user.organiser, team.id) or abort(404))
    letters, waiting = carrying.letter_count(team), len(open_invitations(team))
    ends = not others and not letters
    me = current_user.organiser
    named = {"contact_of": carrying.named_in(team, me), "controller_of": carrying.answered_for(team, me)}
    told = {"others": others, "heirs": heirs, "letters": letters, "ends": ends, "waiting": waiting}
    return render_template("teams/leave.html", team=team, **named, **told)


@bp.route("/letters/<int:letter_id>/transfer", methods=["GET", "POST"])
@needs(Role.OWNER, fresh=True)
def transfer(letter_id: int) -> ResponseReturnValue:
    """Hand a letter over to another of my teams; the page first says what that means."""
    letter = my_letter(letter_id)
    if request.form.get("team") == str(letter.team_id):  # pressed twice
        return _to_team(letter.team_id, _("The letter is now in this team."))
    others = {team.id: team for team in teams_to_write_in(current_user.organiser) if team.id != letter.team_id}
    form = TransferForm()
    form.team.choices = [SelectChoice(team.id, team.name) for team in others.values()]
    if form.validate_on_submit():
        carrying.transfer(letter, others[form.team.data], by=current_user.organiser)
        return _to_team(form.team.data, _("The letter is now in this team."))
    losing = [m for m in members_of(letter.team) if m.organiser_id != current_user.organiser_id]
    page = render_template("teams/transfer.html", letter=letter, form=form, losing=losing)
    return page, 422 if form.errors else 200
