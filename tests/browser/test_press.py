"""The press list in a real browser, chosen and copied as it is shown; the line of an organisation, as it is typed."""

import re
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.factories import make_letter, make_organiser, make_signature
from tests.page import listed
from tests.servers.browser import DESK, PHONE, axe_violations, enter, visit
from tests.servers.site import Site
from tests.servers.small import door

FIRST = "Luc Faure, maire (Le Port)\nAna Zar et Léo Cid, éditeurs\n"


class Stage(NamedTuple):
    """A site with a letter, and how its organiser logs in."""

    url: str
    log_in: str
    letter: str
    public: str


@pytest.fixture
def stage(served: tuple[Site, Flask]) -> Stage:
    site, app = served
    with app.app_context():
        organiser = make_organiser()
        letter = make_letter(organiser, first=FIRST)
        make_signature(letter, given_name="Zoé", family_name="Évrard")
        return Stage(site.url, door(organiser), f"/manage/letters/{letter.id}", f"/letters/{letter.slug}")


def test_a_list_is_chosen_by_keyboard_and_copied_as_it_is_shown(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.url, width=DESK) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        enter(page, stage.log_in)
        page.goto(f"{stage.letter}/press?lang=en")
        assert axe_violations(page) == []
        page.get_by_label("A semicolon").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#sheet p")).to_have_count(3)
        expect(page.locator("#anew")).to_have_text("4 people named")  # heard where the keyboard still is
        expect(page).to_have_url(re.compile("separator=lines"))
        expect(page.get_by_label("A new line")).to_be_focused()
        page.get_by_role("button", name="Copy").press("Enter")
        expect(page.locator("#copied")).not_to_be_empty()
        shown = page.get_by_label("As plain text").input_value()
        assert shown.split("\n") == ["Luc Faure, maire (Le Port)", "Ana Zar et Léo Cid, éditeurs", "Zoé Évrard"]
        assert page.evaluate("navigator.clipboard.readText()") == shown
        html = page.evaluate("async () => (await (await navigator.clipboard.read())[0].getType('text/html')).text()")
        assert html.count("<p>") == 3 and "Luc Faure, maire (Le Port)" in html and "class" not in html


def test_a_list_is_chosen_without_scripts_on_a_phone(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.url, width=PHONE, javascript=False) as page:
        enter(page, stage.log_in)
        page.goto(f"{stage.letter}/press?lang=en")
        expect(page.locator("#sheet")).to_be_in_viewport()  # above what one chooses it by
        page.get_by_label("First signatories only").check()
        page.get_by_role("button", name="Show the list").click()
        text = page.locator("#text").input_value()
        assert text.endswith("et 1\u00a0autre signataire.") and "Zoé" not in text
        assert not page.locator("#copy").is_visible()


def test_the_line_of_an_organisation_reads_as_it_will_be_kept(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.url, width=PHONE) as page:
        enter(page, stage.log_in)
        shown = [add(page, stage, name) for name in NAMES]
        page.goto(stage.public)
        kept = listed(page.content())
        assert [line for line in kept if line.startswith("Bo & Co, par la voix d")] == shown


NAMES = [
    *("Élodie", "Hélène", "Hassan", "Yves", "Yann", "Œdipe", "Øyvind", "Ouassim", "Marie", "A."),
    *("Əli", "Ɛyram", "Ɔlivia", "ʻAkahi"),
]


def add(page: Page, stage: Stage, name: str) -> str:
    """Add somebody who speaks for an organisation by hand; the line that was shown meanwhile."""
    page.goto(f"{stage.letter}/first/add")
    button = page.locator("form.sign button.primary")
    expect(button).to_have_accessible_description("")
    typed = {"given_name": name, "family_name": "Roy", "role": "élue", "organisation": "Bo & Co"}
    for field, value in typed.items():
        page.locator(f"#{field}").fill(value)
    page.locator("#as_organisation").check()
    shown = page.locator("#preview .line").inner_text()
    expect(button).to_have_accessible_description(re.compile(re.escape(shown)))
    page.locator("#agreed").check()
    button.click()
    page.wait_for_url(re.compile(r"/first(?!/add)"))
    return shown
