"""Whoever has mistyped their address sees so on the page that asks them to open the mail."""

from flask import Flask
from playwright.sync_api import Browser, expect

from tests.factories import make_letter, make_organiser
from tests.servers.browser import visit
from tests.servers.site import Site


def test_the_page_after_signing_says_once_to_which_address(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        slug = make_letter(make_organiser(), slug="mailed").slug
    with visit(chromium, site.url) as page:
        page.goto(f"/letters/{slug}/check-inbox")
        expect(page.locator("#mailed")).to_be_hidden()
        page.goto(f"/letters/{slug}")
        page.locator("form.sign #email").fill("zoe@")
        page.get_by_role("button", name="Signer cette tribune").click()
        expect(page.locator("#errors")).to_be_visible()
        page.wait_for_load_state("domcontentloaded")  # by then its scripts have run
        assert page.evaluate("sessionStorage.length") == 0  # nothing was sent: who sits here next may go elsewhere
        for field, typed in {"given_name": "Zoé", "family_name": "Roy", "email": " zoe@orang.fr "}.items():
            page.locator(f"form.sign #{field}").fill(typed)
        page.get_by_role("button", name="Signer cette tribune").click()
        expect(page.locator("#mailed")).to_have_text("Il est parti à l’adresse\xa0: zoe@orang.fr")
        page.reload()
        expect(page.get_by_role("heading", name="Il reste une étape")).to_be_visible()
        expect(page.locator("#mailed")).to_be_hidden()
