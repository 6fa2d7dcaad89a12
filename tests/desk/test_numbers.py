"""The desk in numbers: how many count, how far the goal is, what each day and hour brought, and what to do next."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.desk.desk import read, tally
from tests.factories import make_letter, make_member, owner_of
from tests.page import Reader, words
from tribune.database import now, write
from tribune.letters.models import Letter
from tribune.teams.models import Role

NOON = (now() + timedelta(days=1)).replace(hour=12, minute=30)  # far from midnight, wherever, and after the log-in


def table(html: str, caption: str) -> list[list[str]]:
    """The rows of the table of that caption."""
    region = html[html.index(f">{caption}</caption>") :]
    rows = re.findall(r"<tr>(.*?)</tr>", region[: region.index("</table>")], re.DOTALL)
    return [re.findall(r">([^<>\n]+)</t(?:h|d|ime)>", row) for row in rows]


def test_the_number_that_counts_today_and_yesterday(owner: Reader, letter: Letter) -> None:
    with time_machine.travel(NOON, tick=False):
        tally(letter, 1, signed=5, confirmed=4)
        tally(letter, 24, signed=9, confirmed=7)
        with write():
            letter.confirmed_count = 1234
        text = words(read(owner, letter))
    assert "Confirmed signatures 1,234" in text
    assert "Today 4" in text and "Yesterday 7" in text


@ON_SQLITE
def test_more_who_confirmed_than_count_are_explained(owner: Reader, letter: Letter) -> None:
    tally(letter, 1, signed=5, confirmed=4)
    for counted, explained in ((3, True), (4, False)):
        with write():
            letter.confirmed_count = counted
        assert ("Those who confirmed and no longer count are included" in words(read(owner, letter))) is explained


@ON_SQLITE
def test_the_goal_is_told_in_words(owner: Reader, letter: Letter) -> None:
    for confirmed, said in (
        (0, "0% of the goal of 1,000: 1,000 to go"),
        (999, "99% of the goal of 1,000: 1 to go"),
        (1000, "The goal of 1,000 is reached"),
        (5000, "The goal of 1,000 is reached"),
    ):
        with write():
            letter.goal, letter.confirmed_count = 1000, confirmed
        assert said in words(read(owner, letter))


@ON_SQLITE
def test_without_a_goal_none_is_told(owner: Reader, letter: Letter) -> None:
    assert "goal" not in words(read(owner, letter))


STATES: list[tuple[dict[str, Any], str, str | None]] = [
    ({"published": False}, "A draft: visible only to your team for now.", "/publish"),
    (
        {"published": False, "published_at": now() + timedelta(days=2)},
        "It will be published automatically on",
        "/publish",
    ),
    ({"slug": "ici"}, "It is collecting signatures. Share its address: http://localhost/letters/ici", None),
    ({"closes_at": now() + timedelta(days=2)}, "It is collecting signatures until", None),
    ({"closed_at": now()}, "It closed on", "/files"),
    ({"closed_at": now()}, "What this means, and opening it again", "/close"),
]


@ON_SQLITE
@pytest.mark.parametrize(("given", "said", "link"), STATES)
def test_each_state_says_what_to_do_next(
    app: Flask, client: Reader, given: dict[str, Any], said: str, link: str | None
) -> None:
    letter = make_letter(**given)
    client.log_in(owner_of(letter))
    page = read(client, letter)
    assert said in words(page)
    if link:
        assert f'href="/manage/letters/{letter.id}{link}?lang=en"' in page
        viewer = app.test_client()
        assert isinstance(viewer, Reader)
        viewer.log_in(make_member(letter, Role.VIEWER))
        assert (f"{letter.id}{link}" in read(viewer, letter)) is (link == "/files")


@ON_SQLITE
def test_a_moment_is_told_on_the_clock_of_the_letter(owner: Reader, letter: Letter) -> None:
    with write():
        letter.timezone = "Asia/Kolkata"
        letter.closed_at = now().replace(year=2026, month=1, day=31, hour=20, minute=0)
    assert "It closed on 1 Feb 2026, 01:30 (Kolkata time)." in words(read(owner, letter))


@ON_SQLITE
def test_the_chart_is_told_in_words_and_as_a_table(owner: Reader, letter: Letter) -> None:
    with time_machine.travel(NOON, tick=False):
        tally(letter, 0, signed=2, confirmed=1)
        tally(letter, 48, signed=30, confirmed=20)
        page = read(owner, letter)
    svg = page[page.index("<svg") : page.index("</svg>")]
    assert 'role="img"' in svg and "style=" not in svg
    assert re.findall(r"<text|<rect", svg[: svg.index('<g aria-hidden="true">')] + svg[svg.index("</g>") :]) == []
    assert svg.count("<rect") == 2
    assert "21 in all; the most was 20, on" in words(svg)
    _, *days = table(page, "Confirmed signatures per day")
    assert len(days) == 7 and [day[1:] for day in days[:3]] == [["2", "1"], ["0", "0"], ["30", "20"]]


def test_the_last_48_hours_are_shown_hour_by_hour(owner: Reader, letter: Letter) -> None:
    with time_machine.travel(NOON, tick=False):
        tally(letter, 0, signed=2, confirmed=1)
        tally(letter, 47, signed=8, confirmed=6)
        tally(letter, 48, signed=5, confirmed=5)
        page = read(owner, letter, "?by=hour&lang=en")
    _, *hours = table(page, "Confirmed signatures per hour")
    assert len(hours) == 48 and hours[0][1:] == ["2", "1"] and hours[-1][1:] == ["8", "6"]
    assert "7 in all" in words(page)


@ON_SQLITE
def test_an_unknown_step_is_a_day(owner: Reader, letter: Letter) -> None:
    for asked in ("?by=minute&lang=en", "?by=&lang=en"):
        assert "Confirmed signatures per day" in read(owner, letter, asked)


@ON_SQLITE
def test_with_nothing_to_show_it_says_so(owner: Reader, letter: Letter) -> None:
    page = read(owner, letter)
    assert "Nobody has confirmed in these days." in words(page)
    assert "<svg" not in page and "From signing to counting" not in page and "To look at" not in page
    tally(letter, 24 * 5, signed=3, confirmed=2)
    assert "Nobody has confirmed in the last 48 hours." in words(read(owner, letter, "?by=hour&lang=en"))


def test_the_funnel_adds_up_fourteen_days(owner: Reader, letter: Letter) -> None:
    with time_machine.travel(NOON, tick=False):
        tally(letter, 0, signed=10, sent=9, gave_up=1, confirmed=6)
        tally(letter, 24 * 13, signed=30, sent=28, gave_up=2, confirmed=24)
        tally(letter, 24 * 14, signed=100, sent=100, gave_up=0, confirmed=100)
        tally(make_letter(), 0, signed=7, sent=7, gave_up=7, confirmed=7)
        page = read(owner, letter)
    _, *rows, together = table(page, "From signing to counting")
    assert len(rows) == 14
    assert rows[0][1:] == ["10", "9", "1", "6"] and rows[-1][1:] == ["30", "28", "2", "24"]
    assert together[1:] == ["40", "37", "3", "30"]
    assert "Of 40 who signed in these days, 30 confirmed (75%). 3 emails could not be delivered." in words(page)


@ON_SQLITE
def test_more_confirmed_than_signed_is_no_riddle(owner: Reader, letter: Letter) -> None:
    tally(letter, 1, signed=2, confirmed=5)
    assert "2 signed in these days and 5 confirmed, some of whom signed earlier." in words(read(owner, letter))
