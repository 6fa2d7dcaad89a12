"""Keys under which people are found and ordered, computed here because the two databases compare text differently."""

import re
import unicodedata

LONGEST_KEY = 400  # characters: one ligature may stand for eighteen letters
_PIECE = 400  # characters, of a text that may have a hundred thousand

# What nobody sees between letters: it is part of spelling in Persian, Sinhala and others (`fields.py`).
_JOINERS = str.maketrans({"\u200c": "", "\u200d": ""})
# Letters that Unicode does not decompose, though a reader types and sorts them as their plain neighbours.
_PLAIN = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"})
_PLAIN |= _JOINERS
_ACRONYM = re.compile(r"\b[a-z](?: [a-z]){2,}\b")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
# Some keyboards have only an accent to type; Catalan and French have a point in words (`col·lectiu`, `étudiant·es`).
_APOSTROPHE = re.compile(r"(?<=\w)['’‘ʼʻʿʾ`´·](?=\w)")
# Stand in a word of a key or not at all, but are typed as an apostrophe, as a space or not at all.
_TYPED_OTHERWISE = re.compile("[ʼʻʿʾ\u200c]")


def plain(text: str) -> str:
    """Return the text in lower case, without accents, ligatures or punctuation, one space between words.

    A plain text stays as it is, so that a word of a key is found by typing it.
    """
    if not text:
        return ""
    bare = text.casefold()
    if not bare.isascii():
        # Piece by piece: the accents of a letter are sorted, in quadratic time. Here they go, wherever the text is cut.
        apart = [unicodedata.normalize("NFKD", bare[n : n + _PIECE]) for n in range(0, len(bare), _PIECE)]
        bare = "".join([c for c in "".join(apart) if not unicodedata.combining(c)])
        bare = bare.casefold().translate(_PLAIN)  # once more: only now is ™ two capitals
    return _BETWEEN_WORDS.sub(" ", bare).strip()


def organisation_key(name: str) -> str:
    """Return the key shared by all spellings of an organisation; a name without letters is its own."""
    return (plain(name) or name)[:LONGEST_KEY]


def sort_key(family_name: str, given_name: str) -> str:
    """Return a key that sorts by surname as readers expect: É after E, particles kept, given names break ties.

    At most 400 characters, compared byte by byte.
    """
    accents = unicodedata.normalize("NFC", f"{family_name} {given_name}".casefold().translate(_JOINERS))
    return f"{plain(family_name) or '~'}\x01{plain(given_name)}\x01{accents}"[:LONGEST_KEY]


def initial(family_name: str) -> str:
    """Return the letter under which a surname stands, as a capital; empty if it has none."""
    return plain(family_name)[:1].title()  # not of Georgian, which has capitals for whole words alone


def searchable(text: str) -> str:
    """Return the words that a search finds: the plain ones, and those with an apostrophe as one word too (`obrien`)."""
    return " ".join([plain(text), *without_apostrophes(text)])


def without_apostrophes(text: str) -> list[str]:
    """Return the words that have an apostrophe inside, as they are typed without it: `obrien`, `daubigne`."""
    return [plain(_APOSTROPHE.sub("", word)) for word in text.split() if _APOSTROPHE.search(word)]


def searched(text: str) -> list[str]:
    """Return the words of a search; the letters of an acronym (`C.N.R.S.`) stay together."""
    words = plain(_TYPED_OTHERWISE.sub(" ", text))
    return [*_ACRONYM.findall(words), *_ACRONYM.sub(" ", words).split()]


def trigrams(words: str) -> list[str]:
    """Return pieces of three characters, as in the trigram index, that cover these plain words of three or more."""
    long = [word for word in words.split() if len(word) >= 3]
    return sorted({word[n : n + 3] for word in long for n in (*range(0, len(word) - 2, 3), len(word) - 3)})
