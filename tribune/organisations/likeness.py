"""Which spellings are probably one organisation: proposed to the organiser, never merged by themselves."""

from collections import defaultdict
from collections.abc import Iterable

from tribune.organisations.queries import Spelling

# Words that an acronym leaves out, in French and English.
SMALL_WORDS = set("a and au aux d de des du en et for in l la le les of on pour sur the un une".split())
SHORTEST_ACRONYM = 3


def alike(spellings: Iterable[Spelling]) -> list[list[Spelling]]:
    """Groups of two or more that are written alike but for spaces, points and small words, or as name and acronym.

    Names with the same first letters are not alike, unless somebody has typed these as an acronym: many have.
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
    """Without the small ones, by whose first letters an acronym is made; none of fewer words than letters of one."""
    words = [word for word in key.split() if word not in SMALL_WORDS]
    return [] if len(words) < SHORTEST_ACRONYM or all(len(word) == 1 for word in words) else words
