"""An organiser comes in by a mailed link: GET shows, POST enters, once."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.databases import ON_SQLITE
from tests.factories import make_organiser
from tests.organisers.door import ask, is_in, mailed_links
from tests.page import Reader, hidden_fields
from tests.statements import counted
from tests.threads import at_once
from tribune.database import db, now
from tribune.organisers.actions import LinkUsed, enter
from tribune.organisers.links import log_in_link
from tribune.organisers.models import LogIn, Organiser

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}  # as a browser asks for one


def press(client: Reader, link: str) -> int:
    """Open the link and press its button."""
    return client.post(link, data=client.fields(link)).status_code


@ON_SQLITE
def test_who_logs_in_to_open_a_page_comes_to_it(client: Reader, alice: Organiser) -> None:
    assert client.get("/manage/account?lang=en", headers=PAGE).location == "/organisers/log-in?lang=en"
    ask(client, "alice@example.org")
    [link] = mailed_links()
    assert client.post(link, data=client.fields(link)).location == "/manage/account?lang=en"


@ON_SQLITE
def test_neither_a_button_nor_a_file_nor_a_script_s_question_is_come_back_to(client: Reader, alice: Organiser) -> None:
    assert (
        client.post("/manage/account/log-ins/end-others", data=client.fields("/organisers/log-in")).status_code == 303
    )
    assert client.get("/manage/letters/1/signatures.csv", headers=PAGE).status_code == 303
    assert client.get("/manage/letters/1", headers={"Accept": "*/*"}).status_code == 303
    ask(client, "alice@example.org")
    [link] = mailed_links()
    assert client.post(link, data=client.fields(link)).location == "/manage/"


@ON_SQLITE
def test_asking_opening_and_pressing_the_button_enters(client: Reader, alice: Organiser) -> None:
    assert ask(client, "Alice@example.org") == (303, "/organisers/log-in/sent")
    assert "un lien est en route" in client.get("/organisers/log-in/sent").text
    [link] = mailed_links()
    assert "alice@example.org" in client.get(link).text
    assert press(client, link) == 303
    assert is_in(client)
    assert client.get("/organisers/log-in").location == "/manage/"  # no need to ask again


@ON_SQLITE
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_opening_the_link_spends_nothing(app: Flask, client: Reader, alice: Organiser, method: str) -> None:
    link = urlsplit(log_in_link(alice).url()).path
    for _ in range(5):
        assert client.open(link, method=method).status_code == 200
    assert not is_in(client)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LogIn)) == 0
    client.log_in(alice)


@ON_SQLITE
def test_a_link_works_once(app: Flask, client: Reader, alice: Organiser) -> None:
    link = urlsplit(log_in_link(alice).url()).path
    fields = client.fields(link)
    answer = client.post(link, data=fields)
    assert answer.status_code == 303 and answer.headers["Referrer-Policy"] == "no-referrer"
    thief = app.test_client()
    assert isinstance(thief, Reader)
    answer = thief.get(link)
    assert answer.status_code == 410 and "Ce lien ne fonctionne plus" in answer.text
    assert client.post(link, data=fields).status_code == 400  # the session of that form is over too
    assert not is_in(thief)


def test_a_link_pressed_by_many_at_once_enters_once(app: Flask, alice: Organiser) -> None:
    organiser_id, nonce = alice.id, alice.link_nonce

    def press_it() -> bool:
        try:
            return bool(enter(organiser_id, nonce))
        except LinkUsed:
            return False

    assert sum(at_once(app, [press_it] * 8)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LogIn)) == 1


@ON_SQLITE
def test_a_link_lasts_half_an_hour(client: Reader, alice: Organiser) -> None:
    link = urlsplit(log_in_link(alice).url()).path
    with time_machine.travel(now() + timedelta(minutes=29)):
        assert client.get(link).status_code == 200
        fields = client.fields(link)
    with time_machine.travel(now() + timedelta(minutes=31)):
        assert client.get(link).status_code == 410
        assert client.post(link, data=fields).status_code == 410
    assert not is_in(client)


@ON_SQLITE
def test_a_damaged_link_gets_a_page_that_offers_another(client: Reader) -> None:
    answer = client.get("/organisers/log-in/damaged")
    assert answer.status_code == 410 and 'href="/organisers/log-in"' in answer.text


@ON_SQLITE
def test_everybody_gets_the_same_answer(client: Reader, alice: Organiser) -> None:
    assert ask(client, "alice@example.org") == ask(client, "stranger@example.org")
    assert len(mailed_links()) == 1


def test_no_time_tells_who_has_an_account(client: Reader, alice: Organiser) -> None:
    client.get("/organisers/log-in")
    said = []
    for email in ("alice@example.org", "stranger@example.org"):
        form = client.fields("/organisers/log-in")
        with counted() as statements:
            client.post("/organisers/log-in", data={**form, "email": email})
        said.append(statements)
    assert said[0] == said[1]


@ON_SQLITE
def test_what_is_no_address_is_said_beside_the_field(client: Reader) -> None:
    fields = client.fields("/organisers/log-in")
    answer = client.post("/organisers/log-in", data={**fields, "email": "alice"})
    assert answer.status_code == 422 and "nom@example.org" in answer.text and 'value="alice"' in answer.text


@ON_SQLITE
def test_after_asking_twice_either_link_enters_and_then_neither(client: Reader, alice: Organiser) -> None:
    ask(client, "alice@example.org")
    ask(client, "alice@example.org")
    one, other = mailed_links()
    assert client.get(one).status_code == 200
    assert press(client, other) == 303
    assert client.get(one).status_code == 410


def test_ten_links_a_day_are_mailed(client: Reader, alice: Organiser) -> None:
    assert {ask(client, "alice@example.org") for _ in range(12)} == {(303, "/organisers/log-in/sent")}
    assert len(mailed_links()) == 10


def test_a_stranger_who_asks_all_day_leaves_the_browser_that_was_in_its_own_links(
    app: Flask, client: Reader, alice: Organiser
) -> None:
    client.log_in(alice)
    client.post("/organisers/log-out", data=client.fields("/manage/"))
    stranger = app.test_client()
    assert isinstance(stranger, Reader)
    stranger.log_in(make_organiser())  # one who has an account of their own
    stranger.post("/organisers/log-out", data=stranger.fields("/manage/"))
    assert {ask(stranger, "alice@example.org") for _ in range(12)} == {(303, "/organisers/log-in/sent")}
    assert len(mailed_links()) == 10
    assert {ask(client, "alice@example.org") for _ in range(12)} == {(303, "/organisers/log-in/sent")}
    assert len(mailed_links()) == 20
    assert press(client, mailed_links()[-1]) == 303


@ON_SQLITE
@pytest.mark.parametrize("path", ["/organisers/log-in", "/organisers/log-out"])
def test_another_site_cannot_press_the_buttons(client: Reader, alice: Organiser, path: str) -> None:
    client.log_in(alice)
    assert client.post(path, data={"email": "alice@example.org"}).status_code == 400
    assert is_in(client) and mailed_links() == []


@ON_SQLITE
def test_another_site_cannot_log_somebody_in(client: Reader, alice: Organiser) -> None:
    link = urlsplit(log_in_link(alice).url()).path
    answer = client.post(link)
    assert answer.status_code == 400 and "Ce formulaire n’est plus valable" in answer.text
    client.log_in(alice)


@ON_SQLITE
def test_behind_https_the_button_works_though_the_page_tells_no_referrer(make_app: Callable[..., Flask]) -> None:
    app = make_app(PUBLIC_URL="https://localhost", TRUSTED_PROXIES=1)
    with app.app_context():
        link = urlsplit(log_in_link(make_organiser()).url()).path
        client, proxied = app.test_client(), {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        form = dict(hidden_fields(client.get(link, headers=proxied).text))
        assert client.post(link, data=form, headers={**proxied, "Origin": "null"}).status_code == 303
