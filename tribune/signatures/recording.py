"""Log lines about what people did to their own signature; they are deleted when it is erased."""

from typing import Any

from tribune.audit.models import Verb
from tribune.letters.recording import record_under
from tribune.signatures.lines import line
from tribune.signatures.models import Signature


def own_line(signature: Signature) -> str:
    """Return the line of this person in full, without the others who share it."""
    return line(signature, full=True).text


def record_own(verb: Verb, signature: Signature, **details: Any) -> None:
    """Add a line to the log of its letter. `details`: as for `audit.actions.record`."""
    subject = own_line(signature)
    record_under(signature.letter, verb, by=None, signature_id=signature.id, subject=subject, **details)


def record_reworded(signature: Signature, before: str, was: dict[str, Any], **details: Any) -> None:
    """Add one that its owner worded the line otherwise: from there erasing knows the names that they no longer bear.

    `before`: the line until now; `was`: its words.
    """
    record_own(Verb.LINE_REWORDED, signature, before=before, after=own_line(signature), was=was, **details)
