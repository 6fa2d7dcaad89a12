"""Keys under which people are found and ordered, computed here because the two databases compare text differently."""

import re
import unicodedata

LONGEST_KEY = 400  # characters: one ligature may stand for eighteen letters

# Letters that Unicode does not decompose, though a reader types and sorts them as their plain neighbours.
_PLAIN = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"})
_ACRONYM = re.compile(r"\b[a-z](?: [a-z]){2,}\b")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Lower case, without accents, ligatures or punctuation, words separated by one space."""
    if not text:
        return ""
    bare = text.casefold()
    if not bare.isascii():
        bare = "".join([c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c)]).translate(
            _PLAIN
        )
    return _BETWEEN_WORDS.sub(" ", bare).strip()


def organisation_key(name: str) -> str:
    """Under which all spellings of an organisation are found; a name without letters is its own key."""
    return (plain(name) or name)[:LONGEST_KEY]


def sort_key(family_name: str, given_name: str) -> str:
    """Orders by surname as a reader expects: É with E and after it, particles kept, given names break ties.

    A key, not a text to show: at most 400 characters, compared byte by byte.
    """
    accents = unicodedata.normalize("NFC", f"{family_name} {given_name}".casefold())
    return f"{plain(family_name) or '~'}\x01{plain(given_name)}\x01{accents}"[:LONGEST_KEY]


def initial(family_name: str) -> str:
    """The letter of the alphabet under which a surname stands, in upper case; empty where there is none."""
    return plain(family_name)[:1].upper()


def searched(text: str) -> list[str]:
    """What a search looks for: the words, but the letters of an acronym (`C.N.R.S.`) as they stand."""
    words = plain(text)
    return [*_ACRONYM.findall(words), *_ACRONYM.sub(" ", words).split()]


def trigrams(words: str) -> list[str]:
    """Pieces of three characters, as the index of signatures knows them, that cover all words as long as that."""
    long = [word for word in plain(words).split() if len(word) >= 3]
    return sorted({word[n : n + 3] for word in long for n in (*range(0, len(word) - 2, 3), len(word) - 3)})
