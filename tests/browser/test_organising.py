"""What a new organiser does, in a real browser, from the mailed link to the file: write, publish, watch, moderate."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.stage import printed
from tests.factories import make_letter, make_organiser, make_signature, owner_of
from tests.servers.browser import DESK, PHONE, enter, flaws, visit
from tests.servers.site import Site
from tests.servers.small import door, small_site
from tests.servers.smtp import MailServer, path_in
from tribune.database import write

SIGNED = [("Zoé", "Évrard", "CNRS"), ("Ana", "Abel", "C.N.R.S."), ("Mickey", "Mouse", "Disney")]
PAGES = "|/edit|/publish|/signatures|/review|/organisations|/files|/log|/addenda|/signatures/batches|/preview"
OTHERS = ["/manage/", "/manage/?q=zzz", "/manage/account", "/manage/teams/1", "/manage/teams/1/log"]

UNDER_THE_HEADING = """() => {
    const focused = document.activeElement.getBoundingClientRect();
    const heading = document.querySelector("thead th").getBoundingClientRect();
    return focused.top < heading.bottom && document.activeElement.closest("tbody") && document.activeElement.outerHTML;
}"""


class Stage(NamedTuple):
    """A site with one account and no letter, and the server its mails go to."""

    url: str
    mails: MailServer


@pytest.fixture
def stage(migrated_sqlite: Path, mail_server: MailServer) -> Iterator[Stage]:
    with small_site(migrated_sqlite, mail_server) as (site, app):
        with app.app_context():
            make_organiser(email="alice@example.org", name="La SocialGoodWeek")
        yield Stage(site.url, mail_server)


def log_in(page: Page, stage: Stage) -> None:
    page.goto("/organisers/log-in")
    page.get_by_label("Votre adresse électronique").fill("alice@example.org")
    page.get_by_role("button", name="M’envoyer un lien").click()
    page.get_by_role("heading", name="Consultez").wait_for()
    page.goto(path_in(stage.mails.wait_for(1)[-1], "/organisers/log-in/"))
    page.get_by_role("button", name="Entrer").click()
    page.get_by_role("heading", name="Mes tribunes").wait_for()


def paste_and_publish(page: Page) -> str:
    """The address of the desk of the letter."""
    page.get_by_role("link", name="Coller une tribune").click()
    page.get_by_label("La page", exact=True).fill(printed(4))
    page.get_by_role("button", name="Lire cette page").click()
    page.locator("#attested").check()
    page.locator("button[value=keep]").click()
    page.wait_for_url(re.compile(r"/manage/letters/\d+/publish"))
    page.get_by_role("button", name=re.compile("Publier")).first.click()
    page.get_by_role("heading", name="Cette tribune est publiée").wait_for()
    return page.url.removesuffix("/publish").split("?")[0]


def sign(chromium: Browser, stage: Stage, given_name: str, family_name: str, organisation: str) -> None:
    before = len(stage.mails.accepted)
    with visit(chromium, stage.url, width=PHONE) as reader:
        reader.goto("/")
        reader.get_by_role("link", name="Pour un numérique habitable").first.click()
        reader.get_by_label("Prénom").fill(given_name)
        reader.get_by_label("Nom", exact=True).fill(family_name)
        reader.get_by_label("Adresse électronique").fill(f"{before}@example.org")
        reader.get_by_label("Organisation", exact=False).first.fill(organisation)
        reader.get_by_label("Afficher ma ligne").check()
        reader.get_by_role("button", name="Signer cette tribune").click()
        reader.get_by_role("heading", name="Il reste une étape").wait_for()
        reader.goto(path_in(stage.mails.wait_for(before + 1)[-1], "/signatures/confirm/"))
        reader.get_by_role("heading", name="C’est signé").wait_for()


def look_at_every_page(page: Page, desk: str) -> None:
    for path in [*(desk + path for path in PAGES.split("|")), *OTHERS]:
        page.goto(path)
        assert flaws(page) == [], path


def hide_the_joke_and_change_ones_mind(page: Page, desk: str) -> None:
    page.goto(f"{desk}/signatures")
    page.get_by_label(re.compile("Mickey Mouse")).check()
    page.locator("select[name=verb]").select_option("hide")
    page.get_by_role("button", name="Celles que j’ai cochées").click()
    page.get_by_label("Motif").fill("Un nom de personnage.")
    page.get_by_role("button", name="Masquer 1 signature").click()
    page.get_by_role("button", name="Annuler").wait_for()
    listed = "/letters/pour-un-numerique-habitable/signatories"
    page.goto(listed)
    assert "Mickey" not in page.content()
    page.go_back()
    page.get_by_role("button", name="Annuler").click()
    page.get_by_role("button", name="Annuler").wait_for(state="detached")
    page.goto(f"{listed}?q=mickey")  # not the page that this browser has kept for a few seconds
    assert "Mickey Mouse" in page.content()


def merge_two_spellings(page: Page, desk: str) -> None:
    page.goto(f"{desk}/organisations")
    page.get_by_role("button", name=re.compile("Fusionner .*N.R.S|Fusionner CNRS")).click()
    page.get_by_label("Imprimé comme").fill("CNRS")
    page.get_by_role("button", name="Fusionner").click()
    expect(page.get_by_role("status")).to_contain_text("CNRS")
    expect(page.get_by_role("status")).to_be_focused()


def test_from_a_printed_page_to_a_file_in_one_go(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.url, width=DESK) as page:
        log_in(page, stage)
        desk = paste_and_publish(page)
        for person in SIGNED:
            sign(chromium, stage, *person)
        page.goto(desk)
        expect(page.locator("main")).to_contain_text("3")
        look_at_every_page(page, desk)
        hide_the_joke_and_change_ones_mind(page, desk)
        merge_two_spellings(page, desk)
        page.goto(f"{desk}/files")
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig")), delimiter=";"))
        assert len(rows) == 8
        assert [row["printed_line"] for row in rows[-3:]] == [
            "Zoé Évrard (CNRS)",
            "Ana Abel (CNRS)",
            "Mickey Mouse (Disney)",
        ]
        page.goto(f"{desk}/log")
        expect(page.locator("tbody tr")).to_have_count(7)
        page.get_by_role("button", name="Se déconnecter").click()
        page.goto(desk)
        expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()


def test_who_tabs_backwards_through_the_table_sees_where_they_are(
    chromium: Browser, served: tuple[Site, Flask]
) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter(make_organiser())
        with write():
            for _ in range(40):
                make_signature(letter)
        way_in, table = door(owner_of(letter)), f"/manage/letters/{letter.id}/signatures"
    with visit(chromium, site.url) as page:
        enter(page, way_in)
        page.goto(table)
        page.locator("tbody a").last.focus()
        for _ in range(70):
            page.keyboard.press("Shift+Tab")
            hidden = page.evaluate(UNDER_THE_HEADING)
            assert not hidden, hidden


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_page_of_a_letter_opens_at_its_top_with_its_name_in_the_bar_in_sight(
    chromium: Browser, served: tuple[Site, Flask], width: int
) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter(make_organiser())
        way_in, log = door(owner_of(letter)), f"/manage/letters/{letter.id}/log"
    with visit(chromium, site.url, width=width) as page:
        enter(page, way_in)
        page.goto(log)
        expect(page.locator(".letter-nav [aria-current]")).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("banner")).to_be_in_viewport()
        assert page.evaluate("scrollY") == 0
