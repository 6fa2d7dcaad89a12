"""The link that shows a letter before it is published."""

from tribune.letters.models import Letter
from tribune.tokens import Link, Purpose


def preview_link(letter: Letter) -> Link:
    """For people without an account, until it is replaced or revoked; the letter must have one."""
    return Link("letters.preview", Purpose.PREVIEW, [letter.id, letter.preview_nonce])
