"""A digest of what a page showed, sent back by its form: nobody changes what they have not seen.

`shown_as` makes it of what a page shows now; `seen_as` is what came back.
"""

from hashlib import sha256


class ChangedMeanwhile(Exception):
    """What the form is about is no longer as its page showed it; nothing was written."""


def fingerprint(shown: object) -> str:
    """Return 16 hexadecimal digits of what was shown, given as tuples, dicts, words and numbers."""
    return sha256(repr(shown).encode()).hexdigest()[:16]
