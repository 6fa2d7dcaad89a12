"""When names go, nobody is named any more, in no output, row or byte, and the number stays."""

import io
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from pypdf import PdfReader

from tests.asking.again import agree, ask
from tests.factories import (
    make_correction,
    make_invited,
    make_letter,
    make_message,
    make_signature,
    mine_path,
    owner_of,
)
from tests.mine.outputs import files, readers, where
from tests.page import Reader
from tests.retention.forgetful import SOON, closed, names_go, ran, rows, with_a_past
from tests.traces import MARKS, in_the_files, someone, traces
from tribune.asking.queries import answers
from tribune.audit.models import NAMING, Event, Verb
from tribune.database import db, is_postgresql, now, write
from tribune.invitations.models import Invitation
from tribune.letters.life import close, publish
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.moderation.actions import NobodyConcerned, advance, start
from tribune.moderation.models import Batch, BatchRow
from tribune.outbox.models import Message
from tribune.people import first
from tribune.retention import periods
from tribune.retention.forgetting import NOBODY
from tribune.signatures.counting import recount
from tribune.signatures.models import Erasure, Flag, Merge, Signature
from tribune.statements import there_is

# Of a row that names nobody any more: what it is about, and what happened when. The others are made anew.
REMAINS = {
    "id", "letter_id", "letter_version", "origin", "locale", "wording", "signed_at", "confirmed_at", "attested_at",
    "held_at", "hidden_at", "counted_at", "withdrawn_at", "reminded_at", "disagreed_at",
}  # fmt: skip
ANEW = {"public_id", "link_nonce", "anonymised_at"}


def test_names_go_everywhere_and_the_number_stays(app: Flask, client: Reader, letter: Letter) -> None:
    signature = with_a_past(letter)
    nonce, public_id, number = signature.link_nonce, signature.public_id, signature.id
    path, counts = mine_path(signature), (letter.confirmed_count, letter.attested_count)
    assert traces(*MARKS) == set(MARKS) and counts == (1, 2)
    closed(letter)
    day = names_go(letter)
    assert ran(day - SOON)["names"] == 0 and signature.family_name
    assert ran(day)["names"] == 4
    db.session.expire_all()
    assert (letter.confirmed_count, letter.attested_count) == counts and recount(letter) == (0, 0)
    assert traces(*MARKS) == set() and rows(Flag) == rows(Invitation) == rows(BatchRow) == 0 and rows(Signature) == 3
    assert not there_is(Event.signature_id.is_not(None))
    assert there_is(Event.verb == Verb.LETTER_CLOSED, Event.subject == letter.version.title)
    assert signature.link_nonce != nonce and signature.public_id != public_id and signature.counted_at
    if not is_postgresql():
        assert in_the_files() == set()
    with time_machine.travel(day, tick=False):
        assert client.get(path).status_code == 410
        public = readers(client, letter)
        assert "1 signature confirmée" in public[""] and len(public["/signatories.csv"].splitlines()) == 1
        assert where(MARKS[1], public, files(app, letter)) == where("Deux", public, files(app, letter)) == set()
        assert {len(text.splitlines()) for status, text in files(app, letter).items() if status != "xlsx"} == {1}
        assert "Personne ne figure dans cette liste" in public["/signatories"]
        for page in ("", "/signatories", "/signatories?q=Deux"):
            assert "Les noms ont été supprimés" in client.get(f"/letters/{letter.slug}{page}").text
        client.log_in(owner_of(letter))
        base = f"/manage/letters/{letter.id}"
        for page in ("", "/signatures", "/signatures?sort=surname", "/press", "/first", "/files", "/log", "/review"):
            answer = client.get(base + page)
            assert answer.status_code == 200 and MARKS[1] not in answer.text, page
            assert signature.public_id not in answer.text, page
        assert "ne nomment plus personne" in client.get(f"{base}/signatures").text
        assert client.get(f"{base}/signatures/{signature.public_id}").status_code == 404
        pdf = PdfReader(io.BytesIO(client.get(f"{base}/letter.pdf").data))
        assert "Deux" not in "".join(page.extract_text() for page in pdf.pages)
        assert "restent comptées" in client.get(f"{base}/files").text
    assert number == signature.id


def test_a_row_that_names_nobody_keeps_nothing_that_its_owner_typed() -> None:
    columns = {column.key for column in sa.inspect(Signature).columns}
    assert columns == {*NOBODY} | REMAINS | ANEW, "a new column goes with the names: forgetting.py: NOBODY"


