"""A printed page becomes a draft letter in a real browser, on a phone, with and without JavaScript."""

import re
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.stage import printed
from tests.factories import make_organiser
from tests.servers.browser import PHONE, enter, flaws, visit
from tests.servers.site import Site
from tests.servers.small import door

LINES = 44


class Stage(NamedTuple):
    """A site, and how an organiser without a letter logs in."""

    url: str
    log_in: str


@pytest.fixture
def stage(served: tuple[Site, Flask]) -> Stage:
    site, app = served
    with app.app_context():
        return Stage(site.url, door(make_organiser()))


def paste(page: Page, stage: Stage, lines: int = LINES) -> None:
    enter(page, stage.log_in)
    page.goto("/manage/letters/paste?lang=en")
    page.get_by_label("The page", exact=True).fill(printed(lines).replace("- Laure Drevillon", "- 30Laure Drevillon"))
    page.get_by_role("button", name="Read this page").click()
    page.locator("#people").wait_for()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_page_is_pasted_corrected_and_kept_on_a_phone(chromium: Browser, stage: Stage, javascript: bool) -> None:
    with visit(chromium, stage.url, width=PHONE, javascript=javascript) as page:
        paste(page, stage)
        page.get_by_role("link", name="30Laure Drevillon").click()
        row = page.locator(".person:target")
        expect(row.locator("legend")).to_have_text(re.compile("30Laure Drevillon, Fondatrice One Heart communication"))
        row.locator("[name=given_name]").fill("Laure")
        page.locator("#family_name-9").fill("")
        page.locator("#attested").check()
        page.locator("button[value=keep]").click()

        # The error is said, leads to its field, and nothing typed is lost.
        summary = page.get_by_role("alert")
        expect(summary).to_contain_text("Nathan (family name)")
        summary.get_by_role("link").click()
        expect(page.locator("#family_name-9")).to_be_focused()
        page.locator("#family_name-9").fill("Stern")
        page.locator("button[value=look]").click()
        expect(page.locator("#person-44 legend")).to_contain_text("Laure Drevillon, Fondatrice One Heart communication")
        page.locator("button[value=add]").click()
        page.locator("#person-45 [name=family_name]").fill("Voltaire")
        page.locator("#leave_out-0").check()
        page.locator("button[value=keep]").click()
        page.wait_for_url(re.compile(r"/manage/letters/\d+/publish"))
        expect(page.get_by_role("status")).to_contain_text("45")


def test_who_leaves_what_they_corrected_before_it_is_kept_is_asked(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.url, width=PHONE) as page:
        paste(page, stage, 4)
        asked: list[str] = []
        page.on("dialog", lambda one: (asked.append(one.type), one.accept()))
        page.locator("#family_name-2").press_sequentially("x")
        page.locator("button[value=look]").click()
        page.wait_for_url(re.compile("/review"))
        page.route(re.compile("/review"), lambda route: route.fulfill(status=204), times=1)  # and stay
        with page.expect_response(re.compile("/review")):
            page.locator("button[value=look]").click()
        assert asked == []
        page.goto("/manage/letters/paste")
        assert asked == ["beforeunload"]


def test_a_wrong_field_is_marked_and_no_other(chromium: Browser, stage: Stage) -> None:
    def borders(page: Page, *fields: str) -> list[str]:
        style = "field => getComputedStyle(field).borderTopWidth"
        return [str(page.locator(field).evaluate(style)) for field in fields]

    with visit(chromium, stage.url) as page:
        paste(page, stage)
        page.locator("#family_name-9").fill("")
        page.locator("button[value=keep]").click()
        page.get_by_role("alert").wait_for()
        assert borders(page, "#family_name-9", "#given_name-9") == ["2px", "1px"]
        page.goto("/manage/letters/paste")
        expect(page.locator("[aria-invalid]")).to_have_count(0)
        assert borders(page, "#page") == ["1px"]
        page.locator("form.pasting .primary").click()
        page.get_by_role("alert").wait_for()
        assert borders(page, "#page", "#file") == ["2px", "1px"]


def test_axe_finds_nothing_on_the_pages_of_pasting(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.url) as page:
        paste(page, stage, 4)
        assert flaws(page, dark=True) == [], "the review"
        page.locator("#family_name-2").fill("")
        page.locator("#leave_out-1").check()
        page.locator("button[value=keep]").click()
        page.get_by_role("alert").wait_for()
        assert flaws(page, dark=True) == [], "the review with its errors"
        page.goto("/manage/letters/paste")
        assert flaws(page, dark=True) == [], "the box"
        page.locator("form.pasting .primary").click()
        page.get_by_role("alert").wait_for()
        assert flaws(page, dark=True) == [], "the box with its error"
