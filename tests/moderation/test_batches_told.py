"""What a batch tells: the log, of each act and each signature; and those whom it hides."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import all_leave, make_invited, make_letter, make_signature, owner_of, posted
from tests.invitations.answers import accept
from tests.moderation.acting import back, do, do_to, start
from tests.page import Reader, words
from tests.statements import counted, listening
from tests.threads import LONG
from tribune.audit.models import Event
from tribune.database import db, now, write
from tribune.invitations.announcing import launch
from tribune.letters.models import Letter
from tribune.mine.actions import choose, withdraw
from tribune.moderation import actions, pieces
from tribune.moderation.actions import advance, undo
from tribune.moderation.mails import compose_hidden
from tribune.outbox.claiming import Claimed, claim
from tribune.people.first import set_first
from tribune.signatures.actions import not_me


def test_the_log_tells_each_act_with_its_number_and_reason(letter: Letter) -> None:
    make_signature(letter, family_name="Un", hidden_at=now())
    make_signature(letter, family_name="Deux", held_at=now())
    told = {"hide": "hidden", "show": "shown", "hold": "held", "release": "released"}
    for verb, done in told.items():
        batch = do(letter, verb, reason="Des essais.")
        event = db.session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()
        assert (event.verb, event.letter_id, event.subject) == (f"signatures_{done}", letter.id, letter.version.title)
        told_by_mail = verb == "show"  # whoever has to be told, if anybody
        assert event.details == {
            "batch": batch.id,
            "reason": "Des essais.",
            "count": batch.total,
            "tells": told_by_mail,
        }
        back(batch)
        event = db.session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()
        assert event.details == {"batch": batch.id, "reason": "Des essais.", "count": batch.total, "what": verb}


def test_the_log_says_of_a_batch_how_far_it_has_come(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", 1)
    monkeypatch.setattr(actions, "AT_ONE_PRESS", 0)

    def said() -> list[int]:
        lines = db.session.scalars(sa.select(Event).order_by(Event.id))
        return [line.details["count"] for line in lines if "count" in line.details]

    for name in ("Un", "Deux", "Trois"):
        make_signature(letter, family_name=name)
    batch = start(letter, "hide")
    assert said() == [0]
    advance(batch, 0)
    assert said() == [1]
    advance(batch, LONG)
    assert said() == [3]
    undo(batch, by=owner_of(letter))
    assert said() == [3, 1]


def test_the_log_of_one_signature_names_it(letter: Letter) -> None:
    signature = make_signature(letter, family_name="Seul", role="maire", email="seul@example.org")
    do(letter, "hide", {"ids": [signature.id]})
    event = db.session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (event.signature_id, event.subject) == (signature.id, "Zoé Seul, maire")


@ON_SQLITE
def test_the_page_of_one_hidden_among_several_does_not_say_that_nothing_was(client: Reader, letter: Letter) -> None:
    one, other = make_signature(letter), make_signature(letter)
    do_to("hide", one, other)
    client.log_in(owner_of(letter))
    page = words(client.get(f"/manage/letters/{letter.id}/signatures/{one.public_id}?lang=en").text)
    told = "no line about this signature alone. What was done to several at once is among the recent actions"
    assert told in page and "Nothing yet" not in page


def test_whoever_was_shown_and_has_confirmed_is_told_why_and_nobody_else(letter: Letter) -> None:
    with write():
        letter.contact = "contact@collectif.example"
    make_signature(letter, family_name="Vu", email="vu@example.org", locale="en", role="maire")
    make_signature(letter, email="discret@example.org", published=False)
    make_signature(letter, email="attente@example.org", confirmed=False)
    make_signature(letter, confirmed=False, email="garanti@example.org", attested_at=now(), counted_at=now())
    suspected = make_signature(letter, email="suspect@example.org")
    do(letter, "hold", {"ids": [suspected.id]})
    do(letter, tells=True, reason="Ce nom n’est <b>pas</b> vrai. [[confirm]]")
    (mail,) = posted()
    assert (mail.recipient, mail.kind, mail.priority > 0, [*(mail.links or {})]) == (
        "vu@example.org",
        "hidden",
        True,
        ["mine"],
    )
    text = " ".join((mail.text or "").split())
    assert "Zoé Vu, maire" in text and "contact@collectif.example" in text
    assert "“Ce nom n’est <b>pas</b> vrai. [[confirm]]”" in text
    assert "&lt;b&gt;pas&lt;/b&gt;" in (mail.html or "") and (mail.html or "").count("href") == 1
    assert (mail.subject or "").startswith("Your line is no longer shown:")
    draft = make_letter(published=False)
    unseen = compose_hidden(make_signature(draft, locale="en"), "Non.")
    assert unseen.subject.startswith("Your line will not be shown:") and "no longer" not in unseen.text


def test_where_a_list_shows_no_names_first_signatories_alone_are_told(client: Reader, letter: Letter) -> None:
    agreed, first = make_signature(letter, email="lu@example.org"), make_signature(letter, email="une@example.org")
    other = make_signature(letter, email="deux@example.org")
    set_first(letter, first, True, by=owner_of(letter))
    with write():
        letter.public_list = "no"
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/signatures/batches/new?verb=hide&lang=en"
    assert "This person cannot be told by email" in client.get(f"{page}&ids={agreed.id}").text
    assert "None of them can be told by email" in client.get(f"{page}&ids={agreed.id}&ids={other.id}").text
    assert "1 person will receive it" in client.get(f"{page}&all=1").text
    do(letter, tells=True)
    assert [mail.recipient for mail in posted()] == ["une@example.org"]


@ON_SQLITE
def test_nobody_is_told_unless_asked_nor_when_held(letter: Letter) -> None:
    make_signature(letter)
    do(letter, "hide")
    do(letter, "show", tells=True)
    assert not do(letter, "hold", tells=True).tells
    assert posted() == []


@ON_SQLITE
def test_whoever_said_it_was_not_them_is_not_written_to_and_it_is_said(client: Reader, letter: Letter) -> None:
    signature = make_signature(letter)
    not_me(signature.mailbox_key or "")
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/signatures/batches/new?verb=hide&all=1&lang=en").text
    assert "This person cannot be told by email" in page and 'name="tells"' not in page
    do(letter, tells=True)
    assert posted() == [] and signature.hidden_at


def test_who_is_hidden_is_not_told_late_that_their_line_is_in_the_letter(app: Flask) -> None:
    letter = make_letter(published=False, contact="alice@example.org")
    hidden, held, stays, leaves = (
        accept(make_invited(letter, email=f"{name}@example.org"), tell=True)
        for name in ("cache", "retenu", "reste", "discret")
    )
    launch(letter)
    choose(leaves.id, leaves.link_nonce, "news", False)
    assert "discret@example.org" in {mail.recipient for mail in posted()}
    choose(leaves.id, leaves.link_nonce, "published", False)  # hidden by their own hand
    do_to("hold", held)
    do_to("hide", hidden, tells=True, reason="Un essai.")
    told = [("hidden", "cache@example.org"), ("published", "reste@example.org"), ("published", "retenu@example.org")]
    assert sorted((mail.kind, mail.recipient) for mail in posted()) == told
    do_to("hide", stays)
    assert sorted((mail.kind, mail.recipient) for mail in posted()) == [told[0], told[2]]
    withdraw(held.id, held.link_nonce)
    assert [(mail.kind, mail.recipient) for mail in posted()] == told[:1]


@ON_POSTGRESQL
def test_the_mailboxes_of_a_hiding_undone_are_locked_before_its_first_mail(letter: Letter) -> None:
    batch = do(letter, "hide", {"ids": [make_signature(letter).id]}, tells=True)
    with counted() as said:
        undo(batch, by=owner_of(letter))
    assert posted() == []
    kinds = ("FROM mailboxes", "DELETE FROM messages")
    order = [kind for statement in said for kind in kinds if kind in statement]
    assert order == [*kinds]


@ON_POSTGRESQL
@pytest.mark.parametrize("kind", ["hidden", "shown"])
def test_no_mail_leaves_once_it_is_taken_for_unread(app: Flask, letter: Letter, kind: str) -> None:
    """A worker looks for mails just before this one is deleted: who got it would be told no more that it is untrue."""
    signature = make_signature(letter)
    batch = do_to("hide", signature, tells=True)
    if kind == "shown":
        all_leave()
        batch = do_to("show", signature)
    assert posted()[-1].kind == kind and posted()[-1].sent_at is None
    taken: list[Claimed | None] = []

    def take() -> None:
        with app.app_context():
            taken.append(claim())

    def then(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("DELETE FROM messages") and not taken:
            with ThreadPoolExecutor(1) as worker:
                worker.submit(take).result(LONG)

    db.session.rollback()
    with listening("before_cursor_execute", then):
        back(batch)
    assert taken == [None]
    assert not [mail for mail in posted() if mail.sent_at is None]
