"""An address that ends with the name of a section must not outlive the form that is sent from there."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.browser.stage import Stage, begun
from tests.factories import make_letter
from tests.servers.browser import visit
from tests.servers.site import Site
from tribune.organisers.queries import organiser_by_address


@pytest.fixture
def stage(served: tuple[Site, Flask]) -> Stage:
    return begun(*served)


def test_errors_have_the_focus_also_after_a_private_link_was_made(chromium: Browser, stage: Stage) -> None:
    stage.save(controller="La Coop", contact="coop@example.org")
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        page.goto(f"/manage/letters/{stage.letter_id}/publish")
        page.get_by_role("button", name="Faire un lien privé").click()
        expect(page.locator("#private-link")).to_be_focused()
        page.get_by_label("Plus tard").check()
        page.get_by_role("button", name="Publier").click()
        expect(page.locator("#errors")).to_be_focused()
        page.get_by_label("Jour", exact=True).fill("2099-01-01")
        page.get_by_label("Heure", exact=True).fill("06:00")
        page.get_by_role("button", name="Publier").click()
        expect(page.get_by_role("status").filter(has_text="Elle se publiera")).to_be_in_viewport()
        assert "#" not in page.url


def test_what_is_saved_is_said_where_it_is_seen(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        page.goto(stage.edit + "#contact")  # as “Still missing” leads there
        page.get_by_label("Adresse de contact").fill("zoe@example.org")
        page.get_by_role("button", name="Enregistrer", exact=True).last.click()
        expect(page.get_by_text("C’est enregistré.")).to_be_in_viewport()


def test_who_has_skipped_to_the_text_is_told_first_what_a_button_did(chromium: Browser, stage: Stage) -> None:
    with stage.app.app_context():
        organiser = organiser_by_address(stage.email)
        number = make_letter(organiser).id
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        page.goto(f"/manage/letters/{number}/close")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("#main$"))
        page.get_by_role("button", name="Clore la tribune").press("Enter")
        expect(page.get_by_role("status").filter(has_text="C’est clos")).to_be_focused()
