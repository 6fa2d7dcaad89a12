"""Whoever has signed hands the letter on at a press."""

from flask import Flask
from playwright.sync_api import Browser, expect

from tests.factories import confirm_path, make_letter, make_signature
from tests.servers.browser import PHONE, axe_violations, visit
from tests.servers.site import Site


def test_the_address_is_copied_or_given_to_an_app_of_the_phone(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter(title="Nos rues !")
        signed, address = confirm_path(make_signature(letter)), f"{site.url}/letters/{letter.slug}"
    with visit(chromium, site.url, width=PHONE) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(signed)
        page.get_by_role("button", name="Copier l’adresse").click()
        expect(page.locator("#copied")).to_have_text("Copié\xa0: collez-le où il faut.")
        assert page.evaluate("navigator.clipboard.readText()") == address
        assert axe_violations(page) == []
        page.add_init_script("navigator.share = async (given) => { window.given = given }")
        page.reload()
        page.get_by_role("button", name="Partager…").click()
        assert page.evaluate("given") == {"title": "Nos rues\u202f!", "url": address}
        expect(page.locator("#copied")).to_be_empty()
        # Said no by the phone, then by the browser too.
        page.add_init_script("navigator.share = async () => { throw new DOMException('', 'NotAllowedError') }")
        page.reload()
        page.get_by_role("button", name="Partager…").press("Enter")
        expect(page.locator("#copied")).to_have_text("Copié\xa0: collez-le où il faut.")
        page.evaluate("() => { navigator.clipboard.writeText = navigator.share }")
        page.get_by_role("button", name="Partager…").press("Enter")
        expect(page.locator("#copied")).to_have_text(
            "Ce navigateur ne laisse pas une page copier\xa0: l’adresse est sélectionnée, copiez-la."
        )
        assert page.evaluate("String(getSelection())") == address
        # Closed again by whoever looked at it.
        page.add_init_script("navigator.share = async () => { throw new DOMException('', 'AbortError') }")
        page.reload()
        page.evaluate("() => { navigator.clipboard.writeText = async () => { window.taken = true } }")
        page.get_by_role("button", name="Partager…").click()
        assert page.evaluate("window.taken") is None
    with visit(chromium, site.url, javascript=False) as page:
        page.goto(signed)
        expect(page.locator("#share")).to_be_hidden()
