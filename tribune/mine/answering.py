"""Who asked for links by typing an address is answered: a chore of the mail worker."""

from functools import partial

from tribune.mine.finding import find
from tribune.organisers.actions import ask_to_log_in
from tribune.outbox.requests import Answers, answer_requests
from tribune.signatures.actions import ask_again

EVERY = 2  # seconds
ANSWERS: Answers = {
    "new-link": lambda email, _locale: ask_again(email),
    "find": find,
    "log-in": ask_to_log_in,
    "log-in-known": partial(ask_to_log_in, known=True),
}


def answer_due() -> None:
    """Mail what was asked for since the last time."""
    answer_requests(ANSWERS)
