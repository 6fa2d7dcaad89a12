"""What stands beside the text on the page of a letter."""

from typing import Any

from tribune.letters.models import Letter
from tribune.signatures.forms import SignForm
from tribune.signatures.lines import lines
from tribune.signatures.queries import first_signatories, latest_signatories


def beside(letter: Letter, preview: str = "") -> dict[str, Any]:
    """Who signed, and the form, as letters/letter.html names them.

    `preview`: for whom the page is shown where it is not for everybody, `team` or `link`; the form is then as it will
    be, and cannot be sent.
    """
    return {
        "preview": preview,
        "open": letter.is_open or (bool(preview) and not letter.is_published),
        "first": lines(first_signatories(letter)),
        "latest": lines(latest_signatories(letter)),
        "form": SignForm(letter=letter),
    }
