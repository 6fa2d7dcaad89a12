"""The personal link of an invited person."""

from tribune.invitations.models import Invitation
from tribune.tokens import Link, Purpose


def answer_link(invitation: Invitation) -> Link:
    """Return the link to the page where they answer. It never expires; a new nonce revokes it."""
    return Link("invitations.show", Purpose.INVITATION, [invitation.id, invitation.link_nonce])
