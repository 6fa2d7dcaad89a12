"""Answering as somebody invited does: what they press, without the page."""

from typing import Any

from tribune.invitations import answering
from tribune.invitations.forms import WORDING
from tribune.invitations.models import Invitation
from tribune.invitations.queries import words_of
from tribune.signatures.models import Signature


def accept(invitation: Invitation, **given: Any) -> Signature:
    """Accept, in the words proposed but for those given; `sure`, `tell`, `news` and `digest` may be given too."""
    words = {name: given.pop(name, value) for name, value in words_of(invitation).items()}
    said = {"digest": invitation.letter.version.digest, "news": False, "locale": "fr", "wording": WORDING, **given}
    return answering.accept(invitation.id, invitation.link_nonce, words=words, **said)


def decline(invitation: Invitation, word: str = "") -> None:
    """Decline."""
    answering.decline(invitation.id, invitation.link_nonce, word)
