"""Names typed in capitals, written as names are: DUPONT is Dupont, DE LA TOUR is de La Tour."""

import re

from tribune.names import plain

_SMALL = frozenset("de du des d von van der den zu zum zur da do dos das di del della dalla y e".split())
_WORD = re.compile(r"[^\W\d_]+")


def is_in_capitals(name: str) -> bool:
    """Whether all of it is, and it is no initials."""
    letters = [c for c in name if c.isalpha()]
    return len(letters) > 1 and all(c.isupper() for c in letters) and "." not in name


def without_capitals(name: str, *, is_family: bool) -> str:
    """The name as it is printed; one that is not in capitals stays as it is. Accents cannot be known."""
    if not is_in_capitals(name):
        return name
    words = [_written(word, is_family and len(name.split()) > 1) for word in name.split()]
    return " ".join(words)


def _written(word: str, may_be_small: bool) -> str:
    if may_be_small and plain(word) in _SMALL:
        return word.lower()
    if word[:2] in ("D'", "D’"):
        return word[:2].lower() + _WORD.sub(_capital, word[2:])
    return _WORD.sub(_capital, word)


def _capital(found: re.Match[str]) -> str:
    return found[0].capitalize()
