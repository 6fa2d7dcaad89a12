"""What organisers receive."""

from datetime import timedelta

from tribune.organisers.links import log_in_link, new_account_link
from tribune.organisers.models import Organiser
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import compose
from tribune.outbox.models import Message
from tribune.outbox.unsent import drop_waiting

LOG_IN_KIND = "log_in"
# Also to an organiser who once said "it was not me" under a letter: it is the only way in.
LOG_IN = Budget("log-in", ((10, timedelta(hours=24)),), unasked=False)
# Whoever is in already must not be kept from showing who they are by somebody who types their address at the door.
PROOF = LOG_IN._replace(name="proof")
# Nor must they be kept out of a browser in which they were before.
KNOWN = LOG_IN._replace(name="log-in-known")
# Anybody can type any address.
NEW_ACCOUNT = Budget("new-account", ((3, timedelta(hours=24)), (10, timedelta(days=30))))


def post_log_in(organiser: Organiser, locale: str, budget: Budget) -> bool:
    """Post the log-in link; False when ten have left in a day already."""
    composed = compose("organisers/mail/log_in.txt", locale)
    return post(LOG_IN_KIND, organiser.email, composed, {"log_in": log_in_link(organiser)}, budget)


def drop_log_ins(organiser: Organiser) -> None:
    """Let no log-in link that waits leave any more, in the caller's transaction."""
    drop_waiting(LOG_IN_KIND, Message.mailbox_key == organiser.mailbox_key)


def post_new_account(email: str, locale: str) -> bool:
    """Post the link that makes an account; False when this mailbox may not receive it."""
    composed = compose("organisers/mail/new_account.txt", locale)
    return post("new_account", email, composed, {"new_account": new_account_link(email)}, NEW_ACCOUNT)
