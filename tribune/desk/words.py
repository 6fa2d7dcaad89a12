"""Days and hours in words: on the letter's clock, in the reader's language."""

from collections.abc import Sequence
from datetime import datetime

from babel.dates import format_interval, format_skeleton

from tribune.desk.periods import Period
from tribune.i18n import current_language
from tribune.typography import date_locale, with_ordinal

NOON = 12
WEEK = 7


def day_name(period: Period) -> str:
    """Return a day for a table: `mar. 24 nov.`"""
    return _format("MMMEd", period.begins)


def hour_name(period: Period) -> str:
    """Return an hour for a table: `mar. 24 nov., 18:00`."""
    return f"{day_name(period)}, {_format('Hm', period.begins)}"


def span(periods: Sequence[Period]) -> str:
    """Return the days from the first to the last period: `26 oct. – 24 nov. 2026`."""
    first, last = periods[0].begins, periods[-1].begins
    locale = date_locale(current_language())
    return with_ordinal(format_interval(first.date(), last.date(), "yMMMd", locale=locale), locale)


def day_marks(days: Sequence[Period]) -> list[str]:
    """Return the mark below each bar, most of them empty: four or five days, which fit a phone, or one a week."""
    step = WEEK if len(days) > 3 * WEEK else -(-len(days) // 4)
    last = len(days) - 1
    return [_format("MMMd", day.begins) if (last - place) % step == 0 else "" for place, day in enumerate(days)]


def hour_marks(hours: Sequence[Period]) -> list[str]:
    """Return the mark below each bar: the day at midnight, the time at noon, else empty."""
    return [_hour_mark(hour.begins) for hour in hours]


def _hour_mark(begins: datetime) -> str:
    if begins.hour % NOON:
        return ""
    return _format("Hm" if begins.hour else "MMMd", begins)


def _format(skeleton: str, moment: datetime) -> str:
    locale = date_locale(current_language())
    return with_ordinal(format_skeleton(skeleton, moment, tzinfo=moment.tzinfo, locale=locale), locale)
