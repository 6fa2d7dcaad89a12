"""Keys under which people are found and ordered, computed here because the two databases compare text differently."""

import re
import unicodedata
from functools import lru_cache

LONGEST_KEY = 400  # characters: one ligature may stand for eighteen letters
_PIECE = 400  # characters, of a text that may have a hundred thousand

# What nobody sees: joiners, part of spelling in Persian, Sinhala and others (`fields.py`), and how a sign should look.
_UNSEEN = dict.fromkeys(
    [0x34F, *range(0x180B, 0x1810), 0x200C, 0x200D, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
)
# Letters that Unicode does not decompose, though a reader types and sorts them as their plain neighbours.
_PLAIN = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"}
_PLAIN |= zip("əɛɔŋɲɓɖɗƒɣƙŧƴ", "eeonnbddfgkty", strict=True)
_PLAIN |= dict.fromkeys("ʼʻʿʾ", " ")  # many keyboards have but an apostrophe for them
# Here Unicode has the accents of Latin, Greek and Cyrillic and the points of Hebrew, Arabic and Syriac, which readers
# leave out. In other writing a mark is spelling: the vowels of India and Thailand, the voice of Japanese letters.
_LEFT_OUT = re.compile(
    "[\u0300-\u077f\u0800-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2de0-\u2dff\ua66f-\ua69f\ufb1e\ufe20-\ufe2f]"
)
_ACRONYM = re.compile(r"\b[a-z](?: [a-z]){2,}\b")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
# Some keyboards have only an accent to type; Catalan and French have a point in words (`col·lectiu`, `étudiant·es`).
_APOSTROPHE = re.compile(r"(?<=\w)['’‘ʼʻʿʾ`´·](?=\w)")


def plain(text: str) -> str:
    """Return the text in lower case, without accents, ligatures or punctuation, one space between words.

    A plain text stays as it is, so that a word of a key is found by typing it.
    """
    bare = text.casefold()
    if bare.isascii():
        return _BETWEEN_WORDS.sub(" ", bare).strip()
    bare = bare.translate(_UNSEEN)
    # Piece by piece: the marks of a letter are sorted, in quadratic time.
    apart = [unicodedata.normalize("NFKD", bare[n : n + _PIECE]) for n in range(0, len(bare), _PIECE)]
    return " ".join("".join(map(_of_key, "".join(apart))).split())


@lru_cache(1024)  # even a million names have few different letters
def _of_key(sign: str) -> str:
    """Return what a key has of a sign: itself, plainer letters, nothing for an accent, a space between words."""
    if sign.isalnum():
        small = sign.casefold()  # once more: only now is ™ two capitals
        return _PLAIN.get(small, small)
    if unicodedata.category(sign) not in ("Mn", "Mc"):
        return " "
    return "" if _LEFT_OUT.match(sign) else sign


def unaccented(text: str) -> str:
    """Return the text without accents, as many type capitals; the marks that are spelling stay."""
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(sign for sign in apart if not (unicodedata.combining(sign) and _LEFT_OUT.match(sign)))
    return unicodedata.normalize("NFC", kept)


def organisation_key(name: str) -> str:
    """Return the key shared by all spellings of an organisation; a name without letters is its own."""
    return (plain(name) or name)[:LONGEST_KEY]


def sort_key(family_name: str, given_name: str) -> str:
    """Return a key that sorts by surname as readers expect: É after E, particles kept, given names break ties.

    At most 400 characters, compared byte by byte.
    """
    accents = unicodedata.normalize("NFC", f"{family_name} {given_name}".casefold().translate(_UNSEEN))
    return f"{plain(family_name) or '~'}\x01{plain(given_name)}\x01{accents}"[:LONGEST_KEY]


def initial(family_name: str) -> str:
    """Return the letter under which a surname stands, as a capital; empty if it has none."""
    letter = unicodedata.normalize("NFC", plain(family_name))[:1]  # a Korean one is whole, not its first sound alone
    return letter.title()  # not of Georgian, which has capitals for whole words alone


def searchable(text: str) -> str:
    """Return the words that a search finds: the plain ones, and those with an apostrophe as one word too (`obrien`)."""
    return " ".join([plain(text), *without_apostrophes(text)])


def without_apostrophes(text: str) -> list[str]:
    """Return the words that have an apostrophe inside, as they are typed without it: `obrien`, `daubigne`."""
    return [plain(_APOSTROPHE.sub("", word)) for word in text.split() if _APOSTROPHE.search(word)]


def searched(text: str) -> list[str]:
    """Return the words of a search; the letters of an acronym (`C.N.R.S.`) stay together."""
    words = plain(text.replace("\u200c", " "))  # in a word of a key it is nothing, but is typed as a space too
    return [*_ACRONYM.findall(words), *_ACRONYM.sub(" ", words).split()]


def trigrams(words: str) -> list[str]:
    """Return pieces of three characters, as in the trigram index, that cover these plain words of three or more."""
    long = [word for word in words.split() if len(word) >= 3]
    return sorted({word[n : n + 3] for word in long for n in (*range(0, len(word) - 2, 3), len(word) - 3)})
