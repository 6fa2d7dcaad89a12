"""The page that announces: who appears, the mail as it leaves, and what stands in the way."""

import re
from datetime import date
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_invited, owner_of, posted
from tests.letters.gathered import make_accepted, make_gathered, told
from tests.page import Reader, listed, words
from tribune.audit.models import Event, Verb
from tribune.database import db, now
from tribune.desk.queries import answers
from tribune.invitations.actions import attest
from tribune.invitations.announcing import launch
from tribune.invitations.queries import numbers
from tribune.invitations.sending import invite
from tribune.letters import actions
from tribune.letters.models import Letter
from tribune.outbox.actions import suppress
from tribune.people.first import move, set_section
from tribune.people.order import order_shown_as
from tribune.people.queries import places
from tribune.signatures.models import Signature

TYPED = {"outlet": "Mediapart", "outlet_url": "https://example.org/a", "printed_on": "2026-12-01", "when": "now"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_gathered()


def page_of(letter: Letter) -> str:
    return f"/manage/letters/{letter.id}/publish?lang=en"


def test_the_page_says_who_appears_and_how_many_are_told(client: Reader, letter: Letter) -> None:
    make_accepted(letter, "Ana")
    make_accepted(letter, "Quiet", accepted_at=None, signature_id=None)
    make_accepted(letter, "Forgotten", accepted_at=None, invited_at=None, signature_id=None)
    suppress(make_accepted(letter, "Gone", accepted_at=None, signature_id=None).mailbox_key or "")
    client.log_in(owner_of(letter))
    page = words(client.get(page_of(letter)).text)
    assert "2 people, 1 accepted themselves, 1 attested by you" in page
    assert "1 person was invited and has not answered" in page
    assert "1 person on your list has not been emailed an invitation yet: they will not be a first signatory" in page
    assert "1 person on your list cannot be emailed: ask them another way" in page
    assert "1 first signatory asked to be told by email" in page


def test_whoever_wants_no_more_emails_is_not_among_those_who_will_receive_it(client: Reader, letter: Letter) -> None:
    make_accepted(letter, "Ana")
    suppress(make_accepted(letter, "Blocked").mailbox_key or "")
    client.log_in(owner_of(letter))
    asked = words(client.post(page_of(letter), data={**client.fields(page_of(letter)), **TYPED}).text)
    assert "1 first signatory who asked to be told will then receive this email" in asked
    assert launch(letter) == 1


@ON_SQLITE
def test_the_mail_is_read_before_it_leaves(client: Reader, letter: Letter) -> None:
    make_accepted(letter, "Ana")
    client.log_in(owner_of(letter))
    fields = client.fields(page_of(letter))
    asked = client.post(page_of(letter), data={**fields, **TYPED})
    assert asked.status_code == 200 and (letter.state, letter.outlet, posted()) == ("draft", "", [])
    page = words(asked.text)
    assert (
        "1 first signatory who asked to be told will then receive this email" in page
        and "This cannot be undone" in page
    )
    assert "Mediapart" in page and "http://localhost/letters/secrete" in page and "ana@example.org" not in page
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", asked.text, re.DOTALL)
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    assert client.post(page_of(letter), data={**kept, "step": "launch"}).status_code == 303
    assert letter.state == "published" and (letter.outlet, letter.printed_on) == ("Mediapart", date(2026, 12, 1))
    assert told() == ["ana@example.org"]
    mailed = (posted()[0].text or "").replace("[[mine]]", "[personal link]")
    mailed = mailed.replace("[[not_me]]", "[link to receive no more emails]")
    assert shown and unescape(shown[1]).strip() == mailed.strip()
    assert "1 person is told by email." in words(client.get(page_of(letter)).text)
    client.post(page_of(letter), data={**kept, "step": "launch"})
    assert told() == ["ana@example.org"]
    log = db.session.scalars(sa.select(Event.verb).where(Event.letter_id == letter.id).order_by(Event.id)).all()
    assert log[-2:] == [Verb.LETTER_EDITED, Verb.LETTER_PUBLISHED]


@ON_SQLITE
def test_a_mail_that_would_say_something_else_of_the_newspaper_is_read_again(client: Reader, letter: Letter) -> None:
    make_accepted(letter, "Ana")
    client.log_in(owner_of(letter))
    begun = {**client.fields(page_of(letter)), **TYPED}
    asked = client.post(page_of(letter), data=begun)
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    actions.tell_where_printed(letter, None, outlet="Le Monde", outlet_url="", printed_on=None)
    for typed in ({**kept, "step": "launch"}, begun):
        assert client.post(page_of(letter), data=typed).status_code == 409
    assert (letter.state, letter.outlet, posted()) == ("draft", "Le Monde", [])


def test_a_moment_to_come_is_read_first_too_and_tells_nobody_yet(client: Reader, letter: Letter) -> None:
    make_accepted(letter, "Ana")
    client.log_in(owner_of(letter))
    typed = {**TYPED, "when": "later", "day": "2097-12-01", "hour": "06:00"}
    asked = client.post(page_of(letter), data={**client.fields(page_of(letter)), **typed})
    assert "On 1 Dec 2097, 06:00 (Paris time), the letter" in words(asked.text)
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    assert client.post(page_of(letter), data={**kept, "step": "launch"}).status_code == 303
    assert letter.state == "scheduled" and posted() == [] and letter.outlet == "Mediapart"


@ON_SQLITE
def test_where_nobody_asked_one_press_is_enough(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    answer = client.post(page_of(letter), data={**client.fields(page_of(letter)), **TYPED})
    assert answer.status_code == 303 and letter.state == "published" and letter.outlet == "Mediapart"


WRONG = {
    "an address without the newspaper": {"outlet": ""},
    "no address": {"outlet_url": "mediapart"},
    "a script": {"outlet_url": "javascript:alert(1)"},
    "no day": {"printed_on": "demain"},
    "a name that is too long": {"outlet": "x" * 101},
}


@ON_SQLITE
def test_what_cannot_be_printed_is_refused_and_kept(client: Reader, letter: Letter) -> None:
    client.log_in(owner_of(letter))
    fields = client.fields(page_of(letter))
    for case, typed in WRONG.items():
        answer = client.post(page_of(letter), data={**fields, **TYPED, **typed})
        assert answer.status_code == 422 and letter.state == "draft" and "Please correct" in answer.text, case
        assert all(f'value="{value}"' in answer.text for value in typed.values()), case


def test_who_edits_the_letter_meanwhile_is_told(letter: Letter) -> None:
    before = letter.revision
    actions.tell_where_printed(letter, None, outlet="", outlet_url="", printed_on=None)
    assert letter.revision == before
    actions.tell_where_printed(letter, None, outlet="Mediapart", outlet_url="", printed_on=None)
    assert letter.revision == before + 1


def test_the_desk_says_until_when_and_who_answered(client: Reader, letter: Letter) -> None:
    make_accepted(letter, "Ana")
    make_accepted(letter, "No", accepted_at=None, declined_at=now(), signature_id=None)
    make_accepted(letter, "Quiet", accepted_at=None, signature_id=None)
    make_accepted(letter, "New", accepted_at=None, invited_at=None, signature_id=None)
    make_accepted(make_gathered(slug="autre"), "Other")
    client.log_in(owner_of(letter))
    desk = f"/manage/letters/{letter.id}?lang=en"
    page = words(client.get(desk).text)
    assert "Under embargo until it is published." in page
    assert "Have accepted 1 Have declined 1 No answer yet 1 Not asked yet 1" in page
    launch(letter)
    assert "embargo" not in client.get(desk).text


def test_who_wants_no_mail_is_not_said_to_be_still_unasked(client: Reader, letter: Letter) -> None:
    asked = make_invited(letter)
    invite(letter, [asked.id], by=owner_of(letter))
    suppress(asked.mailbox_key or "")
    client.log_in(owner_of(letter))
    page = words(client.get(f"/manage/letters/{letter.id}?lang=en").text)
    assert "No answer yet 0 Not asked yet 0 Out of reach by email 1" in page


def test_the_order_of_a_draft_is_that_of_its_preview_then_of_the_page_the_list_and_the_file(client: Reader) -> None:
    letter = make_gathered(first="Léa Bon, maire\nCléo Roi et Dan Sue, fondateurs de Ruche\nÈve Caron")
    ana = make_accepted(letter, "Ana").signature
    assert ana
    owner = owner_of(letter)
    client.log_in(owner)
    set_section(letter, ana, "Élus", by=owner)
    eve = db.session.query(Signature).filter_by(given_name="Ève").one()
    move(letter, eve, "top", by=owner, seen_as=order_shown_as(places(letter)))
    expected = ["Ève Caron", "Léa Bon, maire", "Cléo Roi et Dan Sue, fondateurs de Ruche", "Ana Roux"]
    preview = client.get(f"/manage/letters/{letter.id}/preview").text
    assert listed(preview) == expected and "Élus</h4>" in preview
    launch(letter)
    for path in ("/letters/secrete", "/letters/secrete/signatories"):
        assert listed(client.get(path).text) == expected
    file = client.get("/letters/secrete/signatories.csv").text.splitlines()[1:]
    names = ["Ève", "Léa", "Cléo", "Dan", "Ana"]
    assert len(file) == 5 and all(name in row for name, row in zip(names, file, strict=True))


def test_whom_the_organisers_answer_for_is_not_said_to_be_left_out(letter: Letter) -> None:
    agreed, silent = make_invited(letter), make_invited(letter)
    invite(letter, [agreed.id, silent.id], by=owner_of(letter))
    attest(agreed, "par téléphone", by=owner_of(letter))
    assert answers(numbers(letter)) == (1, 0, 1, 0, 0)
