"""The positions of the bars of a chart: x in per cent of its width, so that it fits any screen; y in pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

ROOM = 26  # pixels above the highest tick, for the number of a bar that reaches it
PLOT = 190  # pixels from the highest tick to the axis
FOOT = 26  # pixels below the axis, for the names of the bars
STEPS = 4  # largest number of intervals between ticks
FULL = 0.72  # share of its room that a bar fills
ALL_NUMBERED = 8  # up to this many bars, each has its number
EDGE = 8  # per cent from either end within which a number is aligned inward


@dataclass(frozen=True)
class Tick:
    """A horizontal line, and the number it stands for."""

    y: float
    value: int


@dataclass(frozen=True)
class Bar:
    """A bar, and the place of its number; `numbered`: whether it is shown."""

    x: float
    y: float
    width: float
    height: float
    value: int
    middle: float
    number_x: float
    anchor: str
    numbered: bool


@dataclass(frozen=True)
class Chart:
    """Everything `templates/desk/_chart.html` draws."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    height: int = ROOM + PLOT + FOOT
    axis: int = ROOM + PLOT


def ticks(most: int) -> list[int]:
    """Return evenly spaced round numbers from 0 to at least `most`, and at least 1."""
    most = max(most, 1)
    step = next(step for power in count() for step in (10**power, 2 * 10**power, 5 * 10**power) if step * STEPS >= most)
    return list(range(0, most + step, step))


def chart(values: Sequence[int]) -> Chart:
    """Lay out the chart of these numbers, none of them negative, from left to right."""
    marks = ticks(max(values, default=0))

    def up(value: int) -> float:
        return round(PLOT * value / marks[-1], 1)

    numbered = _numbered(values)
    room = 100 / max(len(values), 1)
    bars = []
    for place, value in enumerate(values):
        height = max(up(value), 1.5) if value else 0.0  # so that one signature beside ten thousand is visible
        x, width, middle = (place + (1 - FULL) / 2) * room, FULL * room, (place + 0.5) * room
        anchor, number_x = "middle", middle
        if middle < EDGE:
            anchor, number_x = "start", x
        elif middle > 100 - EDGE:
            anchor, number_x = "end", x + width
        bars.append(
            Bar(
                x=round(x, 2),
                y=round(ROOM + PLOT - height, 1),
                width=round(width, 2),
                height=height,
                value=value,
                middle=round(middle, 2),
                number_x=round(number_x, 2),
                anchor=anchor,
                numbered=place in numbered,
            )
        )
    return Chart(tuple(bars), tuple(Tick(ROOM + PLOT - up(mark), mark) for mark in marks))


def _numbered(values: Sequence[int]) -> set[int]:
    """Return the places of the bars that show their number: all if they are few, else the highest."""
    told = [place for place, value in enumerate(values) if value]
    if not told or len(values) <= ALL_NUMBERED:
        return set(told)
    return {max(told, key=lambda place: values[place])}
