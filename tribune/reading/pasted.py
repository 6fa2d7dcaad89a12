"""Text as people paste it, made safe to store, and the doubts its reading leaves."""

import re
from dataclasses import dataclass

UNREADABLE = "\ufffd"

# Halves of characters and control characters: no database keeps them all, and nobody sees them. Line ends stay.
_CANNOT_BE_KEPT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile("[\ufeff\u00ad\u200b\u2060]")
_TURNS = re.compile("[\u200e\u200f\u202a-\u202d\u2066-\u2069]")  # without what prints letters backwards


def N_(words: str) -> str:
    """Mark words for translation where they stand; the page that shows them translates them."""
    return words


@dataclass(frozen=True)
class Doubt:
    """Something read that a person should check: `line` counts from 1, `text` is as written, `reason` is a code."""

    line: int
    text: str
    reason: str


def readable(text: str) -> str:
    """The text with a mark where a character cannot be kept, and without the invisible ones."""
    if text.isascii() and text.isprintable():
        return text
    # Python counts this control character among the spaces, so a line of it is a blank line.
    spaced = text.replace("\x1f", " ")
    return _CANNOT_BE_KEPT.sub(UNREADABLE, _INVISIBLE.sub("", spaced))


def unmarked(text: str) -> str:
    """The text without the marks that other programs copy with an address, and nobody sees."""
    return _TURNS.sub("", _INVISIBLE.sub("", text))


def readable_list(text: str) -> str:
    """The same of a list or a table, without what turns the text around it."""
    return unmarked(readable(text))
