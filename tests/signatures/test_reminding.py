"""Who signed and has not confirmed is reminded once, after three days, and nobody else is."""

import email
import email.policy
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.factories import all_leave, confirm_path, everything, make_letter, make_signature, posted
from tests.page import Reader
from tests.threads import at_once
from tests.turns import take_turns
from tribune.database import now, write
from tribune.desk.queries import hours
from tribune.letters import life
from tribune.letters.models import Letter
from tribune.outbox.actions import unsuppress
from tribune.outbox.delivery import deliver_due
from tribune.outbox.mailboxes import mailbox_key
from tribune.outbox.transport import mailbox_folder
from tribune.signatures import actions, mails, reminding
from tribune.signatures.models import Signature
from tribune.signatures.reminding import remind_due

FOUR_DAYS = timedelta(days=4)


def waiting(letter: Letter | None = None, **given: object) -> Signature:
    """Somebody who signed four days ago and has not confirmed."""
    details = {"email": "zoe@example.org", "at": now() - FOUR_DAYS, **given}
    return make_signature(letter or make_letter(), confirmed=False, **details)


def path_in(file: Path) -> str:
    """The address of the first link of a mail that has left, without the host."""
    body = email.message_from_bytes(file.read_bytes(), policy=email.policy.default).get_body(("plain",))
    assert body is not None
    return "/" + str(body.get_content()).split("http://localhost/")[1].split()[0]


def reminded() -> list[int]:
    """The signatures whose reminders are in the outbox."""
    remind_due()
    return [mail.links["confirm"]["payload"][0] for mail in posted() if mail.kind == "remind_to_confirm" and mail.links]


def test_who_has_not_confirmed_is_reminded_after_three_days_and_never_again(app: Flask) -> None:
    signature = waiting(at=now())
    for days, mails_so_far in ((2.9, []), (3.1, [signature.id]), (3.2, [signature.id]), (4.9, [signature.id])):
        with time_machine.travel(signature.signed_at + timedelta(days=days)):
            assert reminded() == mails_so_far, days


def test_the_setting_says_after_how_many_days_and_zero_never(app: Flask) -> None:
    signature = waiting(at=now() - timedelta(days=2))
    for days, expected in ((0, []), (3, []), (1, [signature.id])):
        app.config["REMINDER_DAYS"] = days
        assert reminded() == expected


def test_what_is_long_past_is_not_dug_out(app: Flask) -> None:
    waiting(at=now() - timedelta(days=5, hours=1))
    assert reminded() == []


def test_who_confirmed_is_held_hidden_or_has_left_is_not_reminded(app: Flask) -> None:
    for state in ("confirmed_at", "held_at", "hidden_at", "withdrawn_at"):
        waiting(**{state: now()})
        assert reminded() == [], state


def test_only_the_latest_submission_of_a_person_under_a_letter_is_asked_about(app: Flask) -> None:
    letter, other = make_letter(), make_letter()
    waiting(letter)
    latest, elsewhere = waiting(letter, email="ZOE+tag@example.org"), waiting(other)
    assert reminded() == [latest.id, elsewhere.id]


def test_who_signs_again_is_not_reminded_again(app: Flask) -> None:
    letter = make_letter()
    waiting(letter)
    assert len(reminded()) == 1
    with time_machine.travel(now() + FOUR_DAYS):
        make_signature(letter, confirmed=False, email="zoe@example.org")
    with time_machine.travel(now() + 2 * FOUR_DAYS):
        assert len(reminded()) == 1


def test_who_confirmed_another_submission_or_is_attested_is_not_reminded(app: Flask) -> None:
    moment = now() - 2 * FOUR_DAYS
    held, attested = {"confirmed_at": moment, "held_at": moment}, {"attested_at": moment, "counted_at": moment}
    for given in ({"confirmed": True}, held, attested):
        letter = make_letter()
        make_signature(letter, **{"email": "zoe@example.org", "at": moment, "confirmed": False, **given})
        waiting(letter)
        assert reminded() == [], given


def test_nobody_is_reminded_of_a_letter_that_confirms_no_more(app: Flask) -> None:
    letter = make_letter()
    waiting(letter)
    life.close(letter)
    with write():
        letter.closed_at = now() - timedelta(hours=73)
    assert reminded() == []


