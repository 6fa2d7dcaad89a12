"""Turns a day and an hour, as clocks of a place show them, into a moment."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tribune.database import now

A_CENTURY = timedelta(days=36525)
FIRST_YEAR = 1000  # a year typed with two digits reaches us as 0026: refused


class NoSuchTime(ValueError):
    """The clocks of that place skip this time, as daylight saving begins."""


def moment_at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, when the clocks of `zone` show this; the first, if they show it twice.

    Raises NoSuchTime; OverflowError beyond A_CENTURY from now, or before the year 1. People type the year 9999 for
    "never", and dates end before CONFIRMS_AFTER_CLOSING could be added to it.
    """
    local = datetime.combine(day, hour, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime
    if moment > now() + A_CENTURY:
        raise OverflowError
    return moment
