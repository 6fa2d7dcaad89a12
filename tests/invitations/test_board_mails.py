"""What the organisers' board sends: what is said before, to whom it goes, in which words, paused and resumed."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    all_leave,
    make_invited,
    make_letter,
    make_organiser,
    owner_of,
    posted,
)
from tests.invitations.board import at, press
from tests.invitations.sent import invite_all
from tests.page import Reader, hidden_fields, words
from tribune.database import db, now, write
from tribune.days import midnight
from tribune.invitations import sending
from tribune.invitations.models import Gathering
from tribune.invitations.queries import numbers, state
from tribune.letters.models import Letter


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter under embargo."""
    return make_letter(make_organiser(name="Alice"), published=False, title="Pour des rues")


@ON_SQLITE
def test_that_there_is_no_text_to_read_is_said_before_mails_leave(desk: Reader, letter: Letter) -> None:
    make_invited(letter)
    empty = make_letter(owner_of(letter), published=False, text="")
    make_invited(empty)
    for asked, said in ((letter, False), (empty, True)):
        for page in ("/mail", "/send"):
            assert ("anyone invited now would have nothing to read" in words(desk.get(at(asked, page)).text)) is said


@ON_SQLITE
def test_a_day_to_answer_by_that_has_passed_is_said_before_mails_leave(desk: Reader, letter: Letter) -> None:
    invited = make_invited(letter)
    for days, said in ((-1, True), (0, False)):
        day = now().astimezone(letter.zone).date() + timedelta(days=days)
        words_of_mail = {"subject": "Signez", "message": "Bonjour", "sender": "Nous"}
        sending.save_words(letter, by=owner_of(letter), reply_by=day, **words_of_mail)
        for page in ("/send", "/mail", f"/people/{invited.id}"):
            assert ("has passed" in words(desk.get(at(letter, page)).text)) is said


@ON_SQLITE
def test_a_day_to_answer_by_after_the_publication_is_said_before_mails_leave(desk: Reader, letter: Letter) -> None:
    make_invited(letter)
    with write():
        letter.published_at = moment = now() + timedelta(days=2)
    for days, said in ((1, True), (0, False)):
        day = moment.astimezone(letter.zone).date() + timedelta(days=days)
        words_of_mail = {"subject": "Signez", "message": "Bonjour", "sender": "Nous"}
        sending.save_words(letter, by=owner_of(letter), reply_by=day, **words_of_mail)
        for page in ("/send", "/mail"):
            assert ("will be published before the day" in words(desk.get(at(letter, page)).text)) is said


@ON_SQLITE
def test_a_day_to_answer_by_that_begins_once_the_letter_is_closed_is_said_before_mails_leave(
    desk: Reader, letter: Letter
) -> None:
    make_invited(letter)
    tomorrow = now().astimezone(letter.zone).date() + timedelta(days=1)
    with write():
        letter.closes_at = midnight(tomorrow, letter.zone)
    for day, said in ((tomorrow, True), (tomorrow - timedelta(days=1), False)):
        words_of_mail = {"subject": "Signez", "message": "Bonjour", "sender": "Nous"}
        sending.save_words(letter, by=owner_of(letter), reply_by=day, **words_of_mail)
        for page in ("/send", "/mail"):
            assert ("will close before the day" in words(desk.get(at(letter, page)).text)) is said


@ON_SQLITE
def test_a_double_click_mails_once(desk: Reader, letter: Letter) -> None:
    invitation = make_invited(letter)
    path = at(letter, f"/people/{invitation.id}")
    for mails in (1, 2):  # for the first time, and once more
        forms = [part for part in desk.get(path).text.split("<form") if f'action="{path}/send"' in part]
        for _click in range(2):
            assert desk.post(f"{path}/send", data=dict(hidden_fields(forms[0]))).status_code == 303
        assert len(posted()) == mails
        all_leave()
    assert "an email has been sent to them in the meantime" in words(desk.get(path).text)


@ON_SQLITE
def test_the_exact_mail_is_shown_before_it_is_sent(desk: Reader, letter: Letter) -> None:
    lea, zoe = make_invited(letter, family_name="Martin"), make_invited(letter, given_name="Zoé", family_name="Évrard")
    page = desk.get(at(letter, "/send")).text
    assert "Invite 2 people" in words(page)
    shown = unescape(re.search(r'<pre class="mail"[^>]*>(.*?)</pre>', page, re.DOTALL)[1])  # type: ignore[index]
    assert lea.link_nonce not in page and zoe.link_nonce not in page
    answer = desk.post(at(letter, "/send"), data=dict(hidden_fields(page)))
    assert answer.status_code == 303
    assert "From Alice, via localhost <tribune@localhost>" in words(page)
    text, sender = next((mail.text or "", mail.sender_name) for mail in posted() if mail.id == lea.message_id)
    places = {"[[answer]]": "[personal link]", "[[not_me]]": "[link to receive no more emails]"}
    for place, said in places.items():
        text = text.replace(place, said)
    assert (shown.strip(), sender) == (text.strip(), "Alice")


