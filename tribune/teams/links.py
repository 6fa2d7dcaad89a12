"""The link of an invitation into a team."""

from tribune.organisers.models import Organiser
from tribune.teams.models import TeamInvitation
from tribune.tokens import Link, Purpose


def invitation_link(invitation: TeamInvitation, by: Organiser) -> Link:
    """Works once, while the invitation waits; says who invites."""
    return Link("teams.join", Purpose.TEAM_INVITATION, [invitation.id, invitation.link_nonce, by.id])
