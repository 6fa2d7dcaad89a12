"""Days of a place, as an address asks for them: of a table, of its files, of the log."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

YEARS = range(1970, 9000)  # whose first and last moment every zone can tell in UTC


class UnknownDay(ValueError):
    """An address asks for a day that is none, or none that the site can tell."""


def asked_day(text: Any) -> date | None:
    """The day that an address asks for, if it asks for any. Raises UnknownDay: not to filter would find everybody."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        raise UnknownDay from None
    if day.year not in YEARS:
        raise UnknownDay
    return day


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When that day begins on the clocks of a place."""
    return datetime.combine(day, time.min, zone)


def within(
    moment: InstrumentedAttribute[datetime], since: date | None, until: date | None, zone: ZoneInfo
) -> list[sa.ColumnElement[bool]]:
    """What holds for the moments of these days, both included; an empty one asks nothing."""
    asked: list[sa.ColumnElement[bool]] = []
    if since:
        asked.append(moment >= midnight(since, zone))
    if until:
        asked.append(moment < midnight(until + timedelta(days=1), zone))
    return asked
