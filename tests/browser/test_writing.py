"""Writing in a real browser: the look follows the typing, and nothing typed is lost, whatever happens meanwhile."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.browser.stage import Stage, begun
from tests.servers.browser import axe_violations, flaws, visit
from tests.servers.site import Site


@pytest.fixture
def stage(served: tuple[Site, Flask]) -> Stage:
    return begun(*served)


def test_the_look_follows_the_typing_and_what_is_typed_is_kept(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        page.goto(stage.edit)
        expect(page.locator("#look h1")).to_have_text("Des rues")
        page.locator("#title").fill("Des rues ?")
        page.locator("#text").fill("## Jouer\n\nDehors.")
        expect(page.locator("#look h1")).to_have_text("Des rues\u202f?")
        expect(page.locator("#look h2")).to_have_text("Jouer")
        expect(page.locator("h1:not([aria-level])")).to_have_count(1)  # the one of the page
        expect(page.locator("#kept")).not_to_be_empty()
        page.locator("#authors").fill("Léa Martin")  # and away at once
        page.goto("/manage/")
        page.wait_for_function(
            "edit => fetch(edit).then(got => got.text()).then(it => it.includes('Léa'))", arg=stage.edit
        )
        page.goto(stage.edit)
        expect(page.locator("#unsaved")).to_be_visible()
        expect(page.locator("#text")).to_have_value("## Jouer\n\nDehors.")
        expect(page.locator("#authors")).to_have_value("Léa Martin")
        page.locator("#unsaved button").click()
        expect(page.locator("#title")).to_have_value("Des rues")
        expect(page.locator("#unsaved")).to_have_count(0)
        page.locator("#title").fill("Des bancs")
        page.locator(".savebar .primary").click()
        expect(page.locator(".about")).to_contain_text("Des bancs")
        page.goto(stage.edit)
        expect(page.locator("#unsaved")).to_have_count(0)
        expect(page.locator("#kept")).to_be_empty()


def test_that_it_is_kept_is_read_out_once_and_when_asked(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.open(page)
        page.locator("#authors").fill("Léa Martin")
        aloud = page.locator("#aloud")
        expect(aloud).to_contain_text("Gardé pour vous")
        page.locator("#authors").fill("Léa Martin et Zoé Évrard")
        expect(aloud).to_be_empty()
        expect(page.locator("#kept")).to_contain_text("Gardé pour vous")
        page.locator(".savebar button").last.click()
        expect(aloud).to_contain_text("Gardé pour vous")


def test_a_browser_that_may_keep_nothing_has_its_drafts_and_its_look_from_the_site(
    chromium: Browser, stage: Stage
) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        page.add_init_script("""Object.defineProperty(window, "localStorage", {
            get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
        })""")
        page.goto(stage.edit)
        expect(page.locator("#look h1")).to_have_text("Des rues")
        page.locator("#title").fill("Des rues ?")
        expect(page.locator("#kept")).to_contain_text("Gardé pour vous")
        page.reload()
        expect(page.locator("#unsaved")).to_be_visible()
        expect(page.locator("#title")).to_have_value("Des rues ?")


def test_two_browsers_that_save_at_once_are_both_heard(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as hers, visit(chromium, stage.site.url, javascript=False) as his:
        for page in (hers, his):
            stage.log_in(page)
            page.goto(stage.edit)
        his.locator("#title").fill("Le titre de Bob")
        his.locator(".savebar .primary").click()
        hers.locator("#title").fill("Le titre d’Alice")
        hers.locator(".savebar .primary").click()
        expect(hers.locator(".words")).to_have_text(["Le titre de Bob", "Le titre d’Alice"])
        assert axe_violations(hers) == []
        hers.locator("#theirs-title").check()
        hers.locator(".savebar .primary").click()
        expect(hers.locator("#title")).to_have_value("Le titre de Bob")


def test_two_tabs_of_one_browser_overwrite_nothing_of_each_other(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as first:
        stage.log_in(first)
        first.goto(stage.edit)
        second = first.context.new_page()
        second.goto(stage.edit)
        first.locator("#title").fill("Du premier onglet")
        expect(first.locator("#kept")).not_to_be_empty()
        second.locator("#title").fill("Du second onglet")
        expect(second.locator("#kept")).to_contain_text("un autre onglet")
        second.locator(".savebar button").last.click()  # keep for myself: which?
        expect(second.locator(".words")).to_have_text(["Du premier onglet", "Du second onglet"])
        assert axe_violations(second) == []
        second.locator("#theirs-title").check()
        second.locator(".savebar .primary").click()
        expect(second.locator("#unsaved")).to_be_visible()
        expect(second.locator("#title")).to_have_value("Du premier onglet")


def test_without_scripts_a_button_keeps_and_another_shows(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url, javascript=False) as page:
        stage.log_in(page)
        page.goto(stage.edit)
        page.locator("#title").fill("Des rues ?")
        with page.context.expect_page() as opened:
            page.locator("#look button").click()
        expect(opened.value.locator("h1")).to_have_text("Des rues\u202f?")
        page.locator(".savebar button").last.click()
        expect(page.locator("#unsaved")).to_be_visible()
        expect(page.locator("#title")).to_have_value("Des rues ?")


def test_axe_finds_nothing_where_one_writes(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        for path in ("/manage/letters/new", stage.edit.replace("edit", "image"), stage.edit):
            page.goto(path, wait_until="networkidle")
            assert flaws(page) == [], path
        page.locator("#title").fill("")
        page.locator(".savebar .primary").click()
        page.wait_for_selector("#errors")
        assert flaws(page) == [], "the form with its errors"
