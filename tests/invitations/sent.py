"""Invitations that are sent."""

from tests.factories import owner_of
from tribune.invitations import sending
from tribune.letters.models import Letter


def invite_all(letter: Letter) -> sending.Sent:
    """Invite everybody who can be, as the button of the board does."""
    return sending.invite(letter, sending.to_invite(letter), by=owner_of(letter))
