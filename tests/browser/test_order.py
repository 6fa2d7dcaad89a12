"""First signatories put in order in a real browser: with the mouse, by keyboard alone, and what axe says."""

import re
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.factories import make_letter, make_organiser, make_signature
from tests.servers.browser import enter, flaws, visit
from tests.servers.site import Site
from tests.servers.small import door
from tribune.database import write
from tribune.signatures.models import Flag

FIRST = "Ana Blanc, maire (Lyon)\nBob Adam, poète (Brest)\nCléo Roi et Dan Sue, fondateurs de Ruche\nÈve Caron"


class Stage(NamedTuple):
    """A site with a letter: its address, that on the desk, one signature's, and a link to log in by."""

    site: Site
    public: str
    letter: str
    signature: str
    log_in: str


@pytest.fixture
def stage(served: tuple[Site, Flask]) -> Stage:
    site, app = served
    with app.app_context():
        organiser = make_organiser()
        letter = make_letter(organiser, first=FIRST)
        signature = make_signature(letter, role="maire", organisation="Nantes", section="Élus")
        with write() as session:
            session.add(Flag(letter_id=letter.id, signature_id=signature.id, kind="joke"))
        there = f"/manage/letters/{letter.id}"
        paths = f"/letters/{letter.slug}", there, f"{there}/signatures/{signature.public_id}"
        return Stage(site, *paths, door(organiser))


def names(page: Page) -> list[str]:
    """The given name that begins each line of the order."""
    return [text.split()[0] for text in page.locator(".order .line").all_inner_texts()]


def test_a_line_is_dragged_with_the_mouse(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        enter(page, stage.log_in)
        page.goto(f"{stage.letter}/first")
        expect(page.locator("#drag")).to_be_visible()
        rows = page.locator(".order li")
        with page.expect_navigation():
            rows.nth(3).locator(".number").drag_to(rows.nth(0), target_position={"x": 30, "y": 3})
        assert names(page) == ["Ève", "Ana", "Bob", "Cléo"]
        expect(page.locator(":focus")).to_have_accessible_description(re.compile("Ève Caron.* 1 sur 4"))
        page.goto(stage.public)
        expect(page.locator(".signatories .line").first).to_have_text("Ève Caron")


def test_a_line_is_moved_by_keyboard_alone(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url, javascript=False) as page:
        enter(page, stage.log_in)
        page.goto(f"{stage.letter}/first")
        page.locator("button[name=down]").first.focus()
        for order in (["Bob", "Ana", "Cléo", "Ève"], ["Bob", "Cléo", "Ana", "Ève"]):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert names(page) == order
            focused = page.locator(":focus")
            expect(focused).to_have_attribute("name", "down")  # the button of the line that moved
            expect(focused).to_have_accessible_description(re.compile("Ana Blanc"))  # where it stands now, read out
            assert page.locator("li:has(:focus) .line").inner_text().startswith("Ana")


def test_axe_finds_nothing_on_the_order_nor_on_a_signature(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        enter(page, stage.log_in)
        page.goto(f"{stage.letter}/first")
        line = page.locator(".row-moves a").nth(2).get_attribute("href")
        pages = [f"{stage.letter}/first", f"{stage.letter}/first/add", line, stage.signature]
        for path in [*pages, f"{stage.signature}/correct"]:
            page.goto(path)
            assert flaws(page) == [], path
        page.locator("#given_name").fill("Zoë")
        page.locator("#reason").fill("Une coquille.")
        page.locator("main form .primary").last.click()
        page.locator("pre.mail").wait_for()
        expect(page.locator(":focus")).to_have_accessible_description(re.compile("Après.*Zoë"))  # not the button alone
        assert flaws(page) == [], "the correction before it is saved"
