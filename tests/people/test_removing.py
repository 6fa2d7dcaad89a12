"""An attested first signatory is taken back before publication, without a trace that readers could find."""

from collections.abc import Callable
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm.exc import ObjectDeletedError

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_signature, owner_of, posted
from tests.page import Reader, listed
from tests.people.first import called
from tests.turns import take_turns
from tribune.audit.models import Event, Verb
from tribune.database import db, now, write
from tribune.letters.life import publish
from tribune.letters.models import Letter
from tribune.outbox.mailboxes import mailbox_key
from tribune.people.actions import correct, shown_as, words_of
from tribune.people.adding import add
from tribune.people.queries import last_correction, places
from tribune.people.removing import StaysOnRecord, remove
from tribune.reading.people import read_people
from tribune.signatures.counting import recount
from tribune.signatures.models import Signature
from tribune.teams.models import Role

FIRST = "Ana Blanc, maire (Lyon)\nCléo Roi et Dan Sue, fondateurs de Ruche\nÈve Caron"


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_letter(slug="rues", first=FIRST, published=False)


def address(signature: Signature) -> str:
    return f"/manage/letters/{signature.letter_id}/signatures/{signature.public_id}"


def test_the_row_goes_and_the_number_and_the_order_follow(client: Reader, letter: Letter) -> None:
    ana = called("Ana")
    number = ana.id
    assert remove(ana, by=owner_of(letter)) == "Ana Blanc, maire (Lyon)"
    assert letter.attested_count == 3 and recount(letter) == (0, 0)
    assert [place.position for place in places(letter)] == [1, 1, 2]
    event = db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event and (event.verb, event.signature_id) == (Verb.FIRST_SIGNATORY_REMOVED, number)
    assert event.subject == "Ana Blanc, maire (Lyon)"
    publish(letter)
    for path in ("", "/signatories", "/signatories.csv", "/versions", "/versions/1", "/organisations.json?q=L"):
        answer = client.get(f"/letters/rues{path}").text
        assert "Blanc" not in answer and "Lyon" not in answer


def test_who_is_removed_twice_at_once_is_subtracted_once_and_nobody_as_the_letter_appears(
    app: Flask, letter: Letter
) -> None:
    def act(do: Callable[[Signature], object], number: int) -> None:
        do(db.session.get_one(Signature, number))

    def take_off(signature: Signature) -> None:
        remove(signature, by=owner_of(signature.letter))

    def too_late(signature: Signature) -> None:
        with pytest.raises((ObjectDeletedError, StaysOnRecord)):
            take_off(signature)

    firsts = {"Ana": take_off, "Ève": lambda signature: publish(signature.letter)}
    for number, first in [(called(name).id, first) for name, first in firsts.items()]:
        take_turns(app, partial(act, first, number), partial(act, too_late, number), 1)
    letter = db.session.query(Letter).one()
    assert letter.is_published and (letter.attested_count, recount(letter)) == (3, (0, 0))


@ON_SQLITE
def test_whoever_shared_the_line_keeps_it(client: Reader, letter: Letter) -> None:
    remove(called("Cléo"), by=owner_of(letter))
    publish(letter)
    lines = ["Ana Blanc, maire (Lyon)", "Dan Sue, fondateurs de Ruche", "Ève Caron"]
    assert listed(client.get("/letters/rues").text) == lines


def test_a_held_one_is_not_subtracted_twice(letter: Letter) -> None:
    ana = called("Ana")
    with write():
        ana.held_at, ana.counted_at, letter.attested_count = now(), None, 3
    remove(ana, by=owner_of(letter))
    assert recount(letter) == (0, 0)


@ON_SQLITE
def test_who_signed_themselves_and_whom_readers_saw_stays(letter: Letter) -> None:
    dan = called("Dan")
    with write():
        dan.confirmed_at = now()
    for theirs in (make_signature(letter, position=9), make_signature(letter, confirmed=False), dan):
        with pytest.raises(StaysOnRecord):
            remove(theirs, by=owner_of(letter))
    publish(letter)
    with pytest.raises(StaysOnRecord):
        remove(called("Ana"), by=owner_of(letter))
    assert letter.attested_count == 4


@ON_SQLITE
def test_it_is_done_from_the_page_of_the_signature_after_reading_what_it_means(client: Reader, letter: Letter) -> None:
    client.log_in(make_member(letter, Role.EDITOR))
    ana = called("Ana")
    path = address(ana)
    assert f'href="{path}/remove"' in client.get(path).text
    page = client.get(f"{path}/remove?lang=en").text
    assert "This cannot be undone" in page and called("Ana")
    assert " data-once>" in page  # a second press would find nothing there
    answer = client.post(f"{path}/remove", data=client.fields(f"{path}/remove"))
    assert (answer.status_code, answer.location) == (303, f"/manage/letters/{letter.id}/first")
    shown = client.get(answer.location).text
    assert 'role="status">' in shown and "Ana Blanc" in shown  # it says who was removed, once
    assert "Ana Blanc" not in client.get(answer.location).text
    assert client.get(path).status_code == 404


def test_after_publication_the_page_leads_to_what_can_be_undone(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    path = address(called("Ana"))
    fields = client.fields(f"{path}/remove")
    publish(letter)
    assert f'href="{path}/remove"' not in client.get(path).text
    for answer in (client.get(f"{path}/remove?lang=en"), client.post(f"{path}/remove?lang=en", data=fields)):
        assert "batches/hold" in answer.text or "verb=hold" in answer.text or "/hold" in answer.text
        assert "Readers have seen this name" in answer.text
    assert called("Ana").counted_at


def test_who_is_added_again_has_no_correction_of_before(client: Reader, letter: Letter) -> None:
    eve, owner = called("Ève"), owner_of(letter)
    words = {**words_of(eve), "family_name": "Carron"}
    correct(eve, by=owner, words=words, reason="Une coquille.", seen_as=shown_as(eve))
    remove(eve, by=owner)
    add(letter, read_people("Ève Carron").people, by=owner)
    assert last_correction(called("Ève")) is None


def test_no_mail_leaves_about_a_line_that_is_gone_and_all_others_do(letter: Letter) -> None:
    eve, elsewhere = called("Ève"), make_signature(make_letter())
    people = {eve: "eve@example.org", called("Ana"): "ana@example.org", elsewhere: "eve@example.org"}
    with write():
        for each, email in people.items():
            each.email, each.mailbox_key = email, mailbox_key(email)
    for each in people:
        words = {**words_of(each), "role": "adjointe"}
        correct(each, by=owner_of(each.letter), words=words, reason="Une coquille.", seen_as=shown_as(each))
    assert [mail.kind for mail in posted()] == ["corrected"] * 3
    remove(eve, by=owner_of(letter))
    left = [(mail.recipient, mail.about) for mail in posted()]
    assert left == [("ana@example.org", letter.id), ("eve@example.org", elsewhere.letter_id)]
