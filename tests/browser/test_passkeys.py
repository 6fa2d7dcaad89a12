"""The whole ceremony of a passkey in Chromium, with an authenticator that it simulates as a phone or a key would be."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.factories import make_organiser
from tests.servers.browser import PHONE, axe_violations, enter, scrolls_sideways, visit
from tests.servers.site import Site
from tests.servers.small import door, small_site
from tribune.database import now, write
from tribune.organisers.models import FRESH, LogIn

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Stage(NamedTuple):
    """A site that has a name, which passkeys need, and a link that logs an organiser in who is new to it."""

    url: str
    log_in: str
    app: Flask


@pytest.fixture(scope="module")
def named(migrated_sqlite: Path) -> Iterator[tuple[Site, Flask]]:
    with small_site(migrated_sqlite, name="localhost", DEVELOPMENT="on") as named:
        yield named


@pytest.fixture
def stage(named: tuple[Site, Flask]) -> Stage:
    site, app = named
    with app.app_context():
        return Stage(site.url, door(make_organiser()), app)


def plug_in(page: Page) -> None:
    """Give this browser a device that makes and uses passkeys, and whose owner always says yes."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def test_a_passkey_is_made_lets_in_without_a_mail_and_opens_nothing_once_removed(
    chromium: Browser, stage: Stage
) -> None:
    with visit(chromium, stage.url, width=PHONE) as page:
        plug_in(page)
        enter(page, stage.log_in)
        page.goto("/manage/account")
        page.get_by_label("Le nom de cet appareil").fill("Mon téléphone")
        page.get_by_role("button", name="Ajouter une clé d’accès").click()
        expect(page.get_by_role("status").first).to_contain_text("Mon téléphone")
        assert axe_violations(page) == [], "the account with a passkey"
        page.get_by_role("button", name="Se déconnecter").click()

        page.goto("/organisers/log-in")
        assert axe_violations(page) == [], "the door"
        page.get_by_role("button", name="Utiliser une clé d’accès").click()
        page.get_by_role("heading", name="Mes tribunes").wait_for()

        page.goto("/manage/account")
        page.get_by_role("button", name="Retirer Mon téléphone").click()
        page.get_by_role("button", name="Se déconnecter").click()
        page.goto("/organisers/log-in")
        with page.expect_response("**/organisers/passkey") as answer:
            page.get_by_role("button", name="Utiliser une clé d’accès").click()
        assert answer.value.status == 422
        expect(page.get_by_role("status")).to_contain_text("Demandez plutôt un lien")


def test_a_passkey_to_which_nobody_gave_a_name_is_called_by_the_browser_that_made_it(
    chromium: Browser, stage: Stage
) -> None:
    with visit(chromium, stage.url) as page:
        plug_in(page)
        enter(page, stage.log_in)
        page.goto("/manage/account")
        page.get_by_role("button", name="Ajouter une clé d’accès").click()
        expect(page.get_by_role("button", name="Retirer Chrome, Linux")).to_be_visible()


def test_a_long_name_without_a_space_makes_the_account_no_wider_than_a_phone(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.url, width=PHONE) as page:
        plug_in(page)
        enter(page, stage.log_in)
        page.goto("/manage/account")
        page.get_by_label("Le nom de cet appareil").fill("M" * 60)
        page.get_by_role("button", name="Ajouter une clé d’accès").click()
        expect(page.get_by_role("listitem").filter(has_text="M" * 60)).to_be_visible()
        assert not scrolls_sideways(page)


def test_who_was_in_for_long_is_led_to_show_who_they_are_and_back(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.url) as page:
        plug_in(page)
        enter(page, stage.log_in)
        page.goto("/manage/account")
        with stage.app.app_context(), write() as session:
            session.execute(sa.update(LogIn).values(proved_at=now() - FRESH - timedelta(minutes=1)))
        page.get_by_role("button", name="Ajouter une clé d’accès").click()
        page.get_by_role("heading", name="Confirmez votre identité").wait_for()
        assert page.url.endswith("?next=/manage/account")


def test_what_is_no_answer_of_the_site_is_told_in_its_words(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.url) as page:
        plug_in(page)
        page.goto("/organisers/log-in")
        page.locator("form[data-passkey]").evaluate("form => form.dataset.options = '/organisers/log-in'")  # a page
        page.get_by_role("button", name="Utiliser une clé d’accès").click()
        expect(page.get_by_role("status")).to_have_text(
            "Aucune clé d’accès n’a servi. Réessayez, ou demandez un lien par courriel."
        )


def test_nobody_is_offered_a_passkey_who_could_not_use_one(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.url, javascript=False) as page:
        page.goto("/organisers/log-in")
        expect(page.locator("form[data-passkey]")).to_be_hidden()
        enter(page, stage.log_in)
        page.goto("/manage/account")
        expect(page.locator("form[data-passkey]")).to_be_hidden()
