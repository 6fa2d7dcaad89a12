"""The mailbox of a site in development: the confirmation mail can be opened and clicked."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.databases import ON_SQLITE
from tests.factories import make_letter, make_message
from tests.page import Reader
from tribune.outbox.delivery import deliver_due

pytestmark = ON_SQLITE


@pytest.fixture
def playground(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The site in development."""
    app = make_app(DEVELOPMENT=True)
    with app.app_context():
        yield app


@pytest.fixture
def browser(playground: Flask) -> Reader:
    client = playground.test_client()
    assert isinstance(client, Reader)
    return client


def mails(browser: Reader) -> list[str]:
    return re.findall(r'href="(/dev/mailbox/[^"]+)"', browser.get("/dev/mailbox").text)


def test_the_mail_is_opened_and_its_link_clicked(browser: Reader) -> None:
    make_letter(slug="rues")
    browser.sign("rues")
    deliver_due()
    [mail] = mails(browser)
    page = browser.get(mail)
    assert "zoe@example.org" in page.text and "frame-src 'self'" in page.headers["Content-Security-Policy"]
    [link] = {unescape(found) for found in re.findall(r'href="http://localhost(/signatures/confirm/[^"]+)"', page.text)}
    assert browser.post(link).status_code == 303


def test_the_html_is_shown_apart_and_can_load_nothing(playground: Flask, browser: Reader) -> None:
    make_message()
    deliver_due()
    [mail] = mails(browser)
    shown = FlaskClient(playground).get(f"{mail}.html")
    assert "Un texte." in shown.text and shown.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_newest_is_on_top_and_an_empty_one_says_what_to_do(browser: Reader) -> None:
    assert mails(browser) == []
    for subject in ("Le premier", "Le second"):
        make_message(subject=subject)
        deliver_due()
    text = browser.get("/dev/mailbox").text
    assert 0 < text.index("Le second") < text.index("Le premier")


@pytest.mark.parametrize("name", ["nothing", "..%2fconfig", "%2e%2e%2ftribune.sqlite", "x" * 300, "a%20b", "é"])
def test_nothing_else_on_the_machine_is_shown(browser: Reader, name: str) -> None:
    assert browser.get(f"/dev/mailbox/{name}").status_code == 404
    assert browser.get(f"/dev/mailbox/{name}.html").status_code == 404
