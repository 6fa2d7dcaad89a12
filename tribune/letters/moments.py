"""From a day and an hour as people of a place say them to a moment."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


class NoSuchTime(ValueError):
    """The clocks of that place jumped over it."""


def moment_at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, when the clocks of `zone` show this; the first, where they do twice. Raises NoSuchTime."""
    local = datetime.combine(day, hour, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime
    return moment
