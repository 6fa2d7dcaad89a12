"""What a part is asked and what it gives; figures taken by turns."""

import statistics
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

WARM = 3  # calls that fill caches and are not counted, at most


class Asked(NamedTuple):
    """How much is measured."""

    signatures: int  # of the large letter
    seconds: float  # of each load
    rounds: int  # of each comparison
    searches: int  # of each word
    together: float  # seconds of everything at once
    workers: tuple[int, ...] = (2, 4)  # of mails at once, beside one, where the database lets several write
    peer: str = ""  # the address of a page of another site, on this machine, to hold beside ours


class Row(NamedTuple):
    """One line of the table, as words; `share`: how much of what is to be reached is reached, 1 or more once it is."""

    work: str
    ours: str
    beside: str = ""
    ratio: str = ""
    to_reach: str = ""
    share: float | None = None


class Goal(NamedTuple):
    """What a figure is to reach: `words`, and the number, which is the least allowed, or else the most."""

    words: str
    number: float
    least: bool = True

    def row(self, figure: float, work: str, ours: str, beside: str = "", ratio: str = "") -> Row:
        """The line of a work whose `figure` is held to this goal."""
        share = (figure, self.number) if self.least else (self.number, figure)
        return Row(work, ours, beside, ratio, self.words, share[0] / share[1] if share[1] else 0)


Figures = tuple[float, ...]


def by_turns(rounds: int, *sides: Callable[[], Figures]) -> list[Figures]:
    """The medians of the figures that each side gives, asked one after the other as many times."""
    found: list[list[Figures]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, figures in zip(sides, found, strict=True):
            figures.append(side())
    return [tuple(map(statistics.median, zip(*figures, strict=True))) for figures in found]


def milliseconds(work: Callable[[], object]) -> Callable[[], Figures]:
    """The same, giving how long it took."""

    def timed() -> Figures:
        start = time.perf_counter()
        work()
        return ((time.perf_counter() - start) * 1000,)

    return timed


def ratio(
    work: str, rounds: int, below: Callable[[], object], above: Callable[[], object], goal: Goal | None = None
) -> Row:
    """The line of two calls timed by turns: how many times as long the second takes."""
    for side in (below, above) * min(WARM, rounds):
        side()
    (low,), (high,) = by_turns(rounds, milliseconds(below), milliseconds(above))
    words = work, f"{high:.2f} ms", f"{low:.2f} ms", f"{high / low:.2f}"
    return goal.row(high / low, *words) if goal else Row(*words)


def per_second(figure: float) -> str:
    """`1,234/s`"""
    return f"{figure:,.0f}/s"


def percentile(times: Iterable[float], share: float) -> float:
    """The time within which this share of them lies; 0 of none."""
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
