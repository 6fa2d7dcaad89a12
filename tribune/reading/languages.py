"""The language of a text, as its smallest words tell."""

from tribune.names import plain

_SMALL_WORDS = {
    "fr": frozenset("le les des et une dans pour qui sont".split()),
    "en": frozenset("the and of to is that for with are".split()),
}
_FEW = 2  # such words that may stand in a text of another language


def language_of(text: str) -> str:
    """Return the code of the language in which a text seems to be written; "" if that is not clear."""
    words = plain(text).split()
    found = {language: sum(word in small for word in words) for language, small in _SMALL_WORDS.items()}
    *_others, second, first = sorted(found, key=found.__getitem__)
    return first if found[first] > 2 * found[second] + _FEW else ""
