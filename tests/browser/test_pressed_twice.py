"""What is pressed twice on a slow line leads where the first press does."""

from flask import Flask
from playwright.sync_api import Browser

from tests.factories import make_organiser
from tests.servers.browser import visit
from tests.servers.site import Site
from tests.servers.small import door

SLOW = {"offline": False, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1}


def test_whoever_presses_twice_before_the_site_answers_is_let_in(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        link = door(make_organiser())
    with visit(chromium, site.url) as page:
        page.goto(link)
        button = page.get_by_role("button", name="Entrer").bounding_box()
        assert button
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
        with page.expect_request("**/organisers/log-in/*"):
            page.mouse.click(button["x"] + 5, button["y"] + 5)
        page.mouse.click(button["x"] + 5, button["y"] + 5)
        page.get_by_role("heading", name="Mes tribunes").wait_for()
