"""Tells what cannot be a name, and what in a name is worth a look; each reason is a code."""

import unicodedata
from collections.abc import Iterator

from tribune.reading.full_names import is_lowercase
from tribune.reading.pasted import UNREADABLE
from tribune.reading.role_words import is_institution, opens_an_organisation

LONGEST_NAME = 100  # characters
MOST_WORDS = 10  # of a name

_IN_NAMES = " .,'’ʼʻ‘`´·-‐‑–་・׳፡\u200c\u200d"  # also of Tibetan, Japanese, Hebrew, Amharic


def has_letters(text: str) -> bool:
    """Whether the text is more than signs and digits."""
    return any(c.isalpha() for c in text)


def why_not_a_name(name: str) -> str:
    """Return the code of why nobody is called this, or ""."""
    words = name.split()
    if not has_letters(name):
        return "no_name"
    if len(name) > LONGEST_NAME or len(words) > MOST_WORDS:
        return "too_long"
    small = sum(map(is_lowercase, words[1:]))
    is_sentence = (small > 1 and not is_lowercase(words[0])) or (small and name.endswith(("!", "?", "…")))
    is_site = name.lower().startswith(("http", "www."))
    is_organisation = any(map(is_institution, words[:2])) or opens_an_organisation(words[0])
    return "not_a_name" if is_site or (is_sentence and not is_organisation) else ""


def oddities(name: str, piece: str) -> Iterator[str]:
    """Yield the codes of what is odd about this name; `piece` is the line on which it was printed."""
    # Digits stay as printed: "30" may be a number of the list stuck to "Laure", but "2Pac" is a name.
    if any(c.isdigit() for c in name):
        yield "digits_in_name"
    if is_lowercase(name):
        yield "name_without_capital"
    if UNREADABLE in piece:
        yield "unreadable_character"
    elif any(not (c.isalnum() or c in _IN_NAMES or unicodedata.category(c)[0] == "M") for c in name):
        yield "odd_character_in_name"
