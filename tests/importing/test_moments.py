"""When somebody signed elsewhere, as the cells of other sites and of spreadsheets say it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tribune.importing.moments import is_month_first, moment_in

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2023-11-24T13:12:00Z", "2023-11-24T13:12:00+00:00"),
        ("2023-11-24 13:12:05.123+02:00", "2023-11-24T11:12:05+00:00"),
        ("2023-11-24 13:12:05+01", "2023-11-24T12:12:05+00:00"),  # as PostgreSQL writes it
        ("2023-11-24 13:12:05 -5:30", "2023-11-24T18:42:05+00:00"),
        ("2023/11/24 1:12:05 PM UTC+1", "2023-11-24T12:12:05+00:00"),
        ("2023/11/24 12:12:05 AM GMT+01:00", "2023-11-23T23:12:05+00:00"),
        ("24/11/2023 13:12:05", "2023-11-24T12:12:05+00:00"),
        ("24/07/2023 à 13h12", "2023-07-24T11:12:00+00:00"),
        ("24 juillet 2023 à 13 h 12", "2023-07-24T11:12:00+00:00"),  # as French prints it
        ("24/07/2023 à 13 h", "2023-07-24T11:00:00+00:00"),
        ("24/11/2023 - 13:12", "2023-11-24T12:12:00+00:00"),
        ("24/11/23", "2023-11-23T23:00:00+00:00"),
        ("24.11.23 13:12", "2023-11-24T12:12:00+00:00"),
        ("24 novembre 2023", "2023-11-23T23:00:00+00:00"),
        ("vendredi 1er déc. 2023 à 13h12", "2023-12-01T12:12:00+00:00"),
        ("Nov 24, 2023", "2023-11-23T23:00:00+00:00"),
        ("Friday, July 7th, 2023, 1:12 PM", "2023-07-07T11:12:00+00:00"),
        ("24-nov-23", "2023-11-23T23:00:00+00:00"),  # as Excel shows what was typed in words
        ("24-Nov-2023 13:12", "2023-11-24T12:12:00+00:00"),
        ("45254", "2023-11-23T23:00:00+00:00"),  # as it keeps a day
        ("45254,55", "2023-11-24T12:12:00+00:00"),
        ("45254.999999", "2023-11-24T23:00:00+00:00"),
        ("nov-23", None),
        ("23-11-24", None),  # which of them is the year?
        ("24 brumaire 2023", None),
        ("31/02/2023", None),
        ("24/11/2023 13:", None),
        ("24/11/2023 13::05", None),
        ("hier", None),
        ("", None),
    ],
)
def test_moments_are_read_on_the_clocks_they_name(cell: str, moment: str | None) -> None:
    found = moment_in(cell, PARIS, month_first=False)
    assert (found and found.astimezone(UTC)) == (datetime.fromisoformat(moment) if moment else None)


def test_the_order_of_day_and_month_is_told_by_a_day_beyond_the_twelfth() -> None:
    assert is_month_first(["11/10/2023", "11/24/2023 1:00:00"]) and not is_month_first(["24/11/2023"])
    assert not is_month_first(["11/10/2023", "2023-11-24", "Nov 24, 2023"]) and is_month_first(["11/24/23"])
    assert moment_in("11/24/2023 13:12:05", PARIS, month_first=True) == datetime(2023, 11, 24, 13, 12, 5, tzinfo=PARIS)
