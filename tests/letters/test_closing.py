"""Closing, opening again, deleting: what is said first, what goes, what stays."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.asking.again import ask
from tests.databases import ON_SQLITE
from tests.factories import (
    all_leave,
    confirm_path,
    everything,
    make_batch,
    make_correction,
    make_invited,
    make_letter,
    make_member,
    make_signature,
    owner_of,
    posted,
)
from tests.invitations.answers import accept
from tests.moderation.acting import do_to
from tests.page import Reader, hidden_fields, words
from tests.threads import at_once
from tribune.audit.models import Event, Verb
from tribune.database import db, hour_of, now, write
from tribune.invitations import sending
from tribune.letters import life
from tribune.letters.models import Draft, Letter
from tribune.letters.recording import tell_closed
from tribune.mine.actions import withdraw
from tribune.outbox.models import MailTally
from tribune.people.adding import add
from tribune.reading.people import read_people
from tribune.signatures.models import Erasure
from tribune.teams.models import Role
from tribune.writing.deleting import KeptLetter, delete_letter


def press(client: Reader, letter: Letter, act: str, fields_of: str = ""):  # type: ignore[no-untyped-def]
    path = f"/manage/letters/{letter.id}"
    return client.post(f"{path}/{act}", data=client.fields(f"{path}/{fields_of or act}"))


def verbs() -> list[str]:
    return list(db.session.scalars(sa.select(Event.verb).order_by(Event.id)))


@ON_SQLITE
@pytest.mark.parametrize(
    ("months", "before", "after"),
    [
        (
            None,
            "All names and the remaining addresses are deleted for good 6 months after closing.",
            "All names and the remaining addresses are deleted for good on 30 May 2026, 14:00",
        ),
        (
            1,
            "All names and the remaining addresses are deleted for good 1 month after closing.",
            "All names and the remaining addresses are deleted for good on 30 Dec 2025, 13:00",
        ),
        (
            0,
            "All names and addresses are deleted for good once these 72 hours are over.",
            "All names and the remaining addresses are deleted for good on 3 Dec 2025, 13:00",
        ),
    ],
)
def test_closing_says_when_names_and_addresses_go(client: Reader, months: int | None, before: str, after: str) -> None:
    with time_machine.travel("2025-11-30T12:00:00Z", tick=False):
        letter = make_letter(names_kept_months=months)
        path = f"/manage/letters/{letter.id}/close"
        client.log_in(owner_of(letter))
        page = client.get(f"{path}?lang=en").text
        # before the names, which take the addresses with them
        assert before in page and ("be contacted are deleted for good 33 days after closing." in page) is (
            months is None
        )
        press(client, letter, "close")
        page = client.get(f"{path}?lang=en").text
        assert after in page
        assert ("be contacted are deleted for good on 2 Jan 2026, 13:00" in page) is (months is None)
    with time_machine.travel("2026-06-01T12:00:00Z", tick=False):
        client.log_in(owner_of(letter))
        assert "Its page stays." in (page := client.get(f"{path}?lang=en").text) and "are deleted" not in page
        assert "be contacted" not in page


def test_closing_says_what_will_happen_and_then_does(client: Reader) -> None:
    letter = make_letter(slug="rues")
    waiting = make_signature(letter, confirmed=False)
    client.log_in(owner_of(letter))
    page = client.get(f"/manage/letters/{letter.id}/close?lang=en").text
    assert "72 hours" in page and "1 person has not confirmed yet" in page
    assert letter.is_open and "Closed on" not in client.get("/letters/rues?lang=en").text
    assert press(client, letter, "close").status_code == 303
    assert letter.state == "closed" and "Closed on" in client.get("/letters/rues?lang=en").text
    assert client.post(confirm_path(waiting)).status_code == 303 and letter.confirmed_count == 1
    closed_at = letter.closed_at
    press(client, letter, "close")
    assert letter.closed_at == closed_at and verbs().count(Verb.LETTER_CLOSED) == 1


def test_a_letter_that_closed_by_itself_has_one_line_of_it_in_the_log(app: Flask, client: Reader) -> None:
    moment = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
    with time_machine.travel(moment - timedelta(hours=1), tick=False):
        letter, by_hand, _draft = (make_letter(closes_at=moment, published=public) for public in (True, True, False))
        life.close(by_hand)
        tell_closed()
        assert Verb.LETTER_CLOSED_ITSELF not in verbs()
    with time_machine.travel(moment, tick=False):
        at_once(app, [tell_closed] * 3)
        assert verbs().count(Verb.LETTER_CLOSED_ITSELF) == 1
        life.close(letter)  # from a page that was opened before
        assert letter.closed_at is None and verbs().count(Verb.LETTER_CLOSED) == 1  # by hand
        client.log_in(owner_of(letter))
        log, closed = f"/manage/letters/{letter.id}/log?lang=en", "Closed the letter at the moment that was set: 2 Mar"
        page = client.get(log).text
        assert "<td>the site</td>" in page and f"{closed} 2026, 12:30" in page
        assert closed not in client.get(f"{log}&person=shell").text
        with write():
            letter.closes_at = moment + timedelta(days=1)  # prolonged
    with time_machine.travel(moment + timedelta(days=1), tick=False):
        tell_closed()
        tell_closed()
        assert verbs().count(Verb.LETTER_CLOSED_ITSELF) == 2


def test_a_closed_letter_is_opened_again(client: Reader) -> None:
    letter = make_letter(slug="rues")
    life.close(letter)
    client.log_in(owner_of(letter))
    for _ in range(2):
        assert press(client, letter, "reopen", fields_of="close").status_code == 303
    assert letter.is_open and client.sign("rues").status_code == 303
    assert verbs().count(Verb.LETTER_REOPENED) == 1


def test_a_letter_that_closed_by_itself_opens_again_for_good(app: Flask) -> None:
    letter = make_letter(closes_at=now() + timedelta(days=1))
    with time_machine.travel(now() + timedelta(days=2)):
        life.reopen(letter)
        assert letter.is_open and letter.closes_at is None


def test_an_end_to_come_stays_when_a_letter_opens_again(app: Flask) -> None:
    end = now() + timedelta(days=1)
    letter = make_letter(closes_at=end)
    life.close(letter)
    life.reopen(letter)
    assert letter.is_open and letter.closes_at == end


@ON_SQLITE
def test_a_draft_is_neither_closed_nor_opened_by_a_browser(client: Reader) -> None:
    letter = make_letter(published=False, contact="a@example.org")
    client.log_in(owner_of(letter))
    for act in ("close", "reopen"):
        assert press(client, letter, act, fields_of="publish").status_code == 303
    assert letter.state == "draft" and letter.closed_at is None and verbs() == [Verb.LETTER_CREATED]


def test_a_draft_goes_with_all_that_stands_under_it(client: Reader) -> None:
    other = make_letter(first="Autre Personne")
    hidden, _counts = make_signature(other), make_signature(other)
    do_to("hide", hidden)
    withdraw(hidden.id, hidden.link_nonce)
    count_mail(other)
    before = everything()
    letter = make_letter(owner_of(other), published=False, title="Brouillon", first="Zoé Roux\nLéa Martin")
    make_batch(letter)
    count_mail(letter)
    with write() as session:
        session.add(Draft(letter_id=letter.id, organiser_id=owner_of(letter).id, content={}, revision=1))
    client.log_in(owner_of(letter))
    number = letter.id
    assert "2 signatories for whom you vouch" in client.get(f"/manage/letters/{number}/delete?lang=en").text
    assert press(client, letter, "delete").location == "/manage/"
    assert client.get(f"/manage/letters/{number}").status_code == 404
    log = db.session.scalars(sa.select(Event).where(Event.letter_id.is_(None)).order_by(Event.id)).all()
    assert (log[0].verb, log[-1].verb) == (Verb.LETTER_CREATED, Verb.LETTER_DELETED)
    assert {(event.subject, event.team_id) for event in log} == {("Brouillon", other.team_id)}
    assert log[-1].actor == owner_of(other).name
    of_who_did_it = 2  # their log-in, and the account whose link is spent
    after = everything()
    assert len([row for row in after if row not in before]) == len(log) + of_who_did_it
    assert len([row for row in before if row not in after]) == 1  # that account: nothing of the other letter


@ON_SQLITE
def test_the_log_of_its_team_still_says_of_which_draft_it_speaks(client: Reader) -> None:
    letter = make_letter(published=False, title="Brouillon")
    me, team = owner_of(letter), letter.team_id
    client.log_in(me)
    life.make_preview_link(letter, me)
    delete_letter(letter, me)
    page = words(client.get(f"/manage/teams/{team}/log?lang=en").text)
    assert "Made a private link to the preview. Brouillon" in page


def count_mail(letter: Letter) -> None:
    with write() as session:
        session.add(MailTally(about=letter.id, hour=hour_of(now()), sent=1))


@ON_SQLITE
def test_a_draft_that_a_colleague_has_worked_on_is_not_deleted_unseen(client: Reader) -> None:
    letter = make_letter(published=False)
    client.log_in(owner_of(letter))
    path = f"/manage/letters/{letter.id}/delete?lang=en"
    pressed = client.fields(path)
    add(letter, read_people("Zoé Roux").people, by=None)
    again = client.post(path, data=pressed)
    assert again.status_code == 409 and "something has happened" in again.text  # the same after one's own download
    assert "1 signatory for whom you vouch" in again.text
    add(make_letter(), read_people("Léa Martin").people, by=None)  # no work on this one
    assert client.post(path, data=dict(hidden_fields(again.text))).location == "/manage/?lang=en"


def test_who_had_left_a_draft_is_named_no_more_once_it_is_gone_and_no_backup_puts_them_back(app: Flask) -> None:
    letter = make_letter(published=False)
    signature = accept(make_invited(letter, family_name="Martin"))
    public_id = signature.public_id
    withdraw(signature.id, signature.link_nonce)
    delete_letter(letter, owner_of(letter))
    assert not any("Martin" in f"{event.subject} {event.details}" for event in db.session.scalars(sa.select(Event)))
    assert db.session.get(Erasure, public_id)


def test_no_mail_leaves_about_a_draft_that_is_gone(client: Reader) -> None:
    letter = make_letter(published=False)
    sent, waiting = make_invited(letter), make_invited(letter)
    sending.invite(letter, [sent.id], by=owner_of(letter))
    all_leave()
    sending.invite(letter, [waiting.id], by=owner_of(letter))
    client.log_in(owner_of(letter))
    assert "2 invitations" in client.get(f"/manage/letters/{letter.id}/delete?lang=en").text
    assert press(client, letter, "delete").location == "/manage/"
    assert [(mail.recipient, mail.about) for mail in posted()] == [(None, None)]  # the trace that spends a budget


@ON_SQLITE
@pytest.mark.parametrize("state", ["published", "scheduled", "closed", "signed"])
def test_what_readers_saw_or_people_signed_is_not_deleted(client: Reader, state: str) -> None:
    letter = make_letter(published=False)
    if state == "signed":
        make_signature(letter, confirmed=False)
    else:
        life.publish(letter, at=now() + timedelta(days=1) if state == "scheduled" else None)
    if state == "closed":
        life.close(letter)
    client.log_in(owner_of(letter))
    assert "<form method" not in client.get(f"/manage/letters/{letter.id}/delete").text.partition("<main")[2]
    token = client.fields("/manage/account")["csrf_token"]
    answer = client.post(f"/manage/letters/{letter.id}/delete", data={"csrf_token": token})
    assert answer.location == f"/manage/letters/{letter.id}/delete"
    with pytest.raises(KeptLetter):
        delete_letter(letter, owner_of(letter))
    assert db.session.get(Letter, letter.id)


@ON_SQLITE
def test_deleting_asks_an_owner_again_who_they_are(client: Reader) -> None:
    letter = make_letter(published=False)
    client.log_in(make_member(letter, Role.EDITOR))
    assert client.get(f"/manage/letters/{letter.id}/delete").status_code == 403
    assert "/delete" not in client.get(f"/manage/letters/{letter.id}/publish").text
    client.delete_cookie("tribune_organiser")
    client.log_in(owner_of(letter))
    with time_machine.travel(now() + timedelta(minutes=16)):
        answer = client.get(f"/manage/letters/{letter.id}/delete")
        assert answer.status_code == 303 and answer.location.startswith("/organisers/")


@ON_SQLITE
def test_what_readers_do_not_see_cannot_be_closed_from_the_shell_either(app: Flask) -> None:
    letter = make_letter(slug="rues", published=False)
    done = app.test_cli_runner().invoke(args=["letters", "close", "rues"])
    assert done.exit_code == 1 and "not published" in done.stderr
    db.session.refresh(letter)
    assert letter.closed_at is None


@ON_SQLITE
def test_closing_says_what_becomes_of_invitations(client: Reader) -> None:
    letter = make_letter()
    client.log_in(owner_of(letter))
    path = f"/manage/letters/{letter.id}/close?lang=en"
    silent, notes = "can no longer accept", "So are invitations that nobody accepted"
    page = client.get(path).text
    assert silent not in page and notes not in page
    accept(make_invited(letter, email="lea@example.org"))
    page = client.get(path).text
    assert silent not in page and notes in page
    with write():
        make_invited(letter, email="ada@example.org", given_name="Ada").invited_at = now()
    page = client.get(path).text
    said = "1 person was invited and has not answered: they can no longer accept."
    assert said in page and page.count(notes) == 1
    make_correction(letter, substance=True)
    ask(letter)  # who accepted an earlier text has as long as other signatories
    assert said in client.get(path).text
    with write():
        letter.names_kept_months = 1  # then they go with the names
    assert client.get(path).text.count(notes) == 1
    press(client, letter, "close")
    page = client.get(path).text
    assert page.count(notes) == 1
    board = client.get(f"/manage/letters/{letter.id}/invitations?lang=en").text
    assert "no invitation can be accepted any more" in board and "deleted 33 days after closing at the latest" in board
