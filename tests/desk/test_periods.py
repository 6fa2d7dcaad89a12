"""Days are those of the letter's own clock, whatever clocks do, and nothing is counted twice or left out."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tribune.desk.periods import DAYS, DAYS_AT_LEAST, HOURS, Counts, by_day, by_hour, first_hour, total

PARIS = ZoneInfo("Europe/Paris")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati",
         "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut", "Pacific/Apia")  # fmt: skip
# Around the days on which clocks change in one place or another, Apia's missing day among them.
MOMENTS = [
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 59, tzinfo=UTC),
    datetime(2026, 4, 24, 21, 59, tzinfo=UTC), datetime(2026, 11, 1, 6, 0, tzinfo=UTC),
    datetime(2026, 4, 4, 15, 0, tzinfo=UTC), datetime(2012, 1, 2, 10, 30, tzinfo=UTC),
]  # fmt: skip


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def confirmed(days: list) -> dict[date, int]:  # type: ignore[type-arg]
    return {day.begins.date(): day.counts.confirmed for day in days if day.counts.confirmed}


def test_an_hour_before_midnight_in_london_is_the_next_day_in_paris() -> None:
    hours = {utc(2026, 11, 23, 22): Counts(confirmed=2), utc(2026, 11, 23, 23): Counts(confirmed=3)}
    days = by_day(hours, PARIS, utc(2026, 11, 24, 12), LONG_AGO)
    assert confirmed(days) == {date(2026, 11, 23): 2, date(2026, 11, 24): 3}


def test_the_long_and_the_short_day_of_the_year_hold_their_hours() -> None:
    for day, length in ((date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 6, 1), 24)):
        midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS).astimezone(UTC)
        hours = {midnight + timedelta(hours=hour): Counts(confirmed=1) for hour in range(-5, 30)}
        days = by_day(hours, PARIS, midnight + timedelta(days=3), LONG_AGO)
        assert confirmed(days)[day] == length


def test_where_clocks_are_half_an_hour_off_an_hour_belongs_to_the_day_it_begins_in() -> None:
    hours = {utc(2026, 11, 23, 18): Counts(confirmed=2), utc(2026, 11, 23, 19): Counts(confirmed=3)}
    days = by_day(hours, ZoneInfo("Asia/Kolkata"), utc(2026, 11, 24, 12), LONG_AGO)
    assert confirmed(days) == {date(2026, 11, 23): 2, date(2026, 11, 24): 3}


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("at", MOMENTS)
def test_everywhere_each_hour_asked_for_is_in_one_day_and_in_order(name: str, at: datetime) -> None:
    zone = ZoneInfo(name)
    since = first_hour(at, zone)
    every = [at.replace(minute=0) - timedelta(hours=back) for back in range(24 * 40)]
    hours = {hour: Counts(confirmed=1) for hour in every if hour >= since}
    days = by_day(hours, zone, at, LONG_AGO)
    assert total(days).confirmed == len(hours)
    assert [day.begins.date() for day in days] == sorted({day.begins.date() for day in days})
    assert len(days) == DAYS and days[-1].begins.date() == at.astimezone(zone).date()


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("at", MOMENTS)
def test_the_last_hours_are_hours_that_passed(name: str, at: datetime) -> None:
    hours = by_hour({at.replace(minute=0): Counts(signed=7)}, ZoneInfo(name), at)
    assert len(hours) == HOURS and hours[-1].counts.signed == 7
    assert {(b.begins.astimezone(UTC) - a.begins.astimezone(UTC)) for a, b in itertools.pairwise(hours)} == {
        timedelta(hours=1)
    }


def test_a_young_letter_has_no_empty_month_before_it() -> None:
    at = utc(2026, 11, 24, 12)
    assert len(by_day({}, PARIS, at, at)) == DAYS_AT_LEAST
    assert len(by_day({}, PARIS, at, at - timedelta(days=9))) == 10
    assert len(by_day({}, PARIS, at, LONG_AGO)) == DAYS


def test_what_was_signed_before_the_letter_was_made_here_is_shown() -> None:
    at = utc(2026, 11, 24, 12)
    assert len(by_day({at - timedelta(days=11): Counts(signed=1)}, PARIS, at, at)) == 12


def test_the_numbers_of_a_day_are_added_each_to_its_own() -> None:
    hours = {utc(2026, 11, 24, 9): Counts(1, 2, 3, 4), utc(2026, 11, 24, 10): Counts(10, 20, 30, 40)}
    [*_, today] = by_day(hours, PARIS, utc(2026, 11, 24, 12), LONG_AGO)
    assert today.counts == total([today]) == Counts(signed=11, sent=22, gave_up=33, confirmed=44)
