"""The desk: one letter at a glance, in numbers that are right, for whoever is in its team."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    latest_signature,
    make_letter,
    make_member,
    make_signature,
    owner_of,
)
from tests.page import Reader
from tests.threads import at_once
from tribune.database import db, hour_of, now, write
from tribune.desk import queries
from tribune.letters.models import Letter
from tribune.mine.erasing import erase
from tribune.outbox.models import MailTally, Message
from tribune.signatures.actions import confirm, sign
from tribune.signatures.flags import KINDS
from tribune.signatures.models import Flag, Tally
from tribune.teams.models import Role

CONTENT = {"given_name": "Zoé", "family_name": "Évrard", "role": "", "organisation": "", "capacity": "personal",
           "published": True, "news": False, "wording": ""}  # fmt: skip
NOON = (now() + timedelta(days=1)).replace(hour=12, minute=30)  # far from midnight, wherever, and after the log-in


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues")


@pytest.fixture
def owner(client: Reader, letter: Letter) -> Reader:
    """The browser of its owner."""
    client.log_in(owner_of(letter))
    return client


def read(browser: Reader, letter: Letter, asked: str = "?lang=en") -> str:
    """The desk, as HTML."""
    answer = browser.get(f"/manage/letters/{letter.id}{asked}")
    assert answer.status_code == 200
    return answer.text


def words(html: str) -> str:
    """What is read, in order."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def table(html: str, caption: str) -> list[list[str]]:
    """The rows of the table in the region of that name."""
    region = html[html.index(f'aria-label="{caption}"') :]
    rows = re.findall(r"<tr>(.*?)</tr>", region[: region.index("</table>")], re.DOTALL)
    return [re.findall(r">([^<>\n]+)</t(?:h|d|ime)>", row) for row in rows]


def tally(letter: Letter, hours_ago: float, **counts: int) -> None:
    """So many of each in the hour that was then."""
    hour = hour_of(now() - timedelta(hours=hours_ago))
    mails = {name: counts.pop(name) for name in ("sent", "gave_up") if name in counts}
    with write() as session:
        session.add(Tally(letter_id=letter.id, hour=hour, **counts))
        session.add(MailTally(about=letter.id, hour=hour, **mails))


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
    ({"published": False}, "A draft: nobody but your team sees it yet.", "/publish"),
    ({"published": False, "published_at": now() + timedelta(days=2)}, "It will publish itself on", "/publish"),
    ({"slug": "ici"}, "It takes signatures. Share its address: http://localhost/letters/ici", None),
    ({"closes_at": now() + timedelta(days=2)}, "It takes signatures until", None),
    ({"closed_at": now()}, "It closed on", "/files"),
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
    assert svg.count("<rect") == 2
    assert "21 in all; the most, 20, on" in words(svg)
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


def test_numbers_of_another_letter_are_not_among_them(owner: Reader, letter: Letter) -> None:
    other = make_letter(owner_of(letter))
    tally(other, 1, signed=9, sent=9, confirmed=9)
    person = make_signature(other, organisation="Rivages", held_at=now())
    make_signature(other, confirmed=False)
    with write() as session:
        session.add(Flag(letter_id=other.id, signature_id=person.id, kind="joke"))
    sign(other, email="zoe@example.org", **CONTENT)
    text = words(read(owner, letter))
    assert "Nobody has confirmed in these days." in text and "Évrard" not in text
    assert "Waiting to be confirmed 0" in text and "To look at" not in text


def test_what_waits_to_be_looked_at_is_counted_by_kind(owner: Reader, letter: Letter) -> None:
    people = [make_signature(letter) for _ in range(4)]
    make_signature(letter, confirmed=False, held_at=now())
    with write() as session:
        for person in people[:3]:
            session.add(Flag(letter_id=letter.id, signature_id=person.id, kind="joke"))
        session.add(Flag(letter_id=letter.id, signature_id=people[3].id, kind="burst"))
        session.add(Flag(letter_id=letter.id, signature_id=people[0].id, kind="same_person", cleared_at=now()))
    page = read(owner, letter)
    assert "To look at Joke names 3 Many at once from one place 1 Held, not counted 1" in words(page)
    assert f"/manage/letters/{letter.id}/review?kind=joke" in page


