"""What stands beside the text on the page of a letter."""

from typing import Any

from tribune.letters.models import Letter
from tribune.letters.queries import addenda_of
from tribune.signatures.forms import SignForm
from tribune.signatures.lines import lines
from tribune.signatures.queries import first_signatories, latest_signatories, names_are_gone


def beside(letter: Letter, preview: str = "") -> dict[str, Any]:
    """Return who signed, and the form, under the names of letters/letter.html.

    `preview`: `team` or `link` if the page is not the public one; the form then looks as it will, and cannot be sent.
    """
    first, latest = lines(first_signatories(letter)), lines(latest_signatories(letter))
    return {
        "preview": preview,
        "open": letter.is_open or (bool(preview) and not letter.is_published),
        "first": first,
        "latest": latest,
        "names_are_gone": not (first or latest) and names_are_gone(letter),
        "form": SignForm(letter=letter),
        "addenda": addenda_of(letter),
    }
