"""Days asked for in an address, by the clocks of a place: of a table, of its files, of the log."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

YEARS = range(1970, 9000)  # whose first and last moments every zone can convert to UTC


class UnknownDay(ValueError):
    """An address asks for a day that does not exist, or is not in YEARS."""


def asked_day(text: Any) -> date | None:
    """Return the day asked for, or None. Raises UnknownDay: ignoring a wrong day would find everybody."""
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
    """Return when that day begins on the clocks of a place."""
    return datetime.combine(day, time.min, zone)


def within(
    moment: InstrumentedAttribute[datetime], since: date | None, until: date | None, zone: ZoneInfo
) -> list[sa.ColumnElement[bool]]:
    """Return conditions for a moment within these days, both included; None is no limit."""
    asked: list[sa.ColumnElement[bool]] = []
    if since:
        asked.append(moment >= midnight(since, zone))
    if until:
        asked.append(moment < midnight(until + timedelta(days=1), zone))
    return asked
