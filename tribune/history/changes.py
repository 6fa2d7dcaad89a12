"""What changed between two versions of a text, word by word within paragraphs."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher
from functools import lru_cache
from itertools import accumulate, groupby
from typing import NamedTuple

from tribune.letters.models import Version
from tribune.letters.rendering import readable
from tribune.typography import typeset

ALIKE = 0.4  # the share of common words from which two paragraphs count as one that was changed
_split = re.compile(r"[ \t\r\n]+").split  # no-break spaces stay inside words, as before French punctuation
NEAR = 10  # how many paragraphs ahead a changed one is looked for
MOST = 5_000_000  # steps of comparing one text, half a second; ten thousand words, a tenth of them new, take a million


class Piece(NamedTuple):
    """Consecutive words with one `mark`: "same", "added" or "removed"."""

    mark: str
    text: str


Paragraph = tuple[Piece, ...]


class Changes(NamedTuple):
    """The words of a version by field, each as paragraphs of pieces, including those that did not change."""

    title: tuple[Paragraph, ...]
    standfirst: tuple[Paragraph, ...]
    authors: tuple[Paragraph, ...]
    addressee: tuple[Paragraph, ...]
    text: tuple[Paragraph, ...]

    @property
    def any(self) -> bool:
        """Whether any word changed; else only the layout did."""
        return any(piece.mark != "same" for part in self for paragraph in part for piece in paragraph)


def changes(before: Version, after: Version, locale: str) -> Changes:
    """Return what changed from `before` to `after`."""
    return Changes(
        _compared((before.title,), (after.title,), locale),
        _compared((before.standfirst,), (after.standfirst,), locale),
        _compared((before.authors,), (after.authors,), locale),
        _compared((before.addressee,), (after.addressee,), locale),
        _compared(tuple(readable(before.text)), tuple(readable(after.text)), locale),
    )


class TooLong(Exception):
    """To compare these would take more steps than are left."""


class _Matcher(SequenceMatcher[str]):
    """Counts its steps: words that repeat a hundredfold would make it take half a minute.

    `left`: a list of one number, from which it takes the steps; all that belongs to one text shares it.
    """

    def __init__(self, a: Sequence[str], b: Sequence[str], left: list[int]) -> None:
        super().__init__(None, a, b)
        alike = self.b2j  # type: ignore[attr-defined]  # documented; by word of b, where it stands
        self._until = [*accumulate((1 + len(alike.get(word, ())) for word in a), initial=0)]
        self._left = left

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """Raises TooLong."""
        self._left[0] -= self._until[-1 if ahi is None else ahi] - self._until[alo]
        if self._left[0] < 0:
            raise TooLong
        return super().find_longest_match(alo, ahi, blo, bhi)


@lru_cache(maxsize=32)  # so that a popular letter is compared once
def _compared(old: tuple[str, ...], new: tuple[str, ...], locale: str) -> tuple[Paragraph, ...]:
    old, new = (tuple(typeset(text, locale) for text in texts if text) for texts in (old, new))
    return tuple(_paragraphs(old, new, [MOST]))


def _paragraphs(old: Sequence[str], new: Sequence[str], left: list[int]) -> Iterator[Paragraph]:
    for kind, i, i_end, j, j_end in _steps(old, new, left):
        if kind == "equal":
            yield from (_whole("same", text) for text in old[i:i_end])
        else:
            yield from _rewritten(old[i:i_end], new[j:j_end], left)


def _rewritten(old: Sequence[str], new: Sequence[str], left: list[int]) -> Iterator[Paragraph]:
    """Pair each old paragraph with the next new one that is like it; the others were removed, or added."""
    at, words = 0, [Counter(_split(text)) for text in new]
    for text in old:
        ours, near = Counter(_split(text)), range(at, min(at + NEAR, len(new)))
        like = next((j for j in near if _are_alike(ours, words[j])), None)
        if like is None:
            yield _whole("removed", text)
            continue
        yield from (_whole("added", other) for other in new[at:like])
        yield tuple(_words(text, new[like], left))
        at = like + 1
    yield from (_whole("added", other) for other in new[at:])


def _are_alike(a: Counter[str], b: Counter[str]) -> bool:
    return 2 * (a & b).total() >= ALIKE * (a.total() + b.total())


def _words(old: str, new: str, left: list[int]) -> Iterator[Piece]:
    a, b = _split(old), _split(new)
    found: list[tuple[str, str]] = []
    for kind, i, i_end, j, j_end in _steps(a, b, left):
        if kind == "equal":
            found += [("same", word) for word in a[i:i_end]]
        else:
            found += [("removed", word) for word in a[i:i_end]]
            found += [("added", word) for word in b[j:j_end]]
    for mark, words in groupby(found, key=lambda each: each[0]):
        yield Piece(mark, " ".join(word for _, word in words))


def _whole(mark: str, text: str) -> Paragraph:
    return (Piece(mark, text),)


def _steps(a: Sequence[str], b: Sequence[str], left: list[int]) -> list[tuple[str, int, int, int, int]]:
    """Return what `SequenceMatcher.get_opcodes` does; if too long, all between the common ends counts as replaced."""
    first = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest = min(len(a), len(b)) - first
    last = next((n for n in range(rest) if a[-1 - n] != b[-1 - n]), rest)
    i_end, j_end = len(a) - last, len(b) - last
    try:
        found = _Matcher(a[first:i_end], b[first:j_end], left).get_opcodes()
        middle = [(kind, i + first, k + first, j + first, m + first) for kind, i, k, j, m in found]
    except TooLong:
        middle = [("replace", first, i_end, first, j_end)]
    return [("equal", 0, first, 0, first), *middle, ("equal", i_end, len(a), j_end, len(b))]
