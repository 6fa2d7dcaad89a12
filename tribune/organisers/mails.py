"""Mails to organisers."""

from datetime import timedelta

from tribune.organisers.links import log_in_link, new_account_link
from tribune.organisers.models import Organiser
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import compose
from tribune.outbox.models import Message
from tribune.outbox.unsent import drop_waiting

LOG_IN_KIND = "log_in"
# Also to an organiser who once said "it was not me" under a letter: it is the only way in.
LOG_IN = Budget("log-in", ((10, timedelta(hours=24)),))
# Its own budget, so that nobody can keep an organiser who is logged in from proving who they are, by typing their
# address at the door.
PROOF = LOG_IN._replace(name="proof")
# Nor keep them out of a browser in which they were logged in before.
KNOWN = LOG_IN._replace(name="log-in-known")
# Anybody can type any address.
NEW_ACCOUNT = Budget("new-account", ((3, timedelta(hours=24)), (10, timedelta(days=30))))


def post_log_in(organiser: Organiser, locale: str, budget: Budget) -> bool:
    """Post the log-in link; False when the budget is used up."""
    composed = compose("organisers/mail/log_in.txt", locale)
    return post(LOG_IN_KIND, organiser.email, composed, {"log_in": log_in_link(organiser)}, budget)


def drop_log_ins(organiser: Organiser) -> None:
    """Delete log-in links that still wait to be sent, in the caller's transaction."""
    drop_waiting(LOG_IN_KIND, Message.mailbox_key == organiser.mailbox_key)


def post_new_account(email: str, locale: str) -> bool:
    """Post the link that makes an account; False when this mailbox may not receive it."""
    composed = compose("organisers/mail/new_account.txt", locale)
    return post("new_account", email, composed, {"new_account": new_account_link(email)}, NEW_ACCOUNT)
