"""What is pressed twice on a slow line leads where the first press does."""

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.factories import make_invited, make_letter, make_organiser, owner_of
from tests.servers.browser import enter, visit
from tests.servers.site import Site
from tests.servers.small import door
from tribune.database import Base, db
from tribune.letters.models import Letter
from tribune.teams.models import Team

SLOW = {"offline": False, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1}


def press_twice(page: Page, name: str, sent_to: str) -> None:
    pressed = page.get_by_role("button", name=name)
    pressed.scroll_into_view_if_needed()
    button = pressed.bounding_box()
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


def test_whoever_presses_twice_reads_what_the_first_press_did(chromium: Browser, served: tuple[Site, Flask]) -> None:
    """The second finds the mails gone, and the people on the list: it would say that nothing was sent, or saved."""
    site, app = served
    with app.app_context():
        letter = make_letter(published=False)
        make_invited(letter)
        link, invitations = door(owner_of(letter)), f"/manage/letters/{letter.id}/invitations"
    with visit(chromium, site.url) as page:
        enter(page, link)
        page.goto(f"{invitations}/send")
        press_twice(page, "Envoyer 1 courriel", f"**{invitations}/send")
        page.get_by_role("status").get_by_text("1 courriel est en route.").wait_for()
        page.goto(f"{invitations}/add")
        page.get_by_role("textbox").first.fill("Zoé Un, maire")
        page.get_by_role("button", name="Lire cette liste").click()
        press_twice(page, "Mettre ces personnes sur la liste", f"**{invitations}/add/review")
        page.get_by_role("status").get_by_text("1 personne a été mise sur la liste.").wait_for()


def number_of(model: type[Base]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
