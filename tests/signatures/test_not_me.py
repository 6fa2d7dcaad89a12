"""Saying that somebody else typed your address: it removes what waits, and stops the mails; it can be taken back."""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import (
    confirm_path,
    everything,
    latest_signature,
    make_letter,
    make_signature,
    owner_of,
    posted,
)
from tests.moderation.acting import back, do_to
from tests.page import Reader
from tests.statements import listening
from tests.turns import Act, all_turns
from tribune.audit.models import Event, Verb
from tribune.database import db, now
from tribune.mine.actions import withdraw
from tribune.moderation.actions import NobodyConcerned
from tribune.moderation.models import Batch
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.queries import is_suppressed
from tribune.people.actions import resend
from tribune.signatures.actions import not_me
from tribune.signatures.counting import drifted
from tribune.signatures.links import no_more_link, not_me_link
from tribune.signatures.models import Signature


def path_of(email: str) -> str:
    return not_me_link(mailbox_key(email)).url().removeprefix("http://localhost")


def rows() -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.session.execute(sa.select(Signature.__table__).order_by(Signature.id))]


def addresses() -> set[str | None]:
    return set(db.session.scalars(db.select(Signature.email)))


@ON_SQLITE
def test_every_mail_to_a_signatory_holds_the_way_out(client: Reader) -> None:
    make_letter(slug="rues")
    client.sign("rues", email="zoe@example.org")
    signature = latest_signature()
    client.post(confirm_path(signature))
    client.sign("rues", email="zoe@example.org")
    assert [mail.kind for mail in posted()] == ["ask_to_confirm", "already_signed"]
    this = [signature.id, signature.link_nonce]
    for mail in posted():
        assert mail.links and mail.links["not_me"]["payload"] == [mailbox_key("zoe@example.org"), *this]
        assert mail.links["mine"]["payload"] == this
    make_letter(slug="places")
    client.sign("places", email="zoe@example.org")  # where they have signed nothing yet
    assert posted()[-1].kind == "ask_to_confirm"


@ON_SQLITE
def test_opening_the_link_removes_nothing(client: Reader) -> None:
    make_signature(make_letter(), confirmed=False, email="zoe@example.org")
    before = everything()
    for method in ("GET", "HEAD", "OPTIONS") * 5:
        assert client.open(path_of("zoe@example.org"), method=method).status_code == 200
    assert "Ce n’était pas moi" in client.get(path_of("zoe@example.org")).text
    assert everything() == before


def test_the_button_removes_what_waits_and_its_mails(client: Reader) -> None:
    letter = make_letter(slug="rues")
    client.sign("rues", email="zoe@example.org")
    client.sign("rues", email="other@example.org")
    make_signature(letter, confirmed=False, email="ZOE+tag@example.org")
    path = path_of("zoe@example.org")
    for answer in (client.post(path), client.post(path)):  # twice: the same answer
        assert (answer.status_code, answer.location) == (303, path)
    assert "nous ne vous écrirons plus" in client.get(path).text
    assert addresses() == {"other@example.org"}
    assert [mail.recipient for mail in posted()] == ["other@example.org"]


def test_the_signature_is_locked_before_its_mailbox_as_by_who_mails_the_link_again(app: Flask) -> None:
    letter = make_letter(slug="rues")
    signature = make_signature(letter, confirmed=False, email="zoe@example.org")
    by = owner_of(letter)
    db.session.rollback()
    assert touched(lambda: resend(signature, by=by)) == ["signatures", "mailboxes"]  # else two wait in a ring
    assert touched(lambda: not_me(mailbox_key("zoe@example.org"))) == ["signatures", "mailboxes"]


