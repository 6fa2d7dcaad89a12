"""What signatories receive when organisers hide their line, or show it again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tribune.moderation.asked import REACHED
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import Composed, compose
from tribune.outbox.models import Message
from tribune.outbox.unsent import drop_waiting
from tribune.signatures.lines import line
from tribune.signatures.links import mine_link
from tribune.signatures.mails import ALREADY_SIGNED, PUBLISHED
from tribune.signatures.models import Signature

HIDDEN, SHOWN = "hidden", "shown"  # the kinds of these mails
MODERATION = Budget("moderation", ((3, timedelta(hours=24)),), priority=5)  # sent after all confirmations
AGAIN = Budget("shown", MODERATION.limits, MODERATION.priority)  # its own: whoever was told the one is told the other


def compose_hidden(signature: Signature, reason: str) -> Composed:
    """Return the mail about a hidden line, in the language in which they signed; `reason`: may be empty."""
    return compose("moderation/mail/hidden.txt", signature.locale, reason=reason, **_said(signature))


def post_hidden(signature: Signature, reason: str) -> bool:
    """Post that mail; return False if the mailbox may receive no more."""
    composed, links = compose_hidden(signature, reason), {"mine": mine_link(signature)}
    return post(HIDDEN, signature.email or "", composed, links, MODERATION, about=signature.letter_id)


def compose_shown(signature: Signature) -> Composed:
    """Return the mail about a line that is shown again, to somebody who was told that it is hidden."""
    return compose("moderation/mail/shown.txt", signature.locale, **_said(signature))


def post_shown(signature: Signature) -> bool:
    """Post that mail; return False if the mailbox may receive no more."""
    composed, links = compose_shown(signature), {"mine": mine_link(signature)}
    return post(SHOWN, signature.email or "", composed, links, AGAIN, about=signature.letter_id)


def _said(signature: Signature) -> dict[str, Any]:
    made = line(signature)
    return {"letter": signature.letter, "shown": made.text, "on_behalf": made.on_behalf}


def drop_hidden(letter_id: int, ids: Sequence[int]) -> None:
    """Drop unsent mails of `post_hidden` to these signatories, in the caller's transaction: they are no longer true.

    Withdrawn rows are left out: if their owner signed again, a waiting mail is about the new signature.
    """
    _drop(letter_id, ids, HIDDEN)


def drop_shown(letter_id: int, ids: Sequence[int]) -> None:
    """Drop unsent mails that tell these signatories how their line appears in the letter: it does no more."""
    _drop(letter_id, ids, SHOWN, PUBLISHED)


def drop_standing(letter_id: int, ids: Sequence[int]) -> None:
    """Drop all unsent mails that tell them how their line stands, before they withdraw or their row is deleted."""
    _drop(letter_id, ids, HIDDEN, SHOWN, PUBLISHED, ALREADY_SIGNED)


def _drop(letter_id: int, ids: Sequence[int], *kinds: str) -> None:
    stand = Signature.id.in_(ids), Signature.withdrawn_at.is_(None), *REACHED
    theirs = Message.mailbox_key.in_(sa.select(Signature.mailbox_key).where(*stand))
    for kind in kinds:
        drop_waiting(kind, Message.about == letter_id, theirs)
