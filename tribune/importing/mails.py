"""The mail that asks somebody who signed elsewhere to confirm it here."""

from datetime import datetime

from tribune.database import now
from tribune.letters.models import Letter
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import compose
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures.lines import line
from tribune.signatures.links import confirm_link, own_links
from tribune.signatures.mails import ASK_IMPORTED, CONFIRMATIONS, is_shortened, mailable, until
from tribune.signatures.models import Signature
from tribune.tokens import public_url

EARLIER = Budget(CONFIRMATIONS.name, CONFIRMATIONS.limits, priority=5)  # sent after the mails of those who sign now


def post_ask_imported(signature: Signature, letter: Letter, signed_at: datetime | None) -> bool:
    """Post the link that confirms it; False when the mailbox may receive no more. `signed_at`: as in the file."""
    to = signature.email or ""
    draft = compose(
        "importing/mail/ask_imported.txt",
        signature.locale,
        {"privacy": public_url("notices.letter_privacy", slug=letter.slug, lang=signature.locale)},
        letter=letter,
        shown=mailable(signature),
        published=signature.will_show,
        shortened=is_shortened(signature),
        on_behalf=line(signature).on_behalf,
        news=signature.news,
        until=until(signature, asked_at=now()),
        signed_at=signed_at,
    )
    links = {"confirm": confirm_link(signature), **own_links(signature, mailbox_key(to))}
    return post(ASK_IMPORTED, to, draft, links, EARLIER, about=letter.id)
