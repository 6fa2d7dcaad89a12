"""When made-up people sign: over ten days, fewer each day, few at night."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

DAYS = 10
FADES = 0.8  # each day has this share of the signatures of the day before
AWAKE = (3, 1, 1, 1, 1, 2, 6, 14, 22, 26, 24, 22, 26, 28, 22, 20, 20, 22, 26, 26, 28, 26, 16, 8)  # weight of each hour
HOUR = timedelta(hours=1)


def begins(until: datetime) -> datetime:
    """Return the beginning of the ten days that end then."""
    return until - timedelta(days=DAYS)


def moments(how_many: int, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield `how_many` moments in order, the last of them before `until`."""
    hours = [begins(until) + HOUR * number for number in range(DAYS * 24)]
    crowds = [AWAKE[hour.astimezone(zone).hour] * FADES ** (number // 24) for number, hour in enumerate(hours)]
    so_far = list(accumulate(crowds))
    done = 0
    for hour, crowd in zip(hours, so_far, strict=True):
        there = round(how_many * crowd / so_far[-1]) - done
        yield from (hour + HOUR * (place + 0.5) / there for place in range(there))
        done += there
