"""Where the bars of a chart stand: nothing leaves the drawing, and what is small is still seen."""

import pytest

from tribune.desk.chart import PLOT, ROOM, chart, ticks


@pytest.mark.parametrize(
    ("most", "marks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (5, [0, 2, 4, 6]),
        (9, [0, 5, 10]),
        (20, [0, 5, 10, 15, 20]),
        (21, [0, 10, 20, 30]),
        (1094, [0, 500, 1000, 1500]),
        (1_000_000, [0, 500_000, 1_000_000]),
    ],
)
def test_ticks_are_round_whole_numbers(most: int, marks: list[int]) -> None:
    assert ticks(most) == marks


def test_ticks_reach_what_they_measure_with_few_lines() -> None:
    for most in [*range(300), 999, 1001, 123_456, 10**9]:
        marks = ticks(most)
        assert marks[-1] >= most and marks[-1] - (marks[1] - marks[0]) < max(most, 1) and len(marks) <= 5


@pytest.mark.parametrize("values", [[], [0], [7], [0] * 30, [1] * 48, [3, 100_000, *[1] * 28], list(range(30))])
def test_every_bar_and_every_number_is_inside(values: list[int]) -> None:
    drawn = chart(values)
    assert [bar.value for bar in drawn.bars] == values
    for bar in drawn.bars:
        assert bar.x >= 0 and bar.x + bar.width <= 100 and bar.x < bar.middle < bar.x + bar.width
        assert bar.y >= ROOM and bar.y + bar.height == pytest.approx(drawn.axis, abs=0.1)
        assert 0 <= bar.number_x <= 100
    assert all(one.x + one.width < next_one.x for one, next_one in zip(drawn.bars, drawn.bars[1:], strict=False))
    assert drawn.ticks[0].y == drawn.axis and drawn.ticks[-1].y == ROOM


def test_a_bar_is_as_high_as_its_number() -> None:
    low, high = chart([500, 1000]).bars
    assert high.height == PLOT and low.height == PLOT / 2


def test_nothing_has_no_bar_and_one_is_seen_beside_ten_thousand() -> None:
    nothing, one, _ = chart([0, 1, 10_000]).bars
    assert nothing.height == 0 and one.height >= 1


def numbered(values: list[int]) -> list[int]:
    """The places of the bars whose number is written."""
    return [place for place, bar in enumerate(chart(values).bars) if bar.numbered]


def test_few_bars_have_their_number_each_and_many_only_the_highest() -> None:
    assert numbered([0, 3, 5]) == [1, 2]
    assert numbered([1, 9, *[2] * 28]) == [1]
    assert numbered([1] * 29 + [0]) == [0]
    assert numbered([0] * 30) == []


def test_a_number_at_the_edge_is_written_inward() -> None:
    bars = chart([5] * 30).bars
    assert (bars[0].anchor, bars[15].anchor, bars[29].anchor) == ("start", "middle", "end")
