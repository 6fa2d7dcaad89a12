"""What changed in a text since somebody accepted their invitation."""

from typing import NamedTuple

from tribune.history.changes import Changes, changes
from tribune.history.queries import version_of, versions_of
from tribune.invitations.models import Invitation
from tribune.signatures.agreement import has_to_agree


class Since(NamedTuple):
    """What its organisers changed, and why."""

    changes: Changes
    reasons: list[str]


def since_accepted(invitation: Invitation) -> Since | None:
    """Return the changes for somebody who has to accept again: under embargo no other page shows them the text."""
    letter, signature = invitation.letter, invitation.signature
    if not (invitation.accepted_at and signature and has_to_agree(signature)):
        return None
    accepted = version_of(letter, signature.letter_version)
    reasons = [v.told_reason for v in versions_of(letter) if v.number > signature.letter_version and v.told_reason]
    return Since(changes(accepted, letter.version, letter.locale), reasons) if accepted else None
