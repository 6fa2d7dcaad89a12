"""Pasted text, made safe to store."""

import re
import unicodedata

UNREADABLE = "\ufffd"

# Surrogates and control characters: not every database can store them, and nobody sees them. Line ends stay.
_CANNOT_BE_KEPT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile("[\ufeff\u00ad\u200b\u2060]")
_TURNS = re.compile("[\u200e\u200f\u202a-\u202d\u2066-\u2069]")  # direction marks, not the one that reverses letters
# An address as web pages hide it from programs: "zoe [at] example.org".
_HIDDEN_AT = re.compile(r"(?<=\w) ?[(\[{] ?(?:at|arobase|@) ?[)\]}] ?(?=[\w-]+\.\w)", re.IGNORECASE)
MOST_ACCENTS = 30  # on one letter, as in Unicode's "stream-safe" format (UAX 15): no writing has more
_RUN = re.compile(rf"[^\w\s\x00-\x7f]{{{MOST_ACCENTS + 1},}}")  # no accent is a letter, a digit or a space


def readable(text: str) -> str:
    """Replace by UNREADABLE what cannot be stored, and remove invisible characters."""
    if text.isascii() and text.isprintable():
        return text
    # To Python this control character is a space, so a line of it is blank.
    spaced = text.replace("\x1f", " ")
    return few_accents(_CANNOT_BE_KEPT.sub(UNREADABLE, _INVISIBLE.sub("", spaced)))


def unmarked(text: str) -> str:
    """Remove the invisible marks that other programs copy along with an address."""
    return _TURNS.sub("", _INVISIBLE.sub("", text))


def readable_list(text: str) -> str:
    """As `readable`, for a list or a table: also without marks that turn the text, and with the @ of each address."""
    return _HIDDEN_AT.sub("@", few_accents(unmarked(readable(text))))


def few_accents(text: str) -> str:
    """Return the text without the accents on a letter beyond MOST_ACCENTS. To be called before any normalisation.

    `unicodedata.normalize` sorts them by insertion, and no other thread runs meanwhile: 120,000, in a form of 240 kB,
    stopped the process for more than a minute.
    """
    return text if text.isascii() else _RUN.sub(_first_accents, text)


def _first_accents(found: re.Match[str]) -> str:
    kept, run = [], 0
    for character in found[0]:
        is_accent = unicodedata.combining(unicodedata.normalize("NFD", character)[0])  # a few are two in one
        run = run + 1 if is_accent else 0
        if run <= MOST_ACCENTS:
            kept.append(character)
    return "".join(kept)
