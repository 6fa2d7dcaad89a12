"""One browser, several tabs: what one of them does at the door leaves the others as useful as they can be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_member, make_organiser
from tests.page import Reader, hidden_fields
from tests.writing.writer import begin, edit_page
from tribune.config import MAX_BODY
from tribune.database import db, now, write
from tribune.letters.carrying import delete_account
from tribune.organisers.links import log_in_link
from tribune.organisers.models import LogIn, Organiser
from tribune.teams.models import Role
from tribune.writing.pictures import LARGEST

pytestmark = ON_SQLITE

NEW_TEAM = "/manage/teams/new"
LOG_OUT = "/organisers/log-out"


def test_a_form_filled_in_while_one_proves_who_one_is_can_still_be_sent(browser: Reader, alice: Organiser) -> None:
    form = browser.fields(NEW_TEAM)
    with time_machine.travel(now() + timedelta(minutes=20)):
        browser.log_in(alice)
        assert browser.post(NEW_TEAM, data={**form, "name": "Collectif"}).status_code == 303


def test_a_form_of_another_account_or_of_before_cannot(app: Flask, browser: Reader) -> None:
    form = browser.fields(NEW_TEAM)
    browser.log_in(make_organiser())
    assert browser.post(NEW_TEAM, data={**form, "name": "Collectif"}).status_code == 400
    outside = app.test_client()
    door = outside.fields("/organisers/log-in")
    outside.log_in(make_organiser())
    assert outside.post(NEW_TEAM, data={**door, "name": "Collectif"}).status_code == 400


def test_who_logs_out_in_a_second_tab_is_out_and_has_nothing_to_type_again(browser: Reader, alice: Organiser) -> None:
    form = browser.fields(NEW_TEAM)
    for _ in range(2):
        assert browser.post(LOG_OUT, data=form).location == "/"
    browser.log_in(alice)
    assert browser.post(LOG_OUT, data=form).status_code == 400  # of a log-in that is over, or of another site
    assert browser.get(NEW_TEAM).status_code == 200


def ended_elsewhere(browser: Reader) -> dict[str, str]:
    """The form of a browser whose log-in another one ends."""
    form = browser.fields(NEW_TEAM)
    with write() as session:
        session.execute(sa.update(LogIn).values(ended_at=now()))
    return form


def let_out(browser: Reader, form: dict[str, str]) -> bool:
    """Whether the button leads home and leaves nothing in the browser."""
    answer = browser.post(LOG_OUT, data=form)
    gone = answer.headers.get("Clear-Site-Data") == '"storage"' and browser.get_cookie("tribune_organiser") is None
    return answer.location == "/" and gone


def test_who_logs_out_where_the_log_in_was_ended_elsewhere_is_out_and_leaves_nothing(browser: Reader) -> None:
    form = ended_elsewhere(browser)
    assert let_out(browser, form)


def test_so_is_who_presses_it_in_a_tab_that_is_older_still(browser: Reader) -> None:
    ended_elsewhere(browser)
    assert let_out(browser, {"csrf_token": "of the log-in before"})


def test_another_site_whose_button_comes_without_our_cookie_lets_nobody_out(app: Flask) -> None:
    answer = app.test_client().post(LOG_OUT)
    assert answer.location == "/" and "Set-Cookie" not in answer.headers and "Clear-Site-Data" not in answer.headers


def test_a_spent_link_tells_who_is_in_that_they_are(app: Flask, browser: Reader, alice: Organiser) -> None:
    link = urlsplit(log_in_link(alice).url()).path
    browser.post(link, data=browser.fields(link))
    page, outside = browser.get(f"{link}?lang=en"), app.test_client().get(f"{link}?lang=en")
    assert page.status_code == outside.status_code == 410
    assert "alice@example.org" in page.text and 'href="/manage/?lang=en"' in page.text
    assert "alice@example.org" not in outside.text and "Ask for another" in outside.text


# Only SQLite reads the account as it was when the request began, and refuses the row that names it.
def test_who_deletes_their_account_while_another_tab_keeps_what_was_typed_is_led_to_the_door(
    app: Flask, browser: Reader, alice: Organiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter, number = make_letter(), alice.id
    make_member(letter, Role.EDITOR, alice)
    typed = begin(browser, letter)
    db.session.remove()

    def delete() -> None:
        with app.app_context():
            delete_account(db.session.get_one(Organiser, number))

    def delete_elsewhere() -> None:
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(delete).result()

    let_her_in = app.before_request_funcs["manage_writing"]
    monkeypatch.setitem(app.before_request_funcs, "manage_writing", [*let_her_in, delete_elsewhere])
    assert browser.post(f"{edit_page(letter)}/draft", data=typed).location == "/organisers/log-in"


def test_what_was_typed_when_the_log_in_ended_can_be_sent_again_or_copied(browser: Reader, alice: Organiser) -> None:
    """Where no script keeps it: the browser has not kept the page that it was typed on."""
    letter = make_letter(alice)
    sent = {**begin(browser, letter), "text": "Un paragraphe.\n\n<b>Un\0 autre."}
    html, elsewhere = {"Accept": "text/html"}, {"Accept": "text/html", "Origin": "https://example.org"}
    ended_elsewhere(browser)
    given = browser.post(f"{edit_page(letter)}?lang=en", data=sent, headers=html)
    assert given.status_code == 401 and given.headers["Cache-Control"] == "no-store"
    shown = given.text.partition("<textarea")[2]
    assert "Un paragraphe.\n\n&lt;b&gt;Un autre." in shown and sent["csrf_token"] not in shown
    assert given.text.count("Nothing was saved") == 1 and "data-once" in given.text
    for headers in (elsewhere, {"Accept": "application/json"}):
        assert browser.post(edit_page(letter), data=sent, headers=headers).location == "/organisers/log-in"
    again = dict(hidden_fields(given.text))
    assert browser.post(edit_page(letter), data=again, headers=html).status_code == 401  # nobody is in yet
    with write() as session:
        session.execute(sa.delete(LogIn))  # as every hour, when its days are over
    browser.log_in(alice)
    assert browser.post(edit_page(letter), data=again, headers=html).status_code == 303
    assert letter.version.text == "Un paragraphe.\n\n<b>Un autre."
    browser.post(LOG_OUT, data=sent)
    for _ in ("out", "in again"):  # its form is of the log-in before
        given = browser.post(edit_page(letter), data=sent, headers=html)
        assert given.status_code == 400 and "Un paragraphe.\n\n&lt;b&gt;Un autre." in given.text
        assert sent["csrf_token"] not in given.text
        browser.log_in(alice)
    assert "Un autre" not in browser.post(edit_page(letter), data=sent, headers=elsewhere).text


def test_so_can_what_was_typed_beside_a_file_which_is_then_chosen_again(browser: Reader, alice: Organiser) -> None:
    page = f"/manage/letters/{make_letter(alice).id}/image"
    sent = {**browser.fields(page), "description": "Une rue, des enfants", "credit": ""}
    ended_elsewhere(browser)
    for file, is_told in ((b"", False), (b"x" * MAX_BODY, True)):  # a photograph is larger than other forms may be
        data = {**sent, "file": (BytesIO(file), "photo.jpg" if file else "")}
        given = browser.post(f"{page}?lang=en", data=data, headers={"Accept": "text/html"})
        assert given.status_code == 401 and "Une rue, des enfants" in given.text.partition("<textarea")[2]
        assert ("The file has to be chosen again" in given.text) is is_told
    data = {**sent, "file": (BytesIO(b"x" * (LARGEST + MAX_BODY)), "photo.jpg")}
    too_large = browser.post(page, data=data, headers={"Accept": "text/html"})
    too_large.request.environ["wsgi.input"].close()  # the client leaves a large one open
    assert too_large.status_code == 413 and "Cette image" in too_large.text
    again = dict(hidden_fields(given.text))
    assert 'enctype="multipart/form-data"' in given.text  # a long page may not be sent in the other, which is longer
    browser.log_in(alice)
    answer = browser.post(page, data=again, content_type="multipart/form-data")
    assert answer.status_code == 422 and 'value="Une rue, des enfants"' in answer.text
