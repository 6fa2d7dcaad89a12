"""What organisers receive."""

from datetime import timedelta

from tribune.organisers.links import log_in_link
from tribune.organisers.models import Organiser
from tribune.outbox.actions import Budget, post
from tribune.outbox.composing import compose

# Also to an organiser who once said "it was not me" under a letter: it is the only way in.
LOG_IN = Budget("log-in", ((10, timedelta(hours=24)),), unasked=False)


def post_log_in(organiser: Organiser, locale: str) -> bool:
    """Post the log-in link; False when ten have left in a day already."""
    draft = compose("organisers/mail/log_in.txt", locale, organiser=organiser)
    return post("log_in", organiser.email, draft, {"log_in": log_in_link(organiser)}, LOG_IN)
