"""The page that the link of an invitation opens."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from tribune import tokens
from tribune.database import db
from tribune.headers import private, private_page
from tribune.organisers.door import come_in, log_in_of_this_browser, this_browser
from tribune.organisers.forms import AccountForm
from tribune.organisers.models import Organiser, masked
from tribune.organisers.queries import organiser_by_address
from tribune.teams import invitations
from tribune.teams.models import INVITATION_LASTS, TeamInvitation
from tribune.teams.queries import invitation_of_link
from tribune.tokens import Purpose

bp = Blueprint("teams", __name__)


@bp.route("/teams/join/<token>", methods=["GET", "POST"])
def join(token: str) -> Response:
    """Show on GET who invites into which team, accept on POST, once; only for the mailbox it was sent to."""
    invitation, inviter = _of_token(token)
    if invitation is None:
        return _spent()
    here = log_in_of_this_browser()
    if here and here.organiser.mailbox_key != invitation.mailbox_key:
        return _for_another(invitation.email)
    form, account = AccountForm(), organiser_by_address(invitation.email)
    if form.validate_on_submit():
        return _accept(invitation, form.name.data or "")
    said = {"form": form, "invitation": invitation, "inviter": inviter, "account": account}
    return private_page("teams/join.html", 422 if form.errors else 200, **said)


def _of_token(token: str) -> tuple[TeamInvitation | None, Organiser | None]:
    """Return the invitation a link opens, while it waits, and who sent it."""
    payload = tokens.payload_of(Purpose.TEAM_INVITATION, token, int(INVITATION_LASTS.total_seconds()))
    if payload is None:
        return None, None
    number, nonce, inviter = payload
    return invitation_of_link(number, nonce), db.session.get(Organiser, inviter)


def _accept(invitation: TeamInvitation, name: str) -> Response:
    here = log_in_of_this_browser()
    try:
        membership, log_in = invitations.accept(
            invitation.id, invitation.link_nonce, by=here.organiser if here else None, name=name, browser=this_browser()
        )
    except invitations.InvitationSpent:
        return _spent()
    team_page = url_for("manage_teams.team", team_id=membership.team_id)
    if log_in:
        return come_in(log_in, to=team_page)
    flash(_("You are in the team.") if here else _("You are in the team. Log in with your address to open it."))
    return private(redirect(team_page if here else url_for("organisers.log_in"), 303))


def _spent() -> Response:
    return private_page("teams/invitation_spent.html", 410)


def _for_another(address: str) -> Response:
    return private_page("teams/for_another.html", 403, address=masked(address), mine=current_user.organiser.email)
