"""The number of an open page keeps itself up to date in a real browser, without a word."""

from flask import Flask
from playwright.sync_api import Browser, expect

from tests.factories import confirm_path, make_letter, make_signature
from tests.servers.browser import stand_still, visit
from tests.servers.site import Site


def test_an_open_page_shows_who_has_signed_since(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter(first="Léa Martin\nBruno Humbert")
        with visit(chromium, site.url) as page:
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url) if "count.json" in request.url else None)
            stand_still(page)
            page.goto(f"/letters/{letter.slug}")
            count = page.locator(".count")
            expect(count).to_have_text("2 signatures attestées par les organisateurs")
            make_signature(letter)
            page.clock.fast_forward(10_000)
            assert asked == []
            with page.expect_response(lambda answer: "count.json" in answer.url):
                page.clock.fast_forward(20_000)
            expect(count).to_have_text("1 signature confirmée et 2 attestées par les organisateurs")
            expect(page.locator(".bar [data-count]")).to_have_text("1 signature confirmée")
            assert count.get_attribute("aria-live") is None
            page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
            page.clock.fast_forward(600_000)
            assert len(asked) == 1


def test_it_does_not_go_back_to_what_the_browser_has_kept(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter()
        make_signature(letter)
        waits = make_signature(letter, confirmed=False)
        with visit(chromium, site.url) as page:
            stand_still(page)
            page.goto(f"/letters/{letter.slug}")
            with page.expect_response(lambda answer: "count.json" in answer.url):
                page.clock.fast_forward(30_000)
            page.request.post(confirm_path(waits))
            page.reload()
            count = page.locator(".count")
            expect(count).to_have_text("2 signatures confirmées")
            with page.expect_response(lambda answer: "count.json" in answer.url) as asked:
                page.clock.fast_forward(30_000)
            assert asked.value.json()["confirmed"] == 2
            expect(count).to_have_text("2 signatures confirmées")


def test_it_stays_as_it_is_for_whoever_wants_nothing_to_move(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter()
        make_signature(letter)
        path = f"/letters/{letter.slug}"
    with visit(chromium, site.url) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "count.json" in request.url else None)
        page.emulate_media(reduced_motion="reduce")
        stand_still(page)
        page.goto(path)
        expect(page.locator(".count")).to_have_text("1 signature confirmée")
        page.clock.fast_forward(600_000)
        assert asked == []