def test_words_about_people_go_when_no_signature_names_anybody_any_more(letter: Letter) -> None:
    closed(letter, names_kept_months=0)
    day, other = names_go(letter), make_letter()
    corrected = Event(letter_id=other.id, team_id=other.team_id, verb=Verb.SIGNATURE_CORRECTED, subject="Ada")
    batch = Batch(letter_id=other.id, verb="hide", reason="Ada", choice={"q": "Ada"}, up_to_id=0)
    merge = Merge(letter_id=other.id, from_key="ada", into="Ada")
    with write() as session:
        session.add_all([corrected, batch, merge])
        signature = make_signature(other)
        make_invited(other)
        make_message("ada@example.org").about = letter.id
    assert ran(day)["words"] == 1 and not there_is(Message.about.is_not(None))
    assert ran(day)["words"] == 0
    with write():
        make_invited(letter, family_name=MARKS[1]).accepted_at = now()
    assert ran(day)["words"] == 1 and traces(*MARKS) == set()
    for row in (
        Merge(letter_id=letter.id, from_key="ruche d'or", into=MARKS[4]),
        Batch(letter_id=letter.id, verb="hide", reason=f"Demandé par {MARKS[1]}", choice={}, up_to_id=0),
        Batch(letter_id=letter.id, verb="hide", choice={"q": MARKS[1]}, up_to_id=0),
        Event(letter_id=letter.id, team_id=letter.team_id, verb=Verb.SIGNATURE_CORRECTED, subject=MARKS[1]),
        Event(letter_id=letter.id, team_id=letter.team_id, verb=Verb.LINE_REWORDED, details={"to": MARKS[1]}),
        Event(letter_id=letter.id, team_id=letter.team_id, verb=Verb.SIGNATURE_CORRECTED, details={"x": [MARKS[1]]}),
        Event(letter_id=letter.id, team_id=letter.team_id, verb=Verb.CONFIRMATION_RESENT, signature_id=5),
        Event(letter_id=letter.id, team_id=letter.team_id, verb=Verb.EXPORTED, details={"purpose": MARKS[1]}),
    ):
        with write() as session:
            session.add(row)
        assert ran(day)["words"] == 1 and traces(*MARKS) == set(), row
        assert ran(day)["words"] == 0, row
    assert not there_is(Event.signature_id.is_not(None))
    assert (corrected.subject, batch.reason, merge.into) == ("Ada", "Ada", "Ada")
    assert rows(Invitation) == 1 and signature.anonymised_at is None


def test_the_log_keeps_which_file_was_taken_once_nobody_is_named_in_it(client: Reader, letter: Letter) -> None:
    closed(letter)
    day = names_go(letter)
    assert ran(day)["names"] > 0
    client.log_in(owner_of(letter))
    assert client.get(f"/manage/letters/{letter.id}/letter.pdf").status_code == 200
    assert ran(day)["words"] == 0
    assert db.session.scalars(sa.select(Event).where(Event.verb == Verb.EXPORTED)).one().details["what"] == "pdf"


def test_what_else_came_in_goes_with_the_names_where_nothing_but_them_names_anybody(app: Flask) -> None:
    letter = make_letter()
    signature = make_signature(letter)
    closed(letter)
    with write() as session:
        make_message("ada@example.org").about = letter.id
        session.add(Batch(letter_id=letter.id, verb="hide", choice={"ids": [signature.id]}, up_to_id=signature.id))
    assert not there_is(Event.verb.in_(NAMING)) and ran(names_go(letter))["words"] == 1
    assert not there_is(Message.about.is_not(None))
    assert db.session.scalars(sa.select(Batch.choice)).one() == {"ids": []}


def test_that_people_were_asked_about_a_text_is_still_known(letter: Letter) -> None:
    signature = make_signature(letter)
    make_correction(letter, substance=True)
    batch = ask(letter)
    agree(signature)
    assert answers(letter, [batch]) == (1, 0, 2, 0, 0, 0)
    closed(letter)
    ran(names_go(letter))
    db.session.expire_all()
    assert batch.choice == {"version": 2} and answers(letter, [batch]) == (0, 0, 0, 0, 0, 3)


def test_organisers_may_have_names_go_sooner_but_never_before_the_last_confirmations(letter: Letter) -> None:
    make_signature(letter)
    end = closed(letter, names_kept_months=0)
    assert ran(end + timedelta(hours=71))["names"] == 0
    assert ran(end + timedelta(hours=72))["names"] == 3


def test_who_left_shortly_before_the_names_go_is_brought_back_by_no_backup(letter: Letter) -> None:
    signature = make_signature(letter)
    public_id = signature.public_id
    withdraw(signature.id, signature.link_nonce)
    assert ran(closed(letter, names_kept_months=0) + timedelta(hours=72))["names"] == 3
    assert rows(Signature) == 2 and db.session.get(Erasure, public_id)


def test_nor_do_names_stay_however_many_left_shortly_before(letter: Letter) -> None:
    with write():
        for _ in range(200):
            make_signature(letter, confirmed=False, confirmed_at=now(), withdrawn_at=now())
    assert ran(closed(letter, names_kept_months=0) + timedelta(hours=72))["names"] == 202
    assert rows(Signature) == 2


def test_a_letter_opened_again_afterwards_takes_signatures_and_loses_them_in_its_turn(
    client: Reader, letter: Letter
) -> None:
    closed(letter)
    day = names_go(letter)
    ran(day)
    with time_machine.travel(day, tick=False):
        publish(letter)
        newcomer = someone(letter)
        assert MARKS[1] in client.get("/letters/rues").text
        first.set_first(letter, newcomer, True, by=owner_of(letter))
        batch = start(letter, by=owner_of(letter), verb="hide", choice={}, reason="Tous", tells=False)
        advance(batch, 60)
        assert batch.done == 1
        nobody = [
            row.id for row in db.session.scalars(sa.select(Signature).where(Signature.anonymised_at.is_not(None)))
        ]
        with pytest.raises(NobodyConcerned):
            start(letter, by=owner_of(letter), verb="hold", choice={"ids": nobody}, reason="Tous", tells=False)
        assert letter.confirmed_count + letter.attested_count == 3
    assert recount(letter) == (0, 0)
    with time_machine.travel(day + timedelta(days=1), tick=False):
        close(letter)
    assert ran(names_go(letter))["names"] == 1 and recount(letter) == (0, 0)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [("2026-08-31", 6, "2027-02-28"), ("2026-11-24", 0, "2026-11-24"), ("2026-12-01", 1, "2027-01-01")],
)
def test_months_are_those_of_the_calendar(day: str, months: int, then: str) -> None:
    assert periods.months_after(datetime.fromisoformat(day), months) == datetime.fromisoformat(then)
