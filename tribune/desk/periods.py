"""What happened by hour, added up into days on the letter's clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import add
from zoneinfo import ZoneInfo

from tribune.database import hour_of
from tribune.days import midnight

HOUR = timedelta(hours=1)
DAYS = 30
DAYS_AT_LEAST = 7  # a chart of two bars says too little
HOURS = 48


@dataclass(frozen=True)
class Counts:
    """How often each thing happened in a period."""

    signed: int = 0
    sent: int = 0  # mails that left
    gave_up: int = 0  # mails that never will
    confirmed: int = 0
    reminded: int = 0
    confirmed_after: int = 0  # of the confirmed, those who had been reminded

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*map(add, vars(self).values(), vars(other).values()))


@dataclass(frozen=True)
class Period:
    """A day or an hour: its beginning on the letter's clock, and what happened in it."""

    begins: datetime
    counts: Counts


def first_hour(at: datetime, zone: ZoneInfo) -> datetime:
    """Return, in UTC, the midnight on the letter's clock at which the first of DAYS days begins."""
    return midnight(at.astimezone(zone).date() - timedelta(days=DAYS - 1), zone).astimezone(UTC)


def by_day(hours: Mapping[datetime, Counts], zone: ZoneInfo, at: datetime, since: datetime) -> list[Period]:
    """Return the days up to `at`, DAYS_AT_LEAST to DAYS: from that of `since`, or of the first hour if earlier.

    `hours`: by their beginning in UTC. In a zone of half hours, an hour belongs to the day in which it begins.
    """
    today = at.astimezone(zone).date()
    days: dict[date, Counts] = {}
    for hour, counts in hours.items():
        day = hour.astimezone(zone).date()
        days[day] = days.get(day, Counts()) + counts
    earliest = min([since.astimezone(zone).date(), today - timedelta(days=DAYS_AT_LEAST - 1), *days])
    how_many = min((today - earliest).days + 1, DAYS)
    shown = [today - timedelta(days=back) for back in reversed(range(how_many))]
    return [Period(midnight(day, zone), days.get(day, Counts())) for day in shown]


def by_hour(hours: Mapping[datetime, Counts], zone: ZoneInfo, at: datetime) -> list[Period]:
    """Return the last HOURS hours, the present one last."""
    begins = [hour_of(at) - HOUR * back for back in reversed(range(HOURS))]
    return [Period(hour.astimezone(zone), hours.get(hour, Counts())) for hour in begins]


def total(periods: Iterable[Period]) -> Counts:
    """Add up all periods."""
    return sum((period.counts for period in periods), Counts())
