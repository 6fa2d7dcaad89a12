"""The moment at which a letter closes by itself: kept, dropped and moved only by who is told."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, owner_of
from tests.page import Reader, words
from tests.writing.writer import begin, edit_page
from tribune.audit.models import Event
from tribune.database import db, now, write
from tribune.invitations.announcing import launch
from tribune.letters import life
from tribune.letters.models import Letter

PAST = datetime(2026, 6, 1, 10, tzinfo=UTC)


@pytest.fixture
def closed(app: Flask) -> Letter:
    """It closed by itself, in Paris."""
    return make_letter(contact="a@example.org", closes_at=PAST)


def verbs(letter: Letter) -> list[str]:
    return list(db.session.scalars(sa.select(Event.verb).where(Event.letter_id == letter.id).order_by(Event.id)))


def save(client: Reader, letter: Letter, **typed: str):  # type: ignore[no-untyped-def]
    client.log_in(owner_of(letter))
    return client.post(edit_page(letter) + "?lang=en", data={**begin(client, letter), **typed})


@ON_SQLITE
def test_a_draft_whose_end_has_passed_says_that_it_would_stay_open(client: Reader) -> None:
    letter = make_letter(published=False, contact="a@example.org", closes_at=PAST)
    client.log_in(owner_of(letter))
    assert "the letter stays open until you close it" in client.get(f"/manage/letters/{letter.id}/publish?lang=en").text
    launch(letter)
    assert letter.is_open and letter.closes_at is None
    assert verbs(letter)[-2:] == ["letter_edited", "letter_published"]


@ON_SQLITE
def test_one_to_come_is_shown_without_a_word(client: Reader) -> None:
    letter = make_letter(published=False, contact="a@example.org", closes_at=now() + timedelta(days=1))
    client.log_in(owner_of(letter))
    assert (
        "the letter stays open until you close it"
        not in client.get(f"/manage/letters/{letter.id}/publish?lang=en").text
    )


@ON_SQLITE
def test_who_would_close_it_before_it_is_published_reads_when_that_is(client: Reader) -> None:
    with time_machine.travel(PAST):
        letter = make_letter(published=False, contact="a@example.org")
        life.publish(letter, at=PAST + timedelta(days=10))
        for end in ("2026-06-05T10:00", "2026-06-11T12:00"):
            answer = save(client, letter, closes_at=end)
            assert answer.status_code == 422 and letter.closes_at is None
            said = "It is to be published on 11 Jun 2026, 12:00 (Paris time): choose a moment after that."
            assert said in answer.text


def test_another_time_zone_moves_no_end_that_has_passed(client: Reader, closed: Letter) -> None:
    assert save(client, closed, timezone="America/Martinique").status_code == 303
    assert (closed.timezone, closed.closes_at, closed.state) == ("America/Martinique", PAST, "closed")


@pytest.mark.parametrize("end", ["2099-01-01T10:00", ""])
def test_who_opens_it_again_by_its_end_is_told_so_and_the_log_too(client: Reader, closed: Letter, end: str) -> None:
    assert save(client, closed, closes_at=end).status_code == 303
    assert closed.is_open and verbs(closed)[-2:] == ["letter_edited", "letter_reopened"]
    said = "Open again: the letter is collecting signatures."
    assert said in client.get(edit_page(closed) + "?lang=en").text
    assert save(client, closed, goal="12").status_code == 303  # nor is it told twice
    assert verbs(closed)[-1] == "letter_edited" and said not in client.get(edit_page(closed) + "?lang=en").text


def test_what_was_closed_by_hand_stays_so(client: Reader) -> None:
    letter = make_letter(contact="a@example.org")
    life.close(letter)
    assert save(client, letter, closes_at="2099-01-01T10:00").status_code == 303
    assert letter.state == "closed" and verbs(letter)[-1] == "letter_edited"


@ON_SQLITE
def test_readers_are_told_until_when_they_can_sign(client: Reader) -> None:
    letter, until = make_letter(slug="rues"), "Signatures until"
    assert until not in client.get("/letters/rues?lang=en").text
    for closes_at, said in (
        (datetime(2099, 12, 31, 17, tzinfo=UTC), "Thursday 31 December 2099 at 18:00 (Paris time)"),
        (datetime(9999, 12, 31, 23, 30, tzinfo=UTC), None),  # by an older version; in the year 10000 in Paris
    ):
        with write():
            letter.closes_at = closes_at
        answer = client.get(f"/letters/rues?lang=en&n={closes_at.year}")
        page = words(answer.text)
        assert answer.status_code == 200 and (f"{until} {said}" in page if said else until not in page)
    client.log_in(owner_of(letter))
    assert client.get(f"/manage/letters/{letter.id}/close").status_code == 200
    life.close(letter)
    assert until not in client.get("/letters/rues?lang=en").text