def test_mails_that_wait_are_told_with_the_age_of_the_oldest(owner: Reader, letter: Letter) -> None:
    for number in range(3):
        sign(letter, email=f"person{number}@example.org", **CONTENT)
    with time_machine.travel(now() + timedelta(minutes=7, seconds=1), tick=False):
        assert "still to leave 3 the oldest for 7 minutes" in words(read(owner, letter))
        with write() as session:
            session.execute(sa.update(Message).values(sent_at=now()))
        assert "still to leave" not in words(read(owner, letter))


def test_the_latest_names_are_printed_lines(owner: Reader, letter: Letter) -> None:
    for number in range(12):
        moment = now() - timedelta(minutes=20 - number)
        make_signature(letter, family_name=f"N{number:02}", role="maire", organisation="Nantes", at=moment)
    make_signature(letter, family_name="Discrète", published=False)
    page = read(owner, letter)
    listed = re.findall(r'<b class="name">(.*?)</b>([^<]*)', page)
    assert listed == [(f"Zoé N{number:02}", ", maire (Nantes)") for number in reversed(range(2, 12))]


def test_somebody_who_is_erased_while_the_desk_is_made_is_no_error(app: Flask, owner: Reader, letter: Letter) -> None:
    links = [(s.id, s.link_nonce) for s in (make_signature(letter, organisation="Rivages") for _ in range(2))]

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "signatures.id IN" in statement and links:
            both, links[:] = list(links), []
            at_once(app, [partial(erase, *link) for link in both])

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        read(owner, letter)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert links == [] and "Rivages" not in read(owner, letter)


def test_the_top_organisations_are_grouped_as_they_are_printed(owner: Reader, letter: Letter) -> None:
    spelled = ["CNRS", "C.N.R.S", "cnrs", "Rivages", "Rivages", "Seule", ""]
    with write():
        for place, name in enumerate(spelled):
            make_signature(letter, organisation=name, at=now() - timedelta(minutes=place))
        hidden = make_signature(letter, organisation="Rivages")
        hidden.hidden_at = now()
        merged = make_signature(letter, organisation="C. N. R. S.", at=now() - timedelta(hours=1))
        merged.printed_organisation, merged.organisation_key = "CNRS", "cnrs"
    page = read(owner, letter)
    found = dict(re.findall(r"organisation=[^>]*>([^<]+)</a>\s*<b>(\d+)</b>", page))
    assert found == {"CNRS": "3", "Rivages": "2"}
    assert "among the 1,000 latest names" in words(page)


def test_beyond_what_is_counted_it_says_more_than(
    owner: Reader, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNTED_TO", 3)
    for _ in range(3):
        make_signature(letter, confirmed=False)
    assert "Waiting to be confirmed 3" in words(read(owner, letter))
    make_signature(letter, confirmed=False)
    assert "Waiting to be confirmed more than 3" in words(read(owner, letter))


@ON_SQLITE
def test_a_viewer_reads_the_desk_and_no_address(app: Flask, client: Reader, letter: Letter) -> None:
    sign(letter, email="secret@example.org", **CONTENT)
    signature = latest_signature()
    confirm(signature.id, signature.link_nonce)
    client.log_in(make_member(letter, Role.VIEWER))
    page = read(client, letter)
    assert "Zoé Évrard" in page and "secret@" not in page


def plans(ask: Callable[[], object]) -> str:
    """How the database answers what is asked, were its tables large."""
    asked: list[str] = []
    explain = "EXPLAIN " if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    if explain == "EXPLAIN ":
        db.session.execute(sa.text("SET LOCAL enable_seqscan = off"))

    def explained(
        connection: sa.Connection, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool
    ) -> None:
        if not statement.startswith(explain) and "SELECT" in statement:
            asked.extend(str(row) for row in connection.exec_driver_sql(explain + statement, values))

    sa.event.listen(db.engine, "before_cursor_execute", explained)
    try:
        ask()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", explained)
    return "\n".join(asked)


def test_nothing_is_counted_by_reading_every_signature(letter: Letter) -> None:
    found = plans(lambda: queries.counts(letter))
    for index in ("ix_signatures_pending", "ix_signatures_held", "ix_flags_open"):
        assert index in found
    assert found.count("ix_flags_open") == len(KINDS)
    assert "ix_messages_waiting" in plans(lambda: queries.waiting_mails(letter))
    assert "ix_signatures_recent" in plans(lambda: queries.latest(letter))
    assert "ix_signatures_recent" in plans(lambda: queries.top_organisations(letter))
