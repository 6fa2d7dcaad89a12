"""Whether two names look like those of one person."""

from tribune.names import plain

FORGIVES_TWO = 8  # letters from which a word may have two typos; from four it may have one


def same_person(proposed: tuple[str, str], typed: tuple[str, str]) -> bool:
    """Compare two (given, family) names, in any order; accents, initials, second names and small typos do not count."""
    fewer, more = sorted((plain(" ".join(name)).split() for name in (proposed, typed)), key=len)
    if sorted(fewer) == sorted(more):  # even if each word is one letter, as in Chinese
        return True
    left = list(more)
    whole = False
    for word in sorted(fewer, key=len, reverse=True):  # initials last: they fit many words
        found = min((other for other in left if _alike(word, other)), key=lambda other: word != other, default=None)
        if found is None:
            return False
        left.remove(found)
        whole = whole or min(len(word), len(found)) > 1
    return whole and (len(fewer) > 1 or len(more) == 1)


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return long.startswith(short)
    typos = 2 if len(short) >= FORGIVES_TWO else 1 if len(short) >= 4 else 0
    return _distance(short, long) <= typos


def _distance(one: str, other: str) -> int:
    """Count letters added, left out, changed, or swapped with their neighbour."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
