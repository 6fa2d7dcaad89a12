"""Asking for the confirmation mail again: the same answer for everybody, a mail only for who waits."""

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import all_leave, everything, make_correction, make_letter, make_signature, posted
from tests.page import Reader
from tribune.database import now
from tribune.letters import life
from tribune.mine.answering import answer_due
from tribune.outbox.mailboxes import mailbox_key
from tribune.signatures import actions
from tribune.signatures.reminding import remind_due

PATH = "/signatures/new-link"


def recipients() -> list[str | None]:
    return [mail.recipient for mail in posted()]


@ON_SQLITE
def test_the_answer_is_the_same_for_everybody(client: Reader) -> None:
    letter = make_letter()
    make_signature(letter, confirmed=False, email="pending@example.org")
    make_signature(letter, email="confirmed@example.org")
    make_signature(letter, confirmed=False, email="suppressed@example.org")
    actions.suppress(mailbox_key("suppressed@example.org"))
    form = client.fields(PATH)
    known = ["pending", "confirmed", "suppressed", "unknown"]
    answers = [client.post(PATH, data={**form, "email": f"{name}@example.org"}) for name in known]
    told = [(a.status, [h for h in a.headers if h[0] != "Date"], a.data) for a in answers]
    assert told[0][0].startswith("303") and told == [told[0]] * len(known)
    assert "Consultez vos courriels" in client.get(answers[0].location).text
    answer_due()
    assert recipients() == ["pending@example.org"]


def test_the_new_mail_confirms_the_last_submission_under_each_letter(app: Flask) -> None:
    one, other = make_letter(), make_letter()
    make_signature(one, confirmed=False, email="zoe@example.org")
    last = make_signature(one, confirmed=False, email="zoe@example.org")
    elsewhere = make_signature(other, confirmed=False, email="zoe@example.org")
    actions.ask_again("zoe@example.org")
    links = [mail.links["confirm"]["payload"][0] for mail in posted() if mail.links]
    assert links == [elsewhere.id, last.id]


def test_the_mail_names_the_text_that_was_signed(app: Flask) -> None:
    app.config["REMINDER_DAYS"] = 3
    letter = make_letter(title="Rues calmes")
    signature = make_signature(letter, confirmed=False, email="zoe@example.org", at=now() - timedelta(days=3))
    make_correction(letter, title="Rues vides", substance=True)
    remind_due()
    actions.ask_again("zoe@example.org")
    assert signature.reminded_at and len(posted()) == 2
    assert all("Rues calmes" in f"{mail.text}" and "vides" not in f"{mail.subject}{mail.text}" for mail in posted())


@ON_SQLITE
def test_the_mail_goes_to_the_address_that_signed(app: Flask) -> None:
    # Spellings that are one mailbox nearly everywhere may be two somewhere.
    make_signature(make_letter(), confirmed=False, email="zoe@example.org")
    actions.ask_again("zoe+eve@example.org")
    assert recipients() == ["zoe@example.org"]


def test_asking_spends_the_budget_of_the_mailbox(app: Flask) -> None:
    make_signature(make_letter(), confirmed=False, email="zoe@example.org")
    for _ in range(5):
        actions.ask_again("zoe@example.org")
    assert len(posted()) == 3
    all_leave()
    with time_machine.travel(now() + timedelta(hours=25)):
        actions.ask_again("zoe@example.org")
    assert len(posted()) == 4


@ON_SQLITE
def test_who_counts_already_is_sent_no_other_link(app: Flask) -> None:
    letter = make_letter()
    make_signature(letter, confirmed=False, email="zoe@example.org")
    make_signature(letter, email="zoe@example.org")
    theirs = {"attested_at": now(), "counted_at": now()}  # by the word of the organisers: it would count once more
    make_signature(make_letter(), confirmed=False, email="zoe@example.org", **theirs)
    actions.ask_again("zoe@example.org")
    assert posted() == []


def test_a_letter_closed_too_long_ago_sends_none(app: Flask) -> None:
    letter = make_letter()
    make_signature(letter, confirmed=False, email="zoe@example.org")
    life.close(letter)
    with time_machine.travel(now() + timedelta(hours=71)):
        actions.ask_again("zoe@example.org")
    with time_machine.travel(now() + timedelta(hours=73)):
        actions.ask_again("zoe@example.org")
    assert len(posted()) == 1


@ON_SQLITE
def test_a_wrong_form_is_refused_and_what_was_typed_is_kept(client: Reader) -> None:
    make_signature(make_letter(), confirmed=False, email="zoe@example.org")
    form = {**client.fields(PATH), "email": "zoe@example.org"}
    before = everything()
    wrong = [{"email": "zoe"}, {"email": "  "}, {"stamp": ""}, {"website": "x"}]
    for typed in wrong:
        answer = client.post(PATH, data=form | typed)
        assert answer.status_code == 422
        assert f'value="{typed.get("email", "zoe@example.org").strip()}"' in answer.text
    assert client.post(PATH, data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert everything() == before


def test_a_link_that_ends_before_its_seven_days_says_when(client: Reader) -> None:
    moment = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        make_letter(slug="closing", closes_at=moment + timedelta(hours=1))
        make_letter(slug="open")
        client.sign("closing")
        make_signature(make_letter(), confirmed=False, email="ana@example.org", at=moment - timedelta(days=12))
        actions.ask_again("ana@example.org")
        client.sign("open")
        closed = make_letter(closes_at=moment - timedelta(hours=71))
        make_signature(closed, confirmed=False, email="bob@example.org", at=moment - timedelta(days=4))
        actions.ask_again("bob@example.org")
    said = [" ".join((mail.text or "").split()) for mail in posted()]
    assert "Le lien fonctionne jusqu’au 22 novembre 2026." in said[0]  # 72 hours after the letter closes
    assert "Le lien fonctionne jusqu’au 21 novembre 2026." in said[1]  # when the signature is deleted
    assert "Le lien fonctionne pendant sept jours." in said[2]
    assert "Le lien fonctionne jusqu’au 20 novembre 2026." in said[3]  # for an hour: no day that is over
    assert "fonctionne sept jours au plus" in client.get("/signatures/confirm/code").text  # of whichever letter


def test_what_was_signed_last_comes_first_while_the_budget_lasts(app: Flask) -> None:
    signed = [make_signature(make_letter(), confirmed=False, email="zoe@example.org") for _ in range(5)]
    actions.ask_again("zoe@example.org")
    asked = [mail.links["confirm"]["payload"][0] for mail in posted() if mail.links]
    assert asked == [signature.id for signature in reversed(signed[2:])]
