"""Pasted text, made safe to store, and the doubts left by reading it."""

import re
from dataclasses import dataclass

UNREADABLE = "\ufffd"

# Surrogates and control characters: not every database can store them, and nobody sees them. Line ends stay.
_CANNOT_BE_KEPT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile("[\ufeff\u00ad\u200b\u2060]")
_TURNS = re.compile("[\u200e\u200f\u202a-\u202d\u2066-\u2069]")  # direction marks, not the one that reverses letters


def N_(words: str) -> str:
    """Mark words for translation where they stand; the page that shows them translates them."""
    return words


@dataclass(frozen=True)
class Doubt:
    """Something read that a person should check; `line` counts from 1, `text` is as written, `reason` is a code."""

    line: int
    text: str
    reason: str


def readable(text: str) -> str:
    """Replace by UNREADABLE what cannot be stored, and remove invisible characters."""
    if text.isascii() and text.isprintable():
        return text
    # To Python this control character is a space, so a line of it is blank.
    spaced = text.replace("\x1f", " ")
    return _CANNOT_BE_KEPT.sub(UNREADABLE, _INVISIBLE.sub("", spaced))


def unmarked(text: str) -> str:
    """Remove the invisible marks that other programs copy along with an address."""
    return _TURNS.sub("", _INVISIBLE.sub("", text))


def readable_list(text: str) -> str:
    """As `readable`, for a list or a table: also without marks that turn the text around them."""
    return unmarked(readable(text))
