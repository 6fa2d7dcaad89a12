"""When made-up people sign: a campaign of ten days, loud at first, asleep at night."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

DAYS = 10
FADES = 0.8  # what is left of a day's crowd on the next
AWAKE = (3, 1, 1, 1, 1, 2, 6, 14, 22, 26, 24, 22, 26, 28, 22, 20, 20, 22, 26, 26, 28, 26, 16, 8)  # by hour of the day
HOUR = timedelta(hours=1)


def begins(until: datetime) -> datetime:
    """When the campaign that lasts until then began."""
    return until - timedelta(days=DAYS)


def moments(how_many: int, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """As many moments as that, in order, the last of them before `until`."""
    hours = [begins(until) + HOUR * number for number in range(DAYS * 24)]
    crowds = [AWAKE[hour.astimezone(zone).hour] * FADES ** (number // 24) for number, hour in enumerate(hours)]
    so_far = list(accumulate(crowds))
    done = 0
    for hour, crowd in zip(hours, so_far, strict=True):
        there = round(how_many * crowd / so_far[-1]) - done
        yield from (hour + HOUR * (place + 0.5) / there for place in range(there))
        done += there
