"""Moments as people of a place say them: a letter publishes itself and closes by itself at exactly that second."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from tests.factories import make_letter, owner_of
from tests.page import Reader
from tribune.letters.moments import NoSuchTime, moment_at

PARIS = ZoneInfo("Europe/Paris")
A_SECOND, AN_INSTANT = timedelta(seconds=1), timedelta(microseconds=1)

# Day and hour on a clock in Paris, and the moment: midnight in winter and summer, and both changes of the clocks.
SAID = {
    ("2026-11-25", "00:00"): "2026-11-24T23:00:00",
    ("2026-11-24", "23:59"): "2026-11-24T22:59:00",
    ("2026-07-01", "00:00"): "2026-06-30T22:00:00",
    ("2027-01-01", "00:00"): "2026-12-31T23:00:00",
    ("2026-03-29", "01:59"): "2026-03-29T00:59:00",
    ("2026-03-29", "03:00"): "2026-03-29T01:00:00",
    ("2026-10-25", "01:59"): "2026-10-24T23:59:00",
    ("2026-10-25", "02:30"): "2026-10-25T00:30:00",  # twice: the first
    ("2026-10-25", "03:00"): "2026-10-25T02:00:00",
}


@pytest.mark.parametrize(("said", "meant"), SAID.items())
def test_what_a_clock_in_paris_shows_is_one_moment(said: tuple[str, str], meant: str) -> None:
    day, hour = said
    moment = moment_at(date.fromisoformat(day), time.fromisoformat(hour), PARIS)
    assert moment == datetime.fromisoformat(meant).replace(tzinfo=UTC) and moment.tzinfo is UTC


@pytest.mark.parametrize("hour", ["02:00", "02:30", "02:59:59"])
def test_an_hour_that_the_clocks_skip_is_no_moment(hour: str) -> None:
    with pytest.raises(NoSuchTime):
        moment_at(date(2026, 3, 29), time.fromisoformat(hour), PARIS)
    assert moment_at(date(2026, 3, 29), time.fromisoformat(hour), ZoneInfo("Africa/Dakar"))


def test_a_letter_publishes_itself_to_the_second(client: Reader) -> None:
    for number, ((day, hour), meant) in enumerate(SAID.items()):
        slug, moment = f"rues-{number}", datetime.fromisoformat(meant).replace(tzinfo=UTC)
        with time_machine.travel(moment - timedelta(days=1), tick=False) as clock:
            letter = make_letter(slug=slug, published=False, contact="a@example.org")
            client.log_in(owner_of(letter))
            path = f"/manage/letters/{letter.id}/publish"
            typed = {**client.fields(path), "when": "later", "day": day, "hour": hour}
            assert client.post(path, data=typed).status_code == 303
            for early in (A_SECOND, AN_INSTANT):
                clock.move_to(moment - early)
                assert (letter.state, client.get(f"/letters/{slug}").status_code) == ("scheduled", 404)
                assert f"/letters/{slug}" not in client.get("/").text
            clock.move_to(moment)
            assert (letter.state, client.get(f"/letters/{slug}").status_code) == ("published", 200)
            assert f"/letters/{slug}" in client.get("/").text
            assert client.sign(slug, email=f"{slug}@example.org").status_code == 303
        client.delete_cookie("tribune_organiser")


def test_the_last_second_signs_and_the_next_does_not(client: Reader) -> None:
    end = moment_at(date(2026, 10, 25), time(2, 30), PARIS)  # in the night when that hour comes twice
    with time_machine.travel(end - timedelta(days=1), tick=False) as clock:
        letter = make_letter(slug="rues", closes_at=end)
        clock.move_to(end - AN_INSTANT)
        assert (letter.state, client.sign("rues").status_code) == ("published", 303)
        fields = client.fields("/letters/rues/sign")
        clock.move_to(end)
        assert (letter.state, client.post("/letters/rues/sign", data=fields).status_code) == ("closed", 403)
        assert letter.confirms(end - AN_INSTANT)
        clock.move_to(end + timedelta(hours=72) - AN_INSTANT)
        assert letter.confirms(end - AN_INSTANT)
        clock.move_to(end + timedelta(hours=72))
        assert not letter.confirms(end - AN_INSTANT)


def test_the_day_on_the_page_is_the_day_where_the_letter_lives(client: Reader) -> None:
    midnight = moment_at(date(2026, 11, 25), time(0, 0), PARIS)
    with time_machine.travel(midnight, tick=False):
        make_letter(slug="rues")
        for path in ("/letters/rues", "/letters/rues/versions", "/letters/rues/versions/1"):
            page = client.get(path).text
            assert 'datetime="2026-11-25"' in page and "25\u00a0novembre 2026" in page


def test_a_moment_belongs_to_the_zone_of_its_letter(app: Flask) -> None:
    assert moment_at(date(2026, 7, 1), time(0, 0), ZoneInfo("America/Montreal")).hour == 4
    assert make_letter().zone == PARIS
