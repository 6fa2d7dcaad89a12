"""The launch: letter, first signatories and newspaper at once, and each who asked told once, whatever happens."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_message, owner_of, posted
from tests.letters.gathered import make_accepted, make_gathered, told
from tests.page import Reader, listed, words
from tests.servers.smtp import MailServer
from tests.threads import at_once
from tribune.database import db, now, write
from tribune.invitations import announcing
from tribune.invitations.announcing import announce, announce_due, launch, to_tell
from tribune.letters import actions, life
from tribune.letters.models import Letter
from tribune.outbox import delivery
from tribune.outbox.actions import suppress
from tribune.outbox.mailboxes import AddressRefused
from tribune.signatures.links import NO_MORE

MakeApp = Callable[..., Flask]
PRINTED = {"outlet": "Mediapart", "outlet_url": "https://example.org/a?b=1&c=2", "printed_on": date(2026, 12, 1)}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make_gathered()


def test_everything_is_public_at_once_and_who_asked_is_told(client: Reader, letter: Letter) -> None:
    ana = make_accepted(letter, "Ana")
    assert launch(letter, owner_of(letter), **PRINTED) == 1
    page = client.get("/letters/secrete").text
    assert listed(page) == ["Zoé Attestée, maire (Mairie secrète)", "Ana Roux"]
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener">Lire sur Mediapart</a>' in page
    assert told() == ["ana@example.org"] and ana.told_at and letter.announced_at
    text = posted()[0].text or ""
    assert "http://localhost/letters/secrete\n" in text and "Mediapart" in text and "\nAna Roux\n" in text
    assert "https://example.org/a?b=1&c=2" in text
    assert "La tribune paraît dans Mediapart (1er décembre 2026)." in words(text)  # which may be later
    assert 'href="http://localhost/letters/secrete"' in (posted()[0].html or "")
    assert 'href="https://example.org/a?b=1&amp;c=2">Lire sur Mediapart</a>' in (posted()[0].html or "")
    assert (posted()[0].links or {})["not_me"]["payload"][1] == NO_MORE


def test_only_who_accepted_and_stands_and_asked_is_told(letter: Letter) -> None:
    make_accepted(letter, "Ana")
    make_accepted(letter, "Silent", tell=False)
    make_accepted(letter, "Waiting", accepted_at=None)
    make_accepted(letter, "Told", told_at=now())
    make_accepted(letter, "Unreachable", email=None)
    make_accepted(letter, "Erased", signature_id=None)
    gone = make_accepted(letter, "Gone")
    blocked = make_accepted(letter, "Blocked")
    with write():
        gone.signature.withdrawn_at = now()  # type: ignore[union-attr]
    suppress(blocked.mailbox_key or "")
    other = make_gathered(slug="autre")
    make_accepted(other, "Other")
    assert len(to_tell(letter)) == launch(letter) == 1
    assert told() == ["ana@example.org"] and blocked.told_at is None


def test_what_fails_leaves_a_draft_and_no_mail(letter: Letter) -> None:
    make_accepted(letter, "Ana")
    with pytest.raises(actions.FieldTooLong):
        launch(letter, outlet="x" * 101, outlet_url="", printed_on=None)
    with pytest.raises(life.MomentPassed):
        launch(letter, at=now(), **PRINTED)
    with pytest.raises(ZeroDivisionError), write():
        launch(letter, **PRINTED)
        raise ZeroDivisionError
    assert (letter.state, letter.outlet, letter.announced_at, posted()) == ("draft", "", None, [])


def test_at_the_moment_it_is_announced_once_whoever_does_it(app: Flask, letter: Letter) -> None:
    for name in ("Ana", "Bob", "Cleo"):
        make_accepted(letter, name)
    moment = now() + timedelta(minutes=5)
    launch(letter, at=moment)
    announce_due()
    assert posted() == [] and letter.announced_at is None
    with time_machine.travel(moment):
        at_once(app, [announce_due] * 4)
    assert sorted(filter(None, told())) == ["ana@example.org", "bob@example.org", "cleo@example.org"]


def test_what_is_killed_half_way_is_announced_by_the_next(letter: Letter) -> None:
    ana = make_accepted(letter, "Ana")
    life.publish(letter)  # and whoever did it was killed before telling anybody
    with pytest.raises(ZeroDivisionError), write():
        announce(letter)
        raise ZeroDivisionError
    assert posted() == [] and letter.announced_at is None and ana.told_at is None
    announce_due()
    announce_due()
    assert told() == ["ana@example.org"]


def test_many_are_told_a_few_at_a_time(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "AT_ONCE", 2)
    people = [make_accepted(letter, name) for name in ("Ana", "Bob", "Cleo", "Dan", "Eve", "Flo")]
    suppress(people[1].mailbox_key or "")
    assert launch(letter) == 5 and letter.announced_at
    assert sorted(told()) == [f"{name}@example.org" for name in ("ana", "cleo", "dan", "eve", "flo")]


def test_who_is_stopped_between_two_leaves_the_rest_to_the_next(letter: Letter) -> None:
    people = [make_accepted(letter, name) for name in ("Ana", "Bob")]
    life.publish(letter)
    with write():
        people[0].told_at = now()
    announce_due()
    assert told() == ["bob@example.org"] and letter.announced_at


def test_somebody_whose_mail_cannot_be_made_holds_up_neither_the_letter_nor_the_others(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "AT_ONCE", 1)
    make_accepted(letter, "Ana", email="an address that older rules accepted")
    make_accepted(letter, "Bob")
    assert launch(letter) == 1
    assert (letter.state, letter.announced_at, told()) == ("published", None, ["bob@example.org"])
    with pytest.raises(AddressRefused):  # tried again, and logged, by the chore
        announce_due()
    assert told() == ["bob@example.org"]


@ON_SQLITE
def test_who_is_told_after_it_closed_is_not_told_that_it_can_be_signed(letter: Letter) -> None:
    make_accepted(letter, "Ana")
    life.publish(letter)  # and whoever did it was killed before telling anybody
    life.close(letter)
    announce_due()
    text = " ".join((posted()[0].text or "").split())
    assert "Tout le monde peut la lire ; elle n’accepte plus de signatures :" in text and "signer :" not in text


def test_a_moment_that_is_taken_back_tells_nobody(letter: Letter) -> None:
    make_accepted(letter, "Ana")
    launch(letter, at=now() + timedelta(minutes=5))
    life.unschedule(letter)
    with time_machine.travel(now() + timedelta(minutes=6)):
        announce_due()
    assert posted() == [] and letter.announced_at is None
    assert launch(letter) == 1


def test_who_was_told_is_not_told_again(letter: Letter) -> None:
    make_accepted(letter, "Ana")
    launch(letter)
    life.close(letter)
    assert launch(letter) == 0 and letter.state == "published"
    announce_due()
    make_accepted(letter, "Late")
    assert announce(letter) == 0 and told() == ["ana@example.org"]


@pytest.mark.parametrize("announced", [True, False])
def test_the_words_under_first_signatories_are_not_edited_once_the_moment_has_come(
    letter: Letter, announced: bool
) -> None:
    moment = now() + timedelta(minutes=5)
    launch(letter, at=moment)
    actions.revise(letter, by=None, title="Avant", text="Encore un brouillon.")
    assert letter.version_number == 1
    with time_machine.travel(moment):
        if announced:
            announce_due()
        actions.revise(letter, by=None, title="Après", text="Un autre texte.")
        assert letter.version_number == 2
        actions.revise(letter, by=None, title="Après", text="Sans la faute.")
        assert letter.version_number == 2  # which nobody has signed
    with time_machine.travel(moment + timedelta(minutes=2)):
        announce_due()
        actions.revise(letter, by=None, title="Après", text="Sans l’autre faute.")
        assert letter.version_number == 2


def test_the_worker_announces_before_the_mails_that_wait(make_app: MakeApp, mail_server: MailServer) -> None:
    app = make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=mail_server.port, MAIL_DEFAULT_SENDER="t@example.org")
    with app.app_context():
        letter = make_gathered()
        make_accepted(letter, "Ana")
        launch(letter, at=now() + timedelta(minutes=5))
        make_message(priority=9)
        stop = threading.Event()
        with time_machine.travel(now() + timedelta(minutes=6)):
            worker = threading.Thread(target=delivery.work, args=(app, stop))
            worker.start()
            try:
                mails = mail_server.wait_for(2)
            finally:
                stop.set()
                delivery.wake()
                worker.join()
        assert [mail.recipients for mail in mails] == [["ana@example.org"], ["zoe@example.org"]]


@ON_SQLITE
def test_the_shell_announces_too(app: Flask, letter: Letter) -> None:
    make_accepted(letter, "Ana")
    assert app.test_cli_runner().invoke(args=["letters", "publish", "secrete"]).output == "secrete\n"
    db.session.rollback()
    assert told() == ["ana@example.org"]


def test_where_mails_are_sent_by_the_hour_they_are_announced_then(app: Flask, letter: Letter) -> None:
    make_accepted(letter, "Ana")
    launch(letter, at=now() + timedelta(minutes=5))
    with time_machine.travel(now() + timedelta(minutes=6)):
        assert app.test_cli_runner().invoke(args=["outbox", "deliver", "--once"]).stdout == "1\n"
