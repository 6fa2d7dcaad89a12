"""What people receive who are asked into a team."""

from datetime import timedelta

from tribune.organisers.models import Organiser
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import compose
from tribune.teams.links import invitation_link
from tribune.teams.models import INVITATION_LASTS, TeamInvitation

# Somebody else typed the address.
INVITATION = Budget("team-invitation", ((3, timedelta(hours=24)), (10, timedelta(days=30))))


def post_invitation(invitation: TeamInvitation, by: Organiser, locale: str) -> bool:
    """Post the invitation; False when this mailbox may not receive it."""
    draft = compose(
        "teams/mail/invitation.txt",
        locale,
        inviter=by.name or by.email,
        team=invitation.team,
        role=invitation.role,
        days=INVITATION_LASTS.days,
    )
    links = {"join": invitation_link(invitation, by)}
    return post("team_invitation", invitation.email, draft, links, INVITATION)
