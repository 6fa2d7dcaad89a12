"""The mail with the links to all one's signatures."""

from collections.abc import Sequence

from tribune.outbox.actions import post
from tribune.outbox.composing import compose
from tribune.outbox.mailboxes import mailbox_key
from tribune.retention.periods import ADDRESSES
from tribune.signatures.lines import line
from tribune.signatures.links import confirm_link, mine_link, not_me_link
from tribune.signatures.mails import CONFIRMATIONS, mailable
from tribune.signatures.models import Signature
from tribune.tokens import Link

MOST = 25  # links in one mail


def post_found(signatures: Sequence[Signature], to: str, locale: str) -> bool:
    """Post the links to these signatures, at most MOST; False when the mailbox may receive no more."""
    links: dict[str, Link] = {"not_me": not_me_link(mailbox_key(to))}
    entries = []
    for number, signature in enumerate(signatures[:MOST]):
        waits = not signature.is_vouched_for and signature.letter.confirms(signature.signed_at)
        links[f"s{number}"] = confirm_link(signature) if waits else mine_link(signature)
        entries.append((f"s{number}", signature, mailable(signature), line(signature).on_behalf, waits))
    more = len(signatures) - len(entries)
    composed = compose("mine/mail/found.txt", locale, entries=entries, more=more, days=ADDRESSES.days)
    return post("found", to, composed, links, CONFIRMATIONS)
