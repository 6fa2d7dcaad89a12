"""The desk on the people of this letter alone: who waits, who is to be looked at, who came last."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.desk.desk import plans, read, tally
from tests.factories import make_letter, make_signature, owner_of
from tests.page import Reader, words
from tests.statements import listening
from tests.threads import at_once
from tribune.database import now, write
from tribune.desk import queries
from tribune.letters.models import Letter
from tribune.mine.erasing import erase
from tribune.outbox.models import Message
from tribune.signatures.actions import sign
from tribune.signatures.flags import KINDS
from tribune.signatures.models import Flag

CONTENT = {"given_name": "Zoé", "family_name": "Évrard", "role": "", "organisation": "", "capacity": "personal",
           "published": True, "news": False, "wording": ""}  # fmt: skip


def test_numbers_of_another_letter_are_not_among_them(owner: Reader, letter: Letter) -> None:
    other = make_letter(owner_of(letter))
    tally(other, 1, signed=9, sent=9, confirmed=9)
    person = make_signature(other, organisation="Rivages", held_at=now())
    make_signature(other, confirmed=False)
    make_signature(other)
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
    assert "To look at Jokes and insults 3 Many at once from one source 1 Held, not counted 1" in words(page)
    assert f"/manage/letters/{letter.id}/review?kind=joke" in page


def test_mails_that_wait_are_told_with_the_age_of_the_oldest(owner: Reader, letter: Letter) -> None:
    for number in range(3):
        sign(letter, email=f"person{number}@example.org", **CONTENT)
    with time_machine.travel(now() + timedelta(minutes=7, seconds=1), tick=False):
        assert "still to be sent 3 the oldest for 7 minutes" in words(read(owner, letter))
        with write() as session:
            session.execute(sa.update(Message).values(sent_at=now()))
        assert "still to be sent" not in words(read(owner, letter))


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
            with app.app_context():  # apart from the session of the page
                at_once(app, [partial(erase, *link) for link in both])

    with listening("before_cursor_execute", note):
        read(owner, letter)
    assert links == [] and "Rivages" not in read(owner, letter)


def test_the_top_organisations_are_grouped_as_they_are_printed(owner: Reader, letter: Letter) -> None:
    spelled = ["CNRS", "C.N.R.S", "cnrs", "Ailleurs", "Ailleurs", "Seule", ""]
    with write():
        for place, name in enumerate(spelled):
            make_signature(letter, organisation=name, at=now() - timedelta(minutes=place))
        hidden = make_signature(letter, organisation="Ailleurs")
        hidden.hidden_at = now()
        merged = make_signature(letter, organisation="C. N. R. S.", at=now() - timedelta(hours=1))
        merged.printed_organisation, merged.organisation_key = "CNRS", "cnrs"
    page = read(owner, letter)
    found = re.findall(r"organisation=[^>]*>([^<]+)</a>\s*<b>(\d+)</b>", page)
    assert found == [("CNRS", "3"), ("Ailleurs", "2")]
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


def test_nothing_is_counted_by_reading_every_signature(letter: Letter) -> None:
    found = plans(lambda: queries.counts(letter))
    for index in ("ix_signatures_pending", "ix_signatures_held", "ix_flags_open"):
        assert index in found
    assert found.count("ix_flags_open") == len(KINDS)
    assert "ix_messages_waiting" in plans(lambda: queries.waiting_mails(letter))
    assert "ix_signatures_recent" in plans(lambda: queries.latest(letter))
    assert "ix_signatures_recent" in plans(lambda: queries.top_organisations(letter))
