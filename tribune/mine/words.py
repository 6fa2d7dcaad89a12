"""What one's own page says was just done, as long as it is still true."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from tribune.mine.actions import REWORDINGS
from tribune.mine.queries import last_rewording, rewordings_of_a_day, standing
from tribune.signatures.models import Signature

SAID = {
    "withdraw": _l("Your signature is withdrawn."),  # what follows from it stands below
    "sign-again": _l("You have signed again."),
    "show": _l("You agree to have your line shown."),
    "show-initials": _l("You agree to have your initials shown."),
    "hide": _l("You no longer agree to have your line shown."),
    "allow-news": _l("The organisers may write to you about this letter."),
    "stop-news": _l("The organisers may no longer write to you."),
    "undo-correction": _l("Your line reads as before."),
    "correct": _l("Your line is corrected."),
    "changed": _l("Your line has changed since that page was shown: here it is as it reads now."),
    "often": _l(
        "You have changed your line %(n)s times within a day: it now stays as it reads until tomorrow. If that cannot "
        "wait, write to the organisers.",
        n=REWORDINGS,
    ),
    "another": _l("You have since signed this letter again, and that signature counts. Each person counts once."),
}
# Those that readers see on public pages.
ON_PAGES = {"withdraw", "sign-again", "show", "show-initials", "hide", "undo-correction", "correct"}
# Whether it is still true: a page left open, or gone back to, must not say what was undone since.
_IS_SO: dict[str, Callable[[Signature], bool]] = {
    "withdraw": lambda signature: standing(signature) == "withdrawn",
    "sign-again": lambda signature: standing(signature) in ("counts", "hidden"),
    "show": lambda signature: signature.published,
    "show-initials": lambda signature: signature.published,
    "hide": lambda signature: not signature.published,
    "allow-news": lambda signature: signature.news,
    "stop-news": lambda signature: not signature.news,
    "undo-correction": lambda signature: _is_reworded(signature, undone=True),
    "often": lambda signature: rewordings_of_a_day(signature) >= REWORDINGS,
    "correct": lambda signature: _is_reworded(signature, undone=False),
}


def _is_reworded(signature: Signature, *, undone: bool) -> bool:
    """Whether their last correction still stands and is, or is not, the undoing of another."""
    event = last_rewording(signature)
    return event is not None and event.details.get("undone", False) is undone


def said_of(done: str, signature: Signature) -> Any:
    """Return the sentence for `?said=`; None for an unknown word or one no longer true."""
    return SAID.get(done) if done not in _IS_SO or _IS_SO[done](signature) else None