def test_who_wants_no_mail_is_not_reminded(app: Flask) -> None:
    signature = waiting()
    actions.suppress(mailbox_key("zoe@example.org"))
    before = everything()
    assert reminded() == [] and everything() == before
    unsuppress(mailbox_key("zoe@example.org"))
    assert reminded() == [signature.id]


def test_a_reminder_is_within_the_budget_of_confirmations_and_waits_for_it(app: Flask) -> None:
    signature = waiting(at=now() - timedelta(days=3, hours=1))
    for _ in range(3):
        actions.ask_again("zoe@example.org")
    assert reminded() == [] and signature.reminded_at is None
    all_leave()
    with time_machine.travel(now() + timedelta(hours=24, minutes=1)):
        assert reminded() == [signature.id]


def test_those_who_may_receive_no_more_keep_nobody_waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "BATCH", 2)
    letter = make_letter()
    for name in ("a", "b"):
        waiting(letter, email=f"{name}@example.org")
        for _ in range(3):
            actions.ask_again(f"{name}@example.org")
    last = waiting(letter)
    assert reminded() == []
    assert reminded() == [last.id]


def test_workers_that_remind_at_once_write_once(app: Flask) -> None:
    for _ in range(3):
        waiting()
    at_once(app, [remind_due] * 4)
    assert len(posted()) == 3


@ON_POSTGRESQL
def test_who_reminds_waits_for_whoever_has_begun_to(app: Flask) -> None:
    waiting()
    take_turns(app, remind_due, remind_due, pause=1)
    assert len(posted()) == 1


def test_who_confirms_before_the_reminder_leaves_does_not_receive_it(app: Flask) -> None:
    letter = make_letter()
    signature, others = waiting(letter), [waiting(letter, email="lea@example.org"), waiting()]
    assert len(reminded()) == 3
    actions.confirm(signature.id, signature.link_nonce)
    assert reminded() == [other.id for other in others]


def test_the_link_of_the_reminder_works_for_seven_days_from_when_it_leaves(client: Reader) -> None:
    signature = waiting(at=now())
    path, first = "", confirm_path(signature)
    with time_machine.travel(now() + FOUR_DAYS):
        remind_due()
        assert deliver_due() == 1
        path = path_in(next(mailbox_folder().glob("*.eml")))
    with time_machine.travel(now() + FOUR_DAYS + timedelta(days=6)):
        assert client.get(first).status_code == 410
        assert client.post(path).status_code == 303
    assert signature.letter.confirmed_count == 1


@ON_SQLITE
def test_the_mail_says_when_it_was_that_it_does_not_count_yet_and_how_to_say_it_was_not_me(app: Flask) -> None:
    for_it = {"organisation": "Le Port", "capacity": "organisation"}
    waiting(make_letter(title="Jouons"), given_name="Zoé", family_name="Évrard", **for_it)
    remind_due()
    [mail] = posted()
    assert mail.subject == "Votre signature n’est pas encore comptée : Jouons"
    text = " ".join((mail.text or "").split())
    assert "Il y a 4 jours, vous avez signé la tribune « Jouons »" in text
    assert "Zoé Évrard (Le Port) Vous signez au nom de l’organisation." in text
    assert "Une fois confirmée, votre signature reste à vous. Pour la voir" in text  # not before: its page refuses
    assert set(mail.links or {}) == {"confirm", "mine", "not_me"} and mail.budget == mails.CONFIRMATIONS.name


def test_the_desk_knows_how_many_were_reminded_and_how_many_of_those_confirmed(app: Flask, client: Reader) -> None:
    letter = make_letter()
    signatures = [waiting(letter, email=f"{name}@example.org") for name in ("a", "b", "c")]
    remind_due()
    actions.confirm(signatures[0].id, signatures[0].link_nonce)
    never = make_signature(letter, confirmed=False)
    actions.confirm(never.id, never.link_nonce)
    found = list(hours(letter, now() - timedelta(days=1)).values())
    assert [sum(getattr(c, name) for c in found) for name in ("reminded", "confirmed", "confirmed_after")] == [3, 2, 1]
