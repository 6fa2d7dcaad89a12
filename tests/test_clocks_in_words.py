"""Moments in words: the day, the hour, and whose clocks, as people say them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tribune.clocks import city, clock, named_clock
from tribune.desk.periods import Counts, Period
from tribune.desk.words import day_marks, day_name, hour_name, span

pytestmark = ON_SQLITE

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("language", "moment", "named"),
    [
        ("fr", "1er déc. 2026, 10:00", "1er déc. 2026, 10:00 (heure de Paris)"),
        ("en", "1 Dec 2026, 10:00", "1 Dec 2026, 10:00 (Paris time)"),
    ],
)
def test_a_moment_is_told_with_the_city_whose_clocks_show_it(
    app: Flask, language: str, moment: str, named: str
) -> None:
    at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    with app.test_request_context(headers={"Accept-Language": language}):
        assert (clock(PARIS)(at), named_clock(PARIS)(at)) == (moment, named)


@pytest.mark.parametrize(("place", "language"), [(0, "fr"), (1, "en")])
def test_a_zone_is_called_by_its_city(app: Flask, place: int, language: str) -> None:
    named = {
        "Indian/Reunion": ("de La Réunion", "Réunion"),
        "America/New_York": ("de New York", "New York"),
        "America/Montreal": ("de Montréal", "Montréal"),
        "America/Argentina/Buenos_Aires": ("de Buenos Aires", "Buenos Aires"),
        "Africa/Algiers": ("d’Alger", "Algiers"),
        "Europe/Athens": ("d’Athènes", "Athens"),
        "Africa/Cairo": ("du Caire", "Cairo"),
        "Indian/Comoro": ("des Comores", "Comoros"),
        "Indian/Maldives": ("des Maldives", "Maldives"),
        "Atlantic/Canary": ("des Îles Canaries", "Canaries"),
        "UTC": ("UTC", "UTC"),
    }
    with app.test_request_context(headers={"Accept-Language": language}):
        assert [city(ZoneInfo(zone)) for zone in named] == [words[place] for words in named.values()]


def test_the_days_of_the_desk_have_their_ordinal(app: Flask) -> None:
    first, last = (Period(datetime(2026, 12, day, 1, tzinfo=PARIS), Counts()) for day in (1, 24))
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert (day_name(first), hour_name(first)) == ("mar. 1er déc.", "mar. 1er déc., 01:00")
        assert span([first, last]).startswith("1er") and day_marks([first]) == ["1er déc."]
