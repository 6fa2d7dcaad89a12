"""While somebody types their organisation, those are proposed that begin as it does now."""

from flask import Flask
from playwright.sync_api import Browser, Route, expect

from tests.factories import make_letter
from tests.servers.browser import visit
from tests.servers.site import Site


def test_an_answer_that_comes_late_proposes_nothing(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter()
        with visit(chromium, site.url) as page:
            asked: list[Route] = []

            def hold(route: Route) -> None:
                asked.append(route)

            page.route("**/organisations.json?*", hold)
            page.goto(f"/letters/{letter.slug}/sign")
            field = page.get_by_label("Organisation", exact=False).first
            for typed in ("em", "cn"):
                with page.expect_request(f"**/organisations.json?q={typed}"):
                    field.fill(typed)
                page.evaluate("1")  # the route is ours by now
            proposed = page.locator("#organisations option")
            for route, name in ((asked[1], "CNRS"), (asked[0], "Emmaüs")):
                with page.expect_response("**/organisations.json?*"):
                    route.fulfill(json=[name])
            page.evaluate("new Promise((done) => setTimeout(done))")
            expect(proposed).to_have_count(1)
            assert proposed.get_attribute("value") == "CNRS"
