"""The line of somebody invited: in words, and printed as it stands or would."""

from typing import Any

from tribune.fingerprint import fingerprint
from tribune.invitations.models import Invitation
from tribune.letters.models import Letter
from tribune.people.actions import shown_as
from tribune.signatures.actions import new_signature
from tribune.signatures.lines import Line, line
from tribune.signatures.models import Signature
from tribune.signatures.spellings import MergeOf, print_as_merged

WORDS = ("given_name", "family_name", "role", "organisation", "affiliation", "capacity")


def words_of(person: Invitation | Signature) -> dict[str, Any]:
    """Return the proposed or signed line, by column names; an empty capacity becomes that of whoever signs."""
    capacity = person.capacity or ("organisation" if person.as_organisation else "personal")
    return {**{name: getattr(person, name) for name in WORDS}, "capacity": capacity}


def proposal_shown_as(invitation: Invitation) -> str:
    """Fingerprint the proposed line and its address; the form sends it back, so that nobody overwrites what they did
    not see."""
    shown = (*(getattr(invitation, name) for name in WORDS), invitation.as_organisation, invitation.section)
    return fingerprint((shown, invitation.email))


def answer_shown_as(invitation: Invitation) -> str:
    """Fingerprint what they have said, and what they or the organisers signed for them; the button sends it back, so
    that nobody removes what they did not see."""
    said = invitation.accepted_at, invitation.declined_at, invitation.word, invitation.question
    signed = invitation.signature
    return fingerprint((said, signed and (shown_as(signed), signed.withdrawn_at)))


def printed(letter: Letter, invitation: Invitation, merge_of: MergeOf | None = None) -> Line:
    """Return the line in full as it is printed, or would be if there is no signature yet.

    `merge_of`: the merges of the letter, if the caller has loaded them.
    """
    if invitation.signature is not None:
        return line(invitation.signature, full=True)
    return would_print(letter, invitation, words_of(invitation), merge_of)


def would_print(letter: Letter, invitation: Invitation, words: dict[str, Any], merge_of: MergeOf | None = None) -> Line:
    """Return the line that these words would print once signed."""
    signature = as_signature(letter, invitation, words)
    print_as_merged(signature, merge_of)
    return line(signature, full=True)


def as_signature(letter: Letter, invitation: Invitation, words: dict[str, Any], **rest: Any) -> Signature:
    """Build the signature that an answer makes, not yet added to the session."""
    return new_signature(
        letter,
        **words,
        as_organisation=(invitation.signature or invitation).as_organisation,
        section=invitation.section,
        **rest,
    )
