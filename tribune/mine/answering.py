"""Who asked for links by typing an address is answered: a chore of the mail worker."""

from tribune.mine.finding import find
from tribune.outbox.requests import answer_requests
from tribune.signatures.actions import ask_again

EVERY = 2  # seconds
ANSWERS = {"new-link": lambda email, _locale: ask_again(email), "find": find}


def answer_due() -> None:
    """Mail what was asked for since the last time."""
    answer_requests(ANSWERS)
