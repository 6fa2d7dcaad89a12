"""Spellings that are probably one organisation: proposed to organisers, never merged automatically."""

from collections import defaultdict
from collections.abc import Iterable

from tribune.organisations.queries import Spelling

# Words that an acronym leaves out, in French and English.
SMALL_WORDS = set("a and au aux d de des du en et for in l la le les of on pour sur the un une".split())
SHORTEST_ACRONYM = 3


def alike(spellings: Iterable[Spelling]) -> list[list[Spelling]]:
    """Return groups of two or more that differ only in spaces, points and small words, or are a name and its acronym.

    Names with the same initials are alike only if somebody typed these as an acronym: many names share initials.
    """
    given = list(spellings)
    written = {spelling.key.replace(" ", "") for spelling in given}
    groups: dict[str, list[Spelling]] = defaultdict(list)
    for spelling in given:
        words = _words(spelling.key)
        acronym = "".join(word[0] for word in words)
        groups[acronym if acronym in written else "".join(words) or spelling.key.replace(" ", "")].append(spelling)
    found = [sorted(group, key=lambda s: -s.names) for group in groups.values() if len(group) > 1]
    return sorted(found, key=lambda group: -sum(s.names for s in group))


def _words(key: str) -> list[str]:
    """Return the words that make an acronym, without small ones; [] if too few for one, or if it is spelled out."""
    words = [word for word in key.split() if word not in SMALL_WORDS]
    return [] if len(words) < SHORTEST_ACRONYM or all(len(word) == 1 for word in words) else words
