"""What a signatory receives when an organiser changes their words."""

from datetime import timedelta

from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import Composed, compose
from tribune.signatures.links import mine_link
from tribune.signatures.mails import CORRECTED
from tribune.signatures.models import Signature

CORRECTIONS = Budget("correction", ((3, timedelta(hours=24)), (10, timedelta(days=30))), priority=1)


def compose_corrected(was: Signature, corrected: Signature, *, lines: tuple[str, str], reason: str) -> Composed:
    """Return the mail about a change. `lines`: their own, before and after; `reason`: "" if a correction is undone."""
    return compose(
        "people/mail/corrected.txt",
        corrected.locale,
        letter=was.letter,
        before=lines[0],
        after=lines[1],
        capacity=corrected.capacity if corrected.capacity != was.capacity else "",
        reason=reason,
    )


def post_corrected(signature: Signature, composed: Composed) -> bool:
    """Post that mail to the owner; return False if the mailbox may receive no more."""
    links = {"mine": mine_link(signature)}
    return post(CORRECTED, signature.email or "", composed, links, CORRECTIONS, about=signature.letter_id)
