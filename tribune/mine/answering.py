"""Answers people who asked for links by typing an address: a chore of the mail worker."""

from functools import partial

from tribune.database import write
from tribune.mine.mails import post_found
from tribune.mine.queries import proved_by
from tribune.organisers.actions import ask_to_log_in
from tribune.outbox.mailboxes import mailbox_key, one_spelling
from tribune.outbox.requests import Answers, answer_requests
from tribune.signatures.actions import ask_again
from tribune.signatures.models import Signature
from tribune.signatures.queries import latest_pending

EVERY = 2  # seconds


def find(email: str, locale: str) -> None:
    """Mail the links to all signatures of this mailbox, within the budget.

    Each link goes to the address of its signature, since another spelling may be another mailbox. If there are none, a
    mail says so: the work is the same for every address, and people learn that they mistyped theirs.
    """
    with write():
        key = mailbox_key(email)
        waiting = [s for s in latest_pending(key) if s.letter.is_published and s.email]
        by_address: dict[str, list[Signature]] = {}
        for signature in [*waiting, *proved_by(key)]:
            by_address.setdefault(one_spelling(signature.email or ""), []).append(signature)
        for signatures in by_address.values() or [[]]:
            post_found(signatures, signatures[0].email or email if signatures else email, locale)


ANSWERS: Answers = {
    "new-link": lambda email, _locale: ask_again(email),
    "find": find,
    "log-in": ask_to_log_in,
    "log-in-known": partial(ask_to_log_in, known=True),
}


def answer_due() -> None:
    """Mail the links asked for, as many as are answered at once."""
    answer_requests(ANSWERS)
