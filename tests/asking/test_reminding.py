"""Who was asked about a changed text and has not answered is reminded once, when the organisers say so."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.asking.again import agree, ask, counts, disagree
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import all_leave, make_correction, make_letter, make_signature, owner_of, posted
from tests.moderation.acting import back, do_to, dump
from tests.page import Reader, words
from tests.threads import LONG, at_once
from tribune.asking import actions as asking
from tribune.asking.queries import reminders
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.mine.actions import withdraw
from tribune.moderation.actions import NobodyConcerned, advance, undo
from tribune.moderation.asked import REST
from tribune.moderation.batches import under_way
from tribune.moderation.models import Batch
from tribune.outbox.actions import suppress
from tribune.signatures.actions import LetterClosed, confirm
from tribune.signatures.models import Signature


def remind(letter: Letter) -> Batch:
    batch = asking.remind(letter, by=owner_of(letter))
    advance(batch, LONG)
    return batch


def reminded() -> list[str | None]:
    return [mail.recipient for mail in posted() if mail.kind == "remind_to_agree"]


def asked(letter: Letter, number: int) -> list[Signature]:
    """As many signatories, asked about a changed text, whose mails have left."""
    signed = [make_signature(letter) for _each in range(number)]
    make_correction(letter, substance=True)
    ask(letter)
    all_leave()
    return signed


def test_only_who_is_silent_is_reminded_and_once(app: Flask) -> None:
    letter = make_letter(slug="rues", first="Léa Martin")
    silent, agreed, declined, left, held, deaf, hidden = asked(letter, 7)
    agree(agreed)
    disagree(declined)
    withdraw(left.id, left.link_nonce)
    do_to("hold", held)
    do_to("hide", hidden)
    suppress(deaf.mailbox_key or "")
    with pytest.raises(NobodyConcerned):  # the question left a moment ago
        remind(letter)
    with time_machine.travel(now() + REST):
        late = make_signature(letter)  # of the new text: asked nothing
        make_signature(elsewhere := make_letter(), email=silent.email)
        make_correction(elsewhere, substance=True)
        ask(elsewhere)  # a moment ago, but about another letter
        before = dump()
        batch = remind(letter)
        assert dump() == before and batch.finished_at and (batch.total, batch.done) == (2, 2)
        assert sorted(map(str, reminded())) == sorted(map(str, (silent.email, hidden.email)))
        assert reminders(letter, 2) == (2, 0, 0) and late.counted_at
        assert asking.remind(letter, by=owner_of(letter)).id == batch.id  # the button, pressed twice
        undo(batch, by=owner_of(letter))
        assert batch.undone_at is None and len(reminded()) == 2  # which cannot be taken back, and is not done again
        agree(silent)  # whose reminder had not left yet
        assert reminded() == [hidden.email]


def test_about_a_later_change_they_are_reminded_again(letter: Letter) -> None:
    late = make_signature(letter, confirmed=False)
    [signature] = asked(letter, 1)
    with time_machine.travel(now() + REST) as clock:
        remind(letter)
        all_leave()
        confirm(late.id, late.link_nonce)
        ask(letter)
        all_leave()
        clock.shift(REST)
        stale = asking.remind(letter, by=owner_of(letter))  # to the late one
        make_correction(letter, substance=True)
        advance(stale, LONG)
        assert (stale.total, stale.done) == (1, 0) and reminders(letter, 3) == (0, 0, 0)  # nobody was asked about it
        batch = ask(letter)
        all_leave()
        clock.shift(REST)
        assert reminders(letter, 3) == (0, 2, 2) and remind(letter).done == 2
        back(batch)
        assert counts(letter) == (0, 0) and reminders(letter, 2) == (1, 0, 1)  # the first change stays
        all_leave()
        clock.shift(REST)
        assert reminders(letter, 2) == (1, 1, 1) and signature.waits_for_agreement


@ON_SQLITE
def test_once_nobody_has_to_agree_no_reminder_leaves(letter: Letter) -> None:
    make_signature(letter)
    make_correction(letter, substance=True)
    batch = ask(letter)
    all_leave()
    with time_machine.travel(now() + REST):
        remind(letter)
        back(batch)
    assert counts(letter) == (1, 0) and [mail.kind for mail in posted()] == ["ask_to_agree"]


@ON_POSTGRESQL
def test_two_colleagues_at_once_remind_nobody_twice(app: Flask, letter: Letter) -> None:
    signed = asked(letter, 30)
    with time_machine.travel(now() + REST):
        batch = asking.remind(letter, by=owner_of(letter))
        with write() as session:
            values = {column.key: getattr(batch, column.key) for column in Batch.__table__.c if column.key != "id"}
            session.add(twin := Batch(**values))
            session.flush()
            batches = batch.id, twin.id
        at_once(app, [lambda number=number: advance(db.session.get_one(Batch, number), LONG) for number in batches])
        assert len(reminded()) == len(signed) == len({*reminded()})


@ON_SQLITE
def test_nobody_is_reminded_who_could_not_answer_any_more(letter: Letter) -> None:
    asked(letter, 1)
    with time_machine.travel(now() + REST):
        batch = asking.remind(letter, by=owner_of(letter))
        assert under_way(letter) is batch
        with write():
            letter.closed_at = now() - timedelta(hours=73)
        assert not batch.goes_on and under_way(letter) is None
        with pytest.raises(LetterClosed):
            asking.remind(letter, by=owner_of(letter))
        assert reminded() == []


@ON_SQLITE
def test_organisers_read_the_reminder_then_send_it(client: Reader, letter: Letter) -> None:
    signature = asked(letter, 2)[0]
    client.log_in(owner_of(letter))
    page = f"/manage/letters/{letter.id}/asking"
    early = client.get(f"{page}?lang=en").text
    assert "can be reminded by email once, two days after the question" in words(early) and "/remind" not in early
    assert "Nobody to write to" in words(client.get(f"{page}/remind?lang=en").text)
    with time_machine.travel(now() + REST):
        client.log_in(owner_of(letter))
        shown = client.get(f"{page}?lang=en").text
        assert "Remind 2 who have not answered…" in words(shown) and f'href="{page}/remind' in shown
        mail = client.get(f"{page}/remind?lang=en").text
        assert re.search(r"<h1>\s*Remind 2 people", mail) and "Send 2 emails" in words(mail)
        assert "Rappel : Le texte que vous avez signé a changé" in words(mail)
        assert "Nous ne vous le rappellerons plus." in words(mail)
        fields = client.fields(f"{page}/remind")
        make_correction(letter, substance=True)
        assert client.post(f"{page}/remind", data=fields).location == page and reminded() == []
        ask(letter)
        all_leave()
    with time_machine.travel(now() + 2 * REST):
        client.log_in(owner_of(letter))
        batch = client.post(f"{page}/remind", data=client.fields(f"{page}/remind")).location or ""
        done = client.get(f"{batch}?lang=en").text
        assert "2 signatories reminded" in words(done) and "had been asked about version 3" in words(done)
        assert f"{batch}/undo" not in done
        agree(signature)
        assert "1 has not answered yet (1 was reminded)" in words(client.get(f"{page}?lang=en").text)
        log = words(client.get(f"/manage/letters/{letter.id}/log?lang=en").text)
        assert "Reminded by email of the question about the changed text: 2 signatures." in log
        assert "Asked again, after the text had changed in substance: " in log
