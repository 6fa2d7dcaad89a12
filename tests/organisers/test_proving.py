"""Before what matters most one shows again who one is: a link is mailed, and leads back to what one was about to do."""

from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import (
    make_correction,
    make_invited,
    make_letter,
    make_organiser,
    make_passkey,
    make_signature,
    posted,
)
from tests.organisers.door import too_long_ago
from tests.page import Reader
from tribune.database import db, now, write
from tribune.organisers.actions import ask_to_log_in
from tribune.organisers.links import log_in_link
from tribune.organisers.models import LogIn, Organiser
from tribune.tokens import Link

DELETE = "/manage/account/delete"


@pytest.fixture
def stale(client: Reader, alice: Organiser) -> Reader:
    """The browser of Alice, who showed who she is sixteen minutes ago."""
    client.log_in(alice)
    too_long_ago()
    return client


def latest_link() -> str:
    """The path of the log-in link mailed last."""
    return urlsplit(Link.restored((posted()[-1].links or {})["log_in"]).url()).path


def ask(client: Reader, page: str) -> None:
    """Press the button that mails a link."""
    assert urlsplit(client.post(page, data=client.fields(page)).location or "").path == "/organisers/prove/sent"


def test_within_fifteen_minutes_nothing_is_asked(client: Reader, alice: Organiser) -> None:
    client.log_in(alice)
    assert client.get(DELETE).status_code == 200
    assert client.get(f"/organisers/prove?next={DELETE}").location == DELETE


def test_later_one_shows_again_who_one_is_and_comes_back(stale: Reader) -> None:
    answer = stale.get(DELETE)
    assert answer.status_code == 303 and answer.location.startswith("/organisers/prove?next=")
    page = stale.get(answer.location).text
    assert "alice@example.org" in page and posted() == []  # looking mails nothing
    assert page.count("data-once") == 1
    ask(stale, answer.location)
    assert "alice@example.org" in stale.get("/organisers/prove/sent").text
    link = latest_link()
    assert stale.post(link, data=stale.fields(link)).location == DELETE
    assert stale.get(DELETE).status_code == 200


@ON_SQLITE
def test_the_question_of_a_page_comes_back_with_it(stale: Reader, alice: Organiser) -> None:
    letter = make_letter(alice)
    asked = f"/manage/letters/{letter.id}/transfer?lang=en"
    prove = stale.get(asked).location
    assert stale.post(prove, data=stale.fields(prove)).location == "/organisers/prove/sent?lang=en"
    link = latest_link()
    assert stale.post(link, data=stale.fields(link)).location == asked


def test_what_mails_many_people_asks_again(stale: Reader, alice: Organiser) -> None:
    letter = make_letter(alice, published=False)
    make_invited(letter)
    signed = make_letter(alice)
    make_signature(signed, email="zoe@example.org")
    make_correction(signed, substance=True)
    asks = f"/manage/letters/{signed.id}/asking"
    typed = stale.fields(f"/manage/letters/{letter.id}")
    for answer in (
        *(stale.get(f"/manage/letters/{letter.id}/invitations/{act}") for act in ("send", "remind")),
        *(stale.post(f"/manage/letters/{letter.id}/invitations/{act}", data=typed) for act in ("send", "remind")),
        stale.post(asks, data=typed, headers={"Referer": f"http://localhost{asks}"}),
    ):
        assert answer.status_code == 303 and answer.location.startswith("/organisers/prove")
    assert answer.location == f"/organisers/prove?next={quote(asks)}"
    assert posted() == [] and stale.get(asks).status_code == 200  # to look asks nothing
    assert "courriels à de nombreuses personnes" in stale.get(answer.location or "").text  # what it is asked for


def test_entering_again_ends_the_log_in_there_was(app: Flask, stale: Reader) -> None:
    copied = app.test_client()
    copied.set_cookie("tribune_organiser", stale.get_cookie("tribune_organiser").value)  # type: ignore[union-attr]
    assert copied.get("/manage/").status_code == 200
    ask(stale, f"/organisers/prove?next={DELETE}")
    link = latest_link()
    stale.post(link, data=stale.fields(link))
    assert copied.get("/manage/").status_code == 303
    assert [log_in.ended_at is None for log_in in db.session.scalars(sa.select(LogIn).order_by(LogIn.created_at))] == [
        False,
        True,
    ]


@ON_SQLITE
def test_the_way_is_kept_for_one_entry(stale: Reader, alice: Organiser) -> None:
    ask(stale, f"/organisers/prove?next={DELETE}")
    link = latest_link()
    stale.post(link, data=stale.fields(link))
    stale.log_in(alice)  # which leads to the letters


ELSEWHERE = [
    "https://evil.example.org/manage/",
    "//evil.example.org/manage/",
    "/\\evil.example.org/manage/",
    "/manage/\\evil",
    "/manage",
    "/organisers/log-out",
    "/manage/a b",
    "/manage/\r\nSet-Cookie: x=y",
    "javascript:/manage/",
    "",
    "manage/letters",
]


@ON_SQLITE
@pytest.mark.parametrize("way", ELSEWHERE)
def test_nobody_is_led_to_another_place(client: Reader, stale: Reader, alice: Organiser, way: str) -> None:
    page = f"/organisers/prove?next={quote(way, safe='')}"
    ask(stale, page)
    link = latest_link()
    assert stale.post(link, data=stale.fields(link)).location == "/manage/"
    assert stale.get(page).location == "/manage/"  # fresh now


def test_who_was_mailed_ten_links_today_is_told_that_no_more_leave(stale: Reader) -> None:
    page = f"/organisers/prove?next={DELETE}"
    for _ in range(10):
        ask_to_log_in("alice@example.org", "fr")  # a stranger at the door: it spends none of theirs
        ask(stale, page)
    answer = stale.post(page, data=stale.fields(page))
    assert answer.location == f"/organisers/prove?next={DELETE}"
    assert 'role="status"' in stale.get(answer.location).text and len(posted()) == 20


