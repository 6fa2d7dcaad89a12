"""Who was told that they are hidden is told once that they are shown again, and so back, if that is undone."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import all_leave, make_letter, make_signature, posted
from tests.moderation.acting import at, back, do, do_to, press
from tests.page import Reader, words
from tests.statements import counted
from tests.turns import Act, all_turns
from tribune.database import db, now, write
from tribune.letters.models import Letter
from tribune.mine.actions import choose, withdraw
from tribune.moderation.batches import latest_batches
from tribune.moderation.models import Batch
from tribune.outbox.claiming import LEASE, claim, record
from tribune.outbox.models import Message
from tribune.outbox.transport import TryLater
from tribune.retention.periods import MAILS
from tribune.signatures.actions import confirm, not_me
from tribune.signatures.models import Signature


def waiting() -> list[tuple[str, str | None]]:
    """Kind and recipient of what has not left."""
    return sorted((mail.kind, mail.recipient) for mail in posted() if mail.sent_at is None)


def people(letter: Letter, names: str) -> Iterable[Signature]:
    return (make_signature(letter, email=f"{name}@example.org") for name in names.split())


def test_whom_the_mail_has_reached_is_told_when_they_are_shown_again_and_nobody_else(letter: Letter) -> None:
    reached = make_signature(letter, email="reached@example.org", locale="en", role="maire")
    left, held, blocked, unseen, waits, untold = people(letter, "left held blocked unseen waits untold")
    elsewhere = make_signature(make_letter(), email="untold@example.org")
    for each in (reached, left, held, blocked, unseen, elsewhere):
        do_to("hide", each, tells=True)
    all_leave()
    do_to("hide", waits, tells=True)
    do_to("hide", untold)
    withdraw(left.id, left.link_nonce)
    do_to("hide", *people(letter, "left"))  # who has signed anew, and knows nothing of this
    do_to("hold", held)
    not_me(blocked.mailbox_key or "")
    choose(unseen.id, unseen.link_nonce, "published", False)
    batch = do(letter, "show", {"status": ""})
    assert batch.done == 7 and left.hidden_at and elsewhere.hidden_at
    assert waiting() == [("shown", "reached@example.org")]
    mail = posted()[-1]
    assert mail.subject == "Your line is shown again: Pour des rues où l’on joue" and [*(mail.links or {})] == ["mine"]
    assert "were hiding your line" in (mail.text or "") and "Zoé Évrard" in (mail.text or "")
    all_leave()
    do(letter, "hide")
    do(letter, "show")  # they know that they were shown last
    assert waiting() == []


def test_who_is_hidden_again_by_undoing_is_told_or_the_mail_that_waits_is_stopped(letter: Letter) -> None:
    reached, stopped, waits, untold = people(letter, "reached stopped waits untold")
    do_to("hide", reached, waits, tells=True, reason="Un doublon.")
    all_leave()
    batches = [do_to("show", reached)]
    all_leave()
    do_to("hide", stopped, tells=True, reason="Un essai.")
    do_to("hide", untold)
    batches.append(do_to("show", stopped, waits, untold))
    assert waiting() == [("shown", "waits@example.org")]
    for batch in batches:
        back(batch)
    assert waiting() == [("hidden", "reached@example.org"), ("hidden", "stopped@example.org")]
    reasons = {mail.recipient: mail.text or "" for mail in posted() if mail.recipient}
    assert "Un doublon." in reasons["reached@example.org"] and "Un essai." in reasons["stopped@example.org"]
    do(letter, "show")  # and so on: these were stopped again, and one of them had read that they are shown
    assert waiting() == [("shown", "waits@example.org")]
    choose(waits.id, waits.link_nonce, "published", False)
    assert waiting() == []


def test_what_they_read_last_decides_and_no_reason_that_was_for_the_team_alone_is_mailed(letter: Letter) -> None:
    [signature] = people(letter, "lu")
    do_to("hide", signature, tells=True)
    all_leave()
    do_to("show", signature)
    hiding = do_to("hide", signature, reason="Un troll.")
    assert waiting() == []  # what would say that they are shown is no longer so
    back(hiding)
    assert waiting() == [("shown", "lu@example.org")]
    do_to("hide", signature, reason="Un troll.")
    shown = do_to("show", signature)
    all_leave()
    back(shown)
    assert waiting() == [("hidden", "lu@example.org")]
    assert "troll" not in (posted()[-1].text or "") and "motif" not in (posted()[-1].text or "")


def test_who_is_told_of_each_hiding_of_a_day_is_told_of_each_showing(letter: Letter) -> None:
    [signature] = people(letter, "lu")
    for _ in range(3):
        for verb in ("hide", "show"):
            do_to(verb, signature, tells=True)
            all_leave()
    assert [mail.kind for mail in posted()] == ["hidden", "shown"] * 3
    do_to("hide", signature, tells=True)  # once too often
    do_to("show", signature)
    assert waiting() == []


@pytest.mark.parametrize("showing", ["show", "undo"])
def test_where_no_mail_leaves_a_trace_any_more_the_hiding_says_who_was_told(letter: Letter, showing: str) -> None:
    told, untold = people(letter, "prevenu rien")
    late = make_signature(letter, confirmed=False, email="tard@example.org")  # had proved no address then
    batches = [do_to("hide", told, late, tells=True), do_to("hide", untold)]
    all_leave()
    confirm(late.id, late.link_nonce)
    with write() as session:  # all that was a month ago
        session.execute(sa.delete(Message))
        for batch in batches:
            batch.created_at -= MAILS
        for each in (told, untold, late):
            assert each.hidden_at and each.confirmed_at
            each.hidden_at, each.confirmed_at = each.hidden_at - MAILS, each.confirmed_at - MAILS
    shown = do(letter, "show") if showing == "show" else None
    for batch in () if shown else batches:
        back(batch)
    assert waiting() == [("shown", "prevenu@example.org")]
    if shown:
        back(shown)
        assert waiting() == []  # who had read nothing else knows it still


def test_a_mail_that_is_being_sent_counts_as_read(letter: Letter) -> None:
    [signature] = people(letter, "part")
    do_to("hide", signature, tells=True)
    sending = claim()
    assert sending
    shown = do_to("show", signature)
    record(sending, None)
    assert waiting() == [("shown", "part@example.org")]
    assert claim()
    back(shown)
    assert waiting() == [("hidden", "part@example.org")]


def test_a_mail_that_waits_for_its_next_try_does_not(letter: Letter) -> None:
    put_off, killed = people(letter, "remis tue")
    do_to("hide", put_off, tells=True)
    sending = claim()
    assert sending
    record(sending, TryLater("450"))
    do_to("show", put_off)
    do_to("hide", killed, tells=True)
    assert claim()  # by a worker that ended before it had sent it
    with time_machine.travel(now() + LEASE):
        do_to("show", killed)
    assert waiting() == []


@ON_SQLITE
@pytest.mark.parametrize("state", ["draft", "scheduled", "closed", "taken down"])
def test_they_are_told_whatever_has_become_of_the_letter(app: Flask, state: str) -> None:
    letter = make_letter(published=state != "draft")
    signature = make_signature(letter, locale="en")
    do_to("hide", signature, tells=True)
    all_leave()
    moments = {"scheduled": ("published_at", 1), "closed": ("closed_at", 0), "taken down": ("taken_down_at", 0)}
    with write():
        for column, days in [moments[state]] if state in moments else []:
            setattr(letter, column, now() + timedelta(days=days))
    do_to("show", signature)
    begins = "Your line is shown again:" if state == "closed" else "Your line is not hidden after all:"
    assert (posted()[-1].subject or "").startswith(begins)


@ON_SQLITE
def test_the_page_says_how_many_will_be_told_and_shows_the_mail(desk: Reader, letter: Letter) -> None:
    one, two, untold = people(letter, "un deux rien")
    do_to("hide", one, two, tells=True)
    do_to("hide", untold)
    page = at(letter, "/batches/new?verb=show&all=1&lang=en")
    nobody = "Nobody will be told by email: nobody who can be emailed had been told that their line was hidden."
    assert nobody in words(desk.get(page).text)
    all_leave()
    shown = desk.get(page).text
    assert "2 people will be told by email" in words(shown) and nobody not in words(shown)
    assert "Votre ligne est de nouveau affichée" in shown and "Ils y ont renoncé" in shown
    assert 'name="look"' not in shown and 'name="tells"' not in shown
    batch = press(desk, page).partition("?")[0]
    assert waiting() == [("shown", "deux@example.org"), ("shown", "un@example.org")]
    done = words(desk.get(f"{batch}?lang=en").text)
    assert "Told by email those whom an email had told that their line was hidden" in done
    assert "or whose email about hiding was stopped, is told by email that it is hidden" in done
    desk.post(f"{batch}/undo", data=desk.fields(batch))
    assert waiting() == []


@ON_SQLITE
def test_a_show_pressed_twice_is_one_and_mails_once(desk: Reader, letter: Letter) -> None:
    [signature] = people(letter, "un")
    do_to("hide", signature, tells=True)
    all_leave()
    page = at(letter, "/batches/new?verb=show&all=1")
    sent = desk.fields(page)
    first, second = (desk.post(page, data=sent).location for _ in range(2))
    assert first == second and len(latest_batches(letter)) == 2 and len(waiting()) == 1


@ON_SQLITE
def test_who_has_to_be_told_is_found_for_all_at_once(letter: Letter) -> None:
    asked = []
    for number in (2, 20):
        chosen = {"ids": [make_signature(letter).id for _ in range(number)]}
        do(letter, "hide", chosen)
        with counted() as said:
            back(do(letter, "show", chosen))
        asked.append(len(said))
    assert asked[0] == asked[1]


@ON_POSTGRESQL
def test_two_organisers_who_show_somebody_at_once_tell_them_once(app: Flask) -> None:
    """One shows them again while the other undoes the hiding."""
    letter_number = make_letter().id

    def begin(pause: int) -> tuple[Act, Act]:
        signature = make_signature(db.session.get_one(Letter, letter_number), email=f"ana{pause}@example.org")
        hiding, number = do_to("hide", signature, tells=True).id, signature.id
        all_leave()
        return (
            lambda: do_to("show", db.session.get_one(Signature, number)),
            lambda: back(db.session.get_one(Batch, hiding)),
        )

    for pause in all_turns(app, begin):
        assert waiting() == [("shown", f"ana{pause}@example.org")]