@ON_SQLITE
def test_an_organiser_sends_themselves_the_mail_of_somebody_with_no_link_of_theirs(
    desk: Reader, letter: Letter
) -> None:
    lea, zoe = make_invited(letter), make_invited(letter, given_name="Zoé", email="zoe@example.org")
    offered = re.findall(r'<option value="(\d+)"( selected)?>', desk.get(at(letter, "/mail")).text)
    assert offered == [(str(lea.id), " selected"), (str(zoe.id), "")]
    form = desk.fields(f"{at(letter, '/mail')}?person={zoe.id}")
    typed = {
        **form,
        "person": str(zoe.id),
        "subject": "Et vous ?",
        "message": "Bonjour {prénom}, oui ?",
        "sender": "Moi",
    }
    answer = desk.post(at(letter, "/mail"), data={**typed, "act": "trial"})
    assert "on its way to you" in words(answer.text) and "This is not saved yet" in words(answer.text)
    assert words(answer.text).count("From Moi, via localhost <tribune@localhost>") == 2  # and the reminder
    assert "novalidate data-once" in answer.text  # a double click mails it once
    assert answer.text.count("autofocus") == 1  # on what was just done
    assert 'value="Et vous ?"' in answer.text and db.session.get(Gathering, letter.id) is None
    [mail] = posted()
    assert (mail.subject, mail.sender_name) == ("Et vous ?", "Moi")
    assert (mail.recipient, mail.links, state(zoe)) == (owner_of(letter).email, {}, "unsent")
    assert "Bonjour Zoé" in (mail.text or "") and "[[" not in (mail.text or "") + (mail.html or "")
    assert zoe.link_nonce not in str(mail.html)


@ON_SQLITE
def test_to_load_the_answer_again_does_not_mail_it_again_and_to_press_again_does(desk: Reader, letter: Letter) -> None:
    sent = {**desk.fields(at(letter, "/mail")), "subject": "Et vous ?", "act": "trial"}
    pages = [desk.post(at(letter, "/mail"), data=sent).text for _ in range(2)]
    assert "on its way to you already" in words(pages[1]) and 'value="Et vous ?"' in pages[1]
    assert len(posted()) == 1
    all_leave()
    assert "already" in words(desk.post(at(letter, "/mail"), data=sent).text)
    desk.post(at(letter, "/mail"), data={**sent, **dict(hidden_fields(pages[1]))})
    assert len(posted()) == 2


@ON_SQLITE
def test_what_an_organiser_mails_themselves_untouched_is_not_called_unsaved(desk: Reader, letter: Letter) -> None:
    answer = desk.post(at(letter, "/mail"), data={**desk.fields(at(letter, "/mail")), "act": "trial"})
    assert "on its way to you" in words(answer.text) and "This is not saved yet" not in words(answer.text)


def test_those_who_were_ticked_are_invited_alone(desk: Reader, letter: Letter) -> None:
    people = [make_invited(letter) for _ in range(3)]
    page = desk.get(f"{at(letter, '/send')}?tick={people[1].id}").text
    assert "Invite 1 person" in words(page)
    desk.post(at(letter, "/send"), data=dict(hidden_fields(page)))
    assert [state(p) for p in people] == ["unsent", "waiting", "unsent"]


@ON_SQLITE
def test_who_ticks_nobody_invites_nobody(desk: Reader, letter: Letter) -> None:
    make_invited(letter)
    form = desk.get(at(letter)).text.partition('id="ticked"')[2]
    page = desk.get(at(letter, "/send"), query_string=dict(hidden_fields(form)))
    assert "Nobody to write to" in words(page.text) and "tick" in words(page.text)
    desk.post(at(letter, "/send"), data={**desk.fields(at(letter, "/people/new")), "ids": ""})
    assert posted() == []


@ON_SQLITE
def test_the_words_are_saved_once_every_field_can_be_filled_in(desk: Reader, letter: Letter) -> None:
    make_invited(letter, family_name="Martin")
    good = {"subject": "{title}", "message": "Bonjour {family_name}", "sender": "Nous", "act": "show"}
    for field, typed, said in (
        ("message", "{name}", "“{name}” cannot be filled in"),
        ("subject", "{reply_by}", "{reply_by} is used here: choose the day below"),
        ("sender", "{given_name}", "Do not use braces"),
    ):
        wrong = desk.post(at(letter, "/mail"), data={**desk.fields(at(letter, "/mail")), **good, field: typed})
        assert wrong.status_code == 422 and said in words(wrong.text), field
    long = {**desk.fields(at(letter, "/mail")), **good, "message": "{title} " * 700, "act": "save"}
    wrong = desk.post(at(letter, "/mail"), data=long)
    assert wrong.status_code == 422 and "The email is too long" in words(wrong.text)
    shown = press(desk, letter, "/mail", **good)
    assert "This is not saved yet" in words(shown) and "Bonjour Martin" in shown
    assert 'autofocus role="status">This is not saved yet' in shown  # below the form, on a phone
    press(desk, letter, "/mail", **{**good, "act": "save"})
    assert "Bonjour Martin" in desk.get(at(letter, "/mail")).text
    html = desk.get(at(letter, "/mail/html"))
    assert "Bonjour Martin" in html.text and "sandbox" in html.headers["Content-Security-Policy"]


def test_mails_are_paused_and_resumed_on_the_board(desk: Reader, letter: Letter) -> None:
    make_invited(letter)
    invite_all(letter)
    press(desk, letter, "/pause")
    assert numbers(letter).by_state == {"paused": 1} and "Emails are paused" in words(desk.get(at(letter)).text)
    press(desk, letter, "/resume")
    assert numbers(letter).by_state == {"waiting": 1}
