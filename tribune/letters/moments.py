"""Turns a day and an hour, as clocks of a place show them, into a moment."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tribune.database import now

A_CENTURY = timedelta(days=36525)
FIRST_YEAR = 1000  # that a day can have: who types two digits of a year into a browser means none of the year 26


class NoSuchTime(ValueError):
    """The clocks of that place jumped over it."""


def moment_at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, when the clocks of `zone` show this; the first, where they do twice.

    Raises NoSuchTime; OverflowError above A_CENTURY from now, or before all years. For "never" people type the year
    9999, and three days later there is none.
    """
    local = datetime.combine(day, hour, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime
    if moment > now() + A_CENTURY:
        raise OverflowError
    return moment
