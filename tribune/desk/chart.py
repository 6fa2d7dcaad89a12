"""Where the bars of a chart stand: across in per cent of its width, so that it fits any screen, down in pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

ROOM = 26  # pixels above the highest tick, for the number of a bar that reaches it
PLOT = 190  # from there to the axis
FOOT = 26  # below the axis, for what the bars are called
STEPS = 4  # between ticks, at most
FULL = 0.72  # of the room of a bar that the bar fills
ALL_NUMBERED = 8  # so many bars have room for the number of each
EDGE = 8  # per cent from either end within which a number is written inward


@dataclass(frozen=True)
class Tick:
    """A line across, and the number it stands for."""

    y: float
    value: int


@dataclass(frozen=True)
class Bar:
    """A bar and where its number stands; `numbered`: whether it is written."""

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
    """All that the drawing needs."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    height: int = ROOM + PLOT + FOOT
    axis: int = ROOM + PLOT


def ticks(most: int) -> list[int]:
    """Whole, round numbers from 0 on, evenly apart, the last of them at least `most` and at least 1."""
    most = max(most, 1)
    step = next(step for power in count() for step in (10**power, 2 * 10**power, 5 * 10**power) if step * STEPS >= most)
    return list(range(0, most + step, step))[: -(-most // step) + 1]


def chart(values: Sequence[int]) -> Chart:
    """The chart of these numbers, none of them negative, from left to right."""
    marks = ticks(max(values, default=0))

    def up(value: int) -> float:
        return round(PLOT * value / marks[-1], 1)

    numbered = _numbered(values)
    room = 100 / max(len(values), 1)
    bars = []
    for place, value in enumerate(values):
        height = max(up(value), 1.5) if value else 0.0  # one signature beside ten thousand is seen too
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
    """The places of the bars whose number is written: each while they are few, else the highest, beside lower ones."""
    told = [place for place, value in enumerate(values) if value]
    if not told or len(values) <= ALL_NUMBERED:
        return set(told)
    return {max(told, key=lambda place: values[place])}
