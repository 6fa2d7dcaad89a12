"""One browser, several tabs: what one of them does at the door leaves the others as useful as they can be."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.factories import make_organiser
from tests.page import Reader
from tribune.database import now
from tribune.organisers.models import Organiser

NEW_TEAM = "/manage/teams/new"


@pytest.fixture
def alice(app: Flask) -> Organiser:
    return make_organiser(email="alice@example.org", name="Alice")


@pytest.fixture
def browser(client: Reader, alice: Organiser) -> Reader:
    """Alice's browser."""
    client.log_in(alice)
    return client


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
