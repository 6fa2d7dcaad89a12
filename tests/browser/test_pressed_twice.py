"""What is pressed twice on a slow line leads where the first press does."""

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.factories import make_organiser
from tests.servers.browser import enter, visit
from tests.servers.site import Site
from tests.servers.small import door
from tribune.database import Base, db
from tribune.letters.models import Letter
from tribune.teams.models import Team

SLOW = {"offline": False, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1}


def press_twice(page: Page, name: str, sent_to: str) -> None:
    button = page.get_by_role("button", name=name).bounding_box()
    assert button
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    with page.expect_request(sent_to):
        page.mouse.click(button["x"] + 5, button["y"] + 5)
    page.mouse.click(button["x"] + 5, button["y"] + 5)


def test_whoever_presses_twice_before_the_site_answers_is_let_in(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        link = door(make_organiser())
    with visit(chromium, site.url) as page:
        page.goto(link)
        press_twice(page, "Entrer", "**/organisers/log-in/*")
        page.get_by_role("heading", name="Mes tribunes").wait_for()


def test_a_letter_and_a_team_are_begun_once(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        link = door(make_organiser())
        before = number_of(Letter), number_of(Team)
    with visit(chromium, site.url) as page:
        enter(page, link)
        for address, label, button in (
            ("/manage/letters/new", "Titre", "Commencer"),
            ("/manage/teams/new", "Nom de l’équipe", "Créer l’équipe"),
        ):
            page.goto(site.url + address)
            page.get_by_label(label).fill("Des rues")
            press_twice(page, button, f"**{address}")
            page.wait_for_url(lambda url: not url.endswith("/new"))
    with app.app_context():
        assert (number_of(Letter), number_of(Team)) == (before[0] + 1, before[1] + 1)


def number_of(model: type[Base]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
