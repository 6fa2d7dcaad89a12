"""What a signatory receives when the organisers hide their line."""

from datetime import timedelta

from tribune.letters.models import Letter
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import Composed, compose
from tribune.signatures.lines import line
from tribune.signatures.links import mine_link
from tribune.signatures.models import Signature

MODERATION = Budget("moderation", ((3, timedelta(hours=24)),), priority=5)  # after every confirmation


def compose_hidden(signature: Signature, letter: Letter, reason: str) -> Composed:
    """The mail as it will read, in the language in which they signed."""
    shown = line(signature, locale=letter.locale).text
    return compose("moderation/mail/hidden.txt", signature.locale, letter=letter, shown=shown, reason=reason)


def post_hidden(signature: Signature, letter: Letter, reason: str) -> bool:
    """Tell this signatory that their line is not shown any more, and why; False when they may receive no more."""
    composed, links = compose_hidden(signature, letter, reason), {"mine": mine_link(signature)}
    return post("hidden", signature.email or "", composed, links, MODERATION, about=letter.id)
