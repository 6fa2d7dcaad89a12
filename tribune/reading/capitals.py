"""Turns names typed in capitals into ordinary ones: DUPONT is Dupont, DE LA TOUR is de La Tour."""

import re

from tribune.names import plain

_SMALL = frozenset("de du des d von van der den zu zum zur da do dos das di del della dalla y e".split())
# What may stand before a family name in capitals without being in capitals: "de la TOUR", "d’ALMEIDA", "Le GOFF".
_BEFORE = re.compile(
    r"(?<!\w)(?:(?:[a-zà-öø-ÿ]+|De|Du|Des|D|L[ae]s?|V[ao]n|De[rn]|El|Al|Ben|Bin|Ma?c|Sainte?|Di|Da|Dos)[ '’])+(?=\w\w)"
)
_ELIDED = re.compile(r"[Ddl]['’]")
_WORD = re.compile(r"[^\W\d_]+")


def is_in_capitals(name: str) -> bool:
    """Whether the whole name is in capitals, apart from a small word before it; initials do not count."""
    letters = [c for c in _BEFORE.sub("", name, count=1) if c.isalpha()]
    return len(letters) > 1 and all(c.isupper() for c in letters) and "." not in name


def without_capitals(name: str, *, is_family: bool) -> str:
    """Return the name as it is printed; one that is not in capitals stays as it is. Accents cannot be known."""
    if not is_in_capitals(name):
        return name
    words = name.split()
    return " ".join(_written(word, is_family and len(words) > 1) for word in words)


def _written(word: str, may_be_small: bool) -> str:
    if elided := _ELIDED.match(word):
        return elided[0].lower() + _WORD.sub(_capital, word[elided.end() :])
    if not word.isupper():
        return word
    if may_be_small and plain(word) in _SMALL:
        return word.lower()
    return _WORD.sub(_capital, word)


def _capital(found: re.Match[str]) -> str:
    return found[0].capitalize()