def touched(act: Callable[[], None]) -> list[str]:
    """Of these two tables, which an act comes to first."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.extend(name for name in ("signatures", "mailboxes") if name in statement and name not in found)

    with listening("before_cursor_execute", note):
        act()
    return found


@ON_SQLITE
def test_the_link_of_a_removed_signature_works_no_more(client: Reader) -> None:
    signature = make_signature(make_letter(), confirmed=False, email="zoe@example.org")
    link = confirm_path(signature)
    client.post(path_of("zoe@example.org"))
    assert client.get(link).status_code == client.post(link).status_code == 404


def test_nobody_can_cause_a_mail_to_who_said_so(client: Reader) -> None:
    make_letter(slug="rues")
    client.post(path_of("zoe@example.org"))
    assert client.sign("rues", email="Zoe+tag@example.org").status_code == 303
    assert posted() == [] and addresses() == set()


def test_a_signature_that_was_confirmed_or_is_attested_stays(client: Reader) -> None:
    for vouched in ({}, {"confirmed": False, "attested_at": now()}):
        make_signature(make_letter(), email="zoe@example.org", **vouched)
    before = rows()
    client.post(path_of("zoe@example.org"))
    assert rows() == before and not drifted()


def test_organisers_may_no_longer_write_whom_one_had_allowed_to(client: Reader) -> None:
    one, other = (make_signature(make_letter(), email="zoe@example.org", news=True) for _ in range(2))
    somebody = make_signature(make_letter(), email="bob@example.org", news=True)
    link = not_me_link(one.mailbox_key or "", one).url().removeprefix("http://localhost")
    assert "may no longer do so either" in client.get(f"{link}?lang=en").text and one.news
    for _ in ("once", "twice"):
        client.post(link)
        assert (one.news, other.news, somebody.news) == (False, False, True)
    said = [(e.signature_id, e.details["what"], e.details["to"]) for e in db.session.scalars(consents())]
    assert said == [(one.id, "news", False), (other.id, "news", False)]
    client.post(link, data={"undo": "1"})
    assert not one.news  # each is allowed on its own page


@ON_POSTGRESQL
@pytest.mark.parametrize("undoes", [True, False])
@pytest.mark.parametrize("removed_first", [True, False])
def test_no_line_of_the_log_names_who_says_so_while_an_organiser_hides_them(
    app: Flask, removed_first: bool, undoes: bool
) -> None:
    def begin(_pause: int) -> tuple[Act, Act]:
        zoe = make_signature(make_letter(), confirmed=False, email="zoe@example.org", family_name="Vasseur")
        key, number = zoe.mailbox_key or "", zoe.id
        batch = do_to("hide", zoe).id if undoes else 0

        def acts() -> None:
            if batch:
                back(db.session.get_one(Batch, batch))
            elif there := db.session.get(Signature, number):
                with suppress(NobodyConcerned):
                    do_to("hide", there)

        return (partial(not_me, key), acts) if removed_first else (acts, partial(not_me, key))

    for pause in all_turns(app, begin):
        assert not rows(), pause
        assert not db.session.scalars(sa.select(Event.verb).where(Event.subject.contains("Vasseur"))).all(), pause


def consents() -> sa.Select[Event]:
    return sa.select(Event).where(Event.verb == Verb.CONSENT_CHANGED).order_by(Event.id)


def test_the_link_of_a_mail_that_confirmed_a_signature_leads_to_it(client: Reader) -> None:
    signature = make_signature(make_letter(), email="zoe@example.org")
    link = not_me_link(signature.mailbox_key or "", signature).url().removeprefix("http://localhost")
    for _ in ("before", "after"):
        page = client.get(link).text
        found = re.search(r'href="(/signatures/mine/[^"]+)"', page)
        assert found and "Retirer ma signature" in client.get(found[1]).text
        client.post(link)
    assert "/signatures/mine/" not in client.get(path_of("zoe@example.org")).text  # of a mail about something else
    withdraw(signature.id, signature.link_nonce)
    assert "/signatures/mine/" not in client.get(link).text


@ON_SQLITE
@pytest.mark.parametrize("mail", ["invitation", "new text"])
def test_whoever_is_known_is_not_asked_whether_somebody_else_typed_the_address(client: Reader, mail: str) -> None:
    signature = make_signature(make_letter(), email="zoe@example.org")
    key = signature.mailbox_key or ""
    link = no_more_link(key) if mail == "invitation" else not_me_link(key, signature)
    path = link.url().removeprefix("http://localhost")
    page = client.get(f"{path}?lang=en").text
    assert "<title>Receive no more emails from this site? – Tribune</title>" in page
    assert "<h1>Receive no more emails from this site?</h1>" in page
    assert '<button class="primary">Stop emailing me</button>' in page and "It was not" not in page
    assert client.post(path).status_code == 303 and is_suppressed(key)
    page = client.get(f"{path}?lang=en").text
    assert '<button class="quiet">Allow emails again</button>' in page and "about their letter.A" not in page
    page = client.get(client.post(f"{path}?lang=en", data={"undo": "1"}).location or "").text
    assert not is_suppressed(key) and "allowed again" in page and "sign again" not in page


@ON_SQLITE
def test_whoever_did_not_confirm_is_asked_whether_somebody_else_typed_the_address(client: Reader) -> None:
    signature = make_signature(make_letter(), confirmed=False, email="zoe@example.org")
    link = not_me_link(signature.mailbox_key or "", signature).url().removeprefix("http://localhost")
    for path in (link, path_of("zoe@example.org")):
        page = client.get(f"{path}?lang=en").text
        assert "<h1>Somebody else typed your address?</h1>" in page and "It was not me</button>" in page
        assert "was confirmed" not in page


@ON_SQLITE
def test_it_can_be_taken_back(client: Reader) -> None:
    make_letter(slug="rues")
    path = path_of("zoe@example.org")
    client.post(path)
    assert "C’était bien moi" in client.get(path).text
    answer = client.post(path, data={"undo": "1"})
    page = client.get(answer.location or "").text
    assert answer.status_code == 303 and "Ce n’était pas moi" in page
    assert "Nous pouvons de nouveau vous écrire." in page and "signez de nouveau" in page  # what waited is gone
    client.sign("rues", email="zoe@example.org")
    assert [mail.recipient for mail in posted()] == ["zoe@example.org"]


@ON_SQLITE
def test_a_mail_that_confirms_nothing_is_not_said_to_have_confirmed(client: Reader) -> None:
    make_letter(slug="rues")
    client.sign("rues", email="zoe@example.org")
    client.post(confirm_path(latest_signature()))
    client.sign("rues", email="zoe@example.org")
    confirmed, already = posted()
    assert "confirm" in (confirmed.links or {}) and "confirm" not in (already.links or {})
    signature = latest_signature()
    page = client.get(not_me_link(signature.mailbox_key or "", signature).url() + "?lang=en").text
    assert "confirmed through an email sent to you" in page and "in this email" not in page
