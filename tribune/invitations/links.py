"""The link of somebody invited."""

from tribune.invitations.models import Invitation
from tribune.tokens import Link, Purpose


def answer_link(invitation: Invitation) -> Link:
    """Opens the page where this person answers, as long as the letter lives; a new nonce revokes it."""
    return Link("invitations.show", Purpose.INVITATION, [invitation.id, invitation.link_nonce])
