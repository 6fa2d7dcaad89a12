"""What parts are given and what they return; figures taken by turns."""

import statistics
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

WARM = 3  # calls, at most, that fill caches and are not counted


class Asked(NamedTuple):
    """How much to measure."""

    signatures: int  # of the large letter
    seconds: float  # of each load
    rounds: int  # of each comparison
    searches: int  # of each word
    together: float  # seconds of everything at once
    workers: tuple[int, ...] = (2, 4)  # mail workers at once, compared with one, on PostgreSQL
    peer: str = ""  # the URL of a page of another site on this machine, to compare with ours


class Row(NamedTuple):
    """One line of the table, as text; `share`: how much of the goal is reached, 1 or more if all of it."""

    work: str
    ours: str
    beside: str = ""
    ratio: str = ""
    to_reach: str = ""
    share: float | None = None


class Goal(NamedTuple):
    """What a figure should reach: in words, and as a number, the least allowed (`least`) or the most."""

    words: str
    number: float
    least: bool = True

    def row(self, figure: float, work: str, ours: str, beside: str = "", ratio: str = "") -> Row:
        """Return the row of a work whose `figure` is measured against this goal."""
        share = (figure, self.number) if self.least else (self.number, figure)
        return Row(work, ours, beside, ratio, self.words, share[0] / share[1] if share[1] else 0)


Figures = tuple[float, ...]


def by_turns(rounds: int, *sides: Callable[[], Figures]) -> list[Figures]:
    """Call the sides in turn, `rounds` times each; return the medians of the figures of each."""
    found: list[list[Figures]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, figures in zip(sides, found, strict=True):
            figures.append(side())
    return [tuple(map(statistics.median, zip(*figures, strict=True))) for figures in found]


def milliseconds(work: Callable[[], object]) -> Callable[[], Figures]:
    """Wrap a call so that it returns how long it took."""

    def timed() -> Figures:
        start = time.perf_counter()
        work()
        return ((time.perf_counter() - start) * 1000,)

    return timed


def ratio(
    work: str, rounds: int, below: Callable[[], object], above: Callable[[], object], goal: Goal | None = None
) -> Row:
    """Time two calls by turns; return the row that says how many times as long `above` takes."""
    for side in (below, above) * min(WARM, rounds):
        side()
    (low,), (high,) = by_turns(rounds, milliseconds(below), milliseconds(above))
    words = work, f"{high:.2f} ms", f"{low:.2f} ms", f"{high / low:.2f}"
    return goal.row(high / low, *words) if goal else Row(*words)


def per_second(figure: float) -> str:
    """Return `1,234/s`."""
    return f"{figure:,.0f}/s"


def percentile(times: Iterable[float], share: float) -> float:
    """Return the time within which this share of the times lies; 0 if there are none."""
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