@ON_SQLITE
def test_a_log_in_that_goes_stale_on_a_button_asks_too(client: Reader, alice: Organiser) -> None:
    client.log_in(alice)
    form = client.fields(DELETE)
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert client.post(DELETE, data=form).location == "/organisers/prove"
    assert db.session.get(Organiser, alice.id) is not None


@ON_SQLITE
def test_from_a_button_one_comes_back_to_the_page_on_which_it_stands(stale: Reader, alice: Organiser) -> None:
    button, page = f"/manage/account/passkeys/{make_passkey(alice).id}/remove", "/manage/account?lang=en"
    form = stale.fields(page)
    for elsewhere in ("https://evil.example.org/manage/account", "http://[", ""):
        assert stale.post(button, data=form, headers={"Referer": elsewhere}).location == "/organisers/prove"
    answer = stale.post(button, data=form, headers={"Referer": f"http://localhost{page}"})
    ask(stale, answer.location or "")
    link = latest_link()
    assert stale.post(link, data=stale.fields(link)).location == page


@ON_SQLITE
def test_the_page_names_what_it_is_asked_before(stale: Reader) -> None:
    page = stale.get("/organisers/prove?lang=en").text
    for what in ("export of addresses", "transfers", "deletions", "owners", "passkeys", "administration of the site"):
        assert what in page


@ON_SQLITE
def test_who_enters_another_account_meanwhile_is_not_led_where_the_first_was_going(stale: Reader) -> None:
    ask(stale, f"/organisers/prove?next={DELETE}")
    link = urlsplit(log_in_link(make_organiser()).url()).path
    assert stale.post(link, data=stale.fields(link)).location == "/manage/"


@ON_SQLITE
def test_the_page_that_deletes_an_account_names_it(client: Reader, alice: Organiser) -> None:
    client.log_in(alice)
    assert "alice@example.org" in client.get(DELETE).text


@ON_SQLITE
def test_what_was_pressed_before_the_proof_was_not_done_and_the_page_says_so(stale: Reader, alice: Organiser) -> None:
    button, page = f"/manage/account/passkeys/{make_passkey(alice).id}/remove", "/manage/account?lang=en"
    said = "What you asked for was not done"
    answer = stale.post(button, data=stale.fields(page), headers={"Referer": f"http://localhost{page}"})
    ask(stale, answer.location or "")
    link = f"{latest_link()}?lang=en"
    stale.post(link, data=stale.fields(link))
    assert said in stale.get(page).text and said not in stale.get(page).text


@ON_SQLITE
def test_of_a_page_that_was_opened_nothing_needs_to_be_said(stale: Reader, alice: Organiser) -> None:
    button, page = f"/manage/account/passkeys/{make_passkey(alice).id}/remove", "/manage/account?lang=en"
    stale.post(button, data=stale.fields(page))  # and then something else
    ask(stale, stale.get(f"{DELETE}?lang=en").location or "")
    link = f"{latest_link()}?lang=en"
    answer = stale.post(link, data=stale.fields(link))
    assert "What you asked for" not in stale.get(answer.location or "").text


@ON_SQLITE
def test_a_spent_link_leads_who_has_to_prove_who_they_are_to_another(stale: Reader, alice: Organiser) -> None:
    link = f"{urlsplit(log_in_link(alice).url()).path}x?lang=en"
    page = stale.get(link)
    assert page.status_code == 410 and "You do not need another" not in page.text
    assert 'href="/organisers/prove?lang=en">Ask for another</a>' in page.text
    stale.log_in(alice)
    assert "You do not need another" in stale.get(link).text


def after_it_was_ended_elsewhere(browser: Reader, organiser: Organiser, lost: bool = False) -> str:
    """Where the next log-in of this browser leads, and the page it is; `lost`: a page was asked for in between."""
    with write() as session:
        session.execute(sa.update(LogIn).values(ended_at=now()))
    if lost:
        browser.get("/manage/teams", headers={"Accept": "text/html"})
    link = urlsplit(log_in_link(organiser).url()).path
    answer = browser.post(f"{link}?lang=en", data=browser.fields(link))
    return f"{answer.location}\n{browser.get('/manage/?lang=en').text}"


def press_one(stale: Reader, alice: Organiser) -> None:
    button, page = f"/manage/account/passkeys/{make_passkey(alice).id}/remove", "/manage/account?lang=en"
    answer = stale.post(button, data=stale.fields(page), headers={"Referer": f"http://localhost{page}"})
    ask(stale, answer.location or "")


@ON_SQLITE
def test_whoever_enters_after_a_log_in_was_ended_elsewhere_takes_over_neither_way_nor_press(
    stale: Reader, alice: Organiser
) -> None:
    press_one(stale, alice)
    to = after_it_was_ended_elsewhere(stale, make_organiser())
    assert to.startswith("/manage/?lang=en\n") and "What you asked for" not in to


@ON_SQLITE
def test_the_press_is_not_taken_over_with_a_page_asked_for_at_the_door(stale: Reader, alice: Organiser) -> None:
    press_one(stale, alice)
    to = after_it_was_ended_elsewhere(stale, make_organiser(), lost=True)
    assert to.startswith("/manage/teams\n") and "What you asked for" not in to


@ON_SQLITE
def test_whose_log_in_it_was_goes_on(stale: Reader, alice: Organiser) -> None:
    press_one(stale, alice)
    to = after_it_was_ended_elsewhere(stale, alice)
    assert to.startswith("/manage/account?lang=en\n") and "What you asked for was not done" in to
