"""The mail that invites into a team."""

from datetime import timedelta

from tribune.organisers.models import Organiser
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import compose
from tribune.outbox.models import Message
from tribune.outbox.unsent import drop_waiting
from tribune.teams.links import invitation_link
from tribune.teams.models import INVITATION_LASTS, KIND, TeamInvitation
from tribune.tokens import public_url

# Somebody else typed the address.
INVITATION = Budget("team-invitation", ((3, timedelta(hours=24)), (10, timedelta(days=30))))


def post_invitation(invitation: TeamInvitation, by: Organiser, locale: str) -> bool:
    """Post the invitation; False when this mailbox may not receive it."""
    composed = compose(
        "teams/mail/invitation.txt",
        locale,
        {"privacy": public_url("notices.privacy", lang=locale)},
        inviter=by.name or by.email,
        team=invitation.team,
        role=invitation.role,
        days=INVITATION_LASTS.days,
    )
    links = {"join": invitation_link(invitation, by)}
    return post(KIND, invitation.email, composed, links, INVITATION)


def drop_invitation(invitation: TeamInvitation) -> None:
    """Delete its mails that wait, in the caller's transaction; those of other teams to the same mailbox stay."""
    number = Message.links["join"]["payload"][0].as_integer()
    drop_waiting(KIND, Message.mailbox_key == invitation.mailbox_key, number == invitation.id)
