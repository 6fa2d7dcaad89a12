"""The link that shows a letter before it is published."""

from tribune.letters.models import Letter
from tribune.tokens import Link, Purpose


def preview_link(letter: Letter) -> Link:
    """Return the private link, for people without an account. `letter.preview_nonce` must be set."""
    return Link("letters.preview", Purpose.PREVIEW, [letter.id, letter.preview_nonce])
