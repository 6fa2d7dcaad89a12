"""Writing in a real browser while the site, the log-in or an answer is away: nothing typed is lost."""

import re
from http.client import HTTPConnection

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.stage import Stage, begun
from tests.factories import make_letter, owner_of
from tests.servers.browser import visit
from tests.servers.site import HOST, Site
from tribune.database import db
from tribune.letters.models import Letter
from tribune.organisers.queries import organiser_by_address
from tribune.writing.deleting import delete_letter


@pytest.fixture
def stage(served: tuple[Site, Flask]) -> Stage:
    return begun(*served)


def answer_drafts(page: Page, answer: str, method: str = "POST") -> None:
    """Let what this page sends to be kept, or asks to learn why it was not, be answered so, in JavaScript."""
    page.evaluate(f"""() => {{
        const send = window.fetch, draft = document.querySelector("form.write").dataset.draft;
        window.fetch = (address, how) =>
            address === draft && (how.method ?? "GET") === "{method}" ? {answer} : send(address, how);
    }}""")


def write_in_a_train(page: Page) -> None:
    """Type while the site cannot be reached, and open the page anew once it can."""
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('away')); }")
    page.locator("#text").fill("Écrit dans un train.")
    expect(page.locator("#kept")).not_to_be_empty()
    page.reload()


@pytest.mark.parametrize(("since", "there"), [("kept", "Zoé Évrard"), ("saved", "Léa Martin")])
def test_what_was_sent_on_leaving_is_there_though_it_did_not_arrive_unless_more_was_kept_since(
    chromium: Browser, stage: Stage, since: str, there: str
) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.open(page)
        answer_drafts(page, "new Promise(() => {})")
        page.locator("#authors").fill("Léa Martin")
        page.goto("/manage/")
        if since == "kept":
            stage.keep(authors="Zoé Évrard")
        else:
            stage.save(goal=12)
        page.goto(stage.edit)
        expect(page.locator("#authors")).to_have_value(there)


@pytest.mark.parametrize("then", ["thrown away", "typed on"])
def test_what_was_sent_on_leaving_may_arrive_only_once_its_words_are_back(
    chromium: Browser, stage: Stage, then: str
) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        stage.keep(title="Des rues ?")
        page.goto(stage.edit)
        answer_drafts(page, "new Promise(() => {})")
        page.locator("#authors").fill("Léa Martin")
        tab = {name: page.locator(f".write [name={name}]").input_value() for name in ("pen", "draft")}
        page.goto("/manage/")
        page.goto(stage.edit)
        expect(page.locator("#authors")).to_have_value("Léa Martin")
        stage.keep(title="Des rues ?", authors="Léa Martin", **tab)  # as it arrives
        if then == "thrown away":
            page.locator("#unsaved button").click()
            expect(page.locator("#title")).to_have_value("Des rues")
        else:
            page.locator("#authors").fill("Léa Martin et Noé Bel")
            expect(page.locator("#kept")).to_contain_text("Gardé pour vous")
            pen = page.locator(".write [name=pen]").input_value()  # another would let it write over what comes next
            expect(page.locator(".write [name=left]")).to_have_value(pen)


def test_a_log_in_that_ends_during_the_typing_loses_nothing(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        page.goto(stage.edit)
        other = page.context.new_page()
        other.goto("/manage/")
        other.locator(".desk-nav button").click()
        other.wait_for_url("**/")
        page.locator("#text").fill("Écrit sans le savoir.")
        expect(page.locator("#log-in-again")).to_be_visible()
        page.locator("#authors").fill("Léa Martin")
        stage.log_in(other)
        page.evaluate("dispatchEvent(new Event('focus'))")  # as when one comes back to the tab
        expect(page.locator("#log-in-again")).to_be_hidden()
        other.goto(stage.edit)
        expect(other.locator("#text")).to_have_value("Écrit sans le savoir.")
        expect(other.locator("#authors")).to_have_value("Léa Martin")
        page.locator(".savebar .primary").click()  # the page that was open all the while saves
        expect(page.locator("#unsaved")).to_have_count(0)
        expect(page.locator("#text")).to_have_value("Écrit sans le savoir.")


def test_what_could_not_be_saved_comes_back_though_somebody_else_saved_meanwhile(
    chromium: Browser, stage: Stage
) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.open(page)
        page.context.clear_cookies()  # the log-in has ended
        page.locator("#text").fill("Écrit  sans le savoir. ")  # which is tidied
        page.locator(".savebar .primary").click()
        expect(page.locator("#typed")).to_contain_text("Écrit  sans le savoir.")
        stage.save(title="Le titre de Bob")
        stage.log_in(page)
        page.goto(stage.edit)
        expect(page.locator("#text")).to_have_value("Écrit  sans le savoir. ")
        page.locator(".savebar .primary").click()
        expect(page.locator("legend")).to_have_text(["Titre", "Texte"])  # who saves chooses
        page.locator("#theirs-title").check()
        page.locator(".savebar .primary").click()
        page.wait_for_selector("#look article")
        expect(page.locator("#title")).to_have_value("Le titre de Bob")
        expect(page.locator("#kept")).to_be_empty()


def test_what_was_refused_is_kept_as_anything_typed(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.open(page)
        page.locator("#text").fill("Écrit d’une traite.")
        page.locator("#goal").fill("beaucoup")
        page.locator(".savebar .primary").click()
        page.wait_for_selector("#errors")
        page.goto("/manage/")
        page.goto(stage.edit)
        expect(page.locator("#text")).to_have_value("Écrit d’une traite.")


def test_a_site_that_is_away_is_said_to_be_and_what_was_typed_comes_back(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.open(page)
        write_in_a_train(page)
        expect(page.locator("#text")).to_have_value("Écrit dans un train.")
        back = page.locator("#kept").get_attribute("data-restored") or ""
        expect(page.locator("#kept")).to_have_text(back)
        expect(page.locator("#kept")).not_to_have_text(back)  # it has arrived
        page.reload()
        expect(page.locator("#unsaved")).to_be_visible()
        expect(page.locator("#text")).to_have_value("Écrit dans un train.")


def test_what_came_back_once_the_site_was_there_again_can_be_thrown_away(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        stage.keep(title="Des rues ?")
        page.goto(stage.edit)
        write_in_a_train(page)
        expect(page.locator("#kept")).to_contain_text("Gardé pour vous")
        page.locator("#unsaved button").click()
        expect(page.locator("#title")).to_have_value("Des rues")
        expect(page.locator("#text")).to_have_value("Un texte.")


def test_a_site_that_keeps_nothing_for_now_says_neither_that_the_log_in_ended_nor_that_the_letter_is_gone(
    chromium: Browser, stage: Stage
) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.open(page)
        answer_drafts(page, """Promise.resolve(new Response("", { status: 503 }))""")
        page.locator("#text").fill("Écrit pendant une sauvegarde.")
        expect(page.locator("#kept")).to_have_text(page.locator("#kept").get_attribute("data-busy") or "?")
        expect(page.locator("#log-in-again")).to_be_hidden()
        for status in (404, 403):  # the letter is gone; or one has become a viewer
            answer_drafts(page, f"""Promise.resolve(new Response("", {{ status: {status} }}))""", "GET")
            page.locator("#text").fill(f"Écrit pour personne, {status}.")
            expect(page.locator("#kept")).to_have_text(page.locator("#kept").get_attribute("data-gone") or "?")
            page.locator("#kept").evaluate("kept => { for (const said of kept.children) said.textContent = ''; }")


def test_a_save_whose_answer_is_lost_does_not_come_back_as_unsaved(chromium: Browser, stage: Stage) -> None:
    def lose(route: Route) -> None:
        asked = route.request
        headers = {name: value for name, value in asked.all_headers().items() if not name.startswith(":")}
        site = HTTPConnection(HOST, stage.site.port)
        site.request("POST", stage.edit, asked.post_data_buffer, headers)
        assert site.getresponse().status == 303
        site.close()
        route.abort()

    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        page.goto(stage.edit)
        page.locator("#text").fill("Ce que j’enregistre.")
        page.route("**" + stage.edit, lose, times=1)
        page.locator(".savebar .primary").click()
        page.wait_for_url("chrome-error://**")
        page.goto(stage.edit)
        page.locator("#look article").wait_for()
        expect(page.locator("#kept")).to_be_empty()
        expect(page.locator("[name=revision]")).to_have_value("2")


def test_what_never_reached_the_site_goes_with_a_letter_that_one_deletes_and_is_shown_if_somebody_else_did(
    chromium: Browser, stage: Stage
) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.open(page)
        for by in ("oneself", "a colleague"):
            answer_drafts(page, "new Promise(() => {})")
            page.locator("#text").fill("Écrit pour rien.")
            page.goto(f"/manage/letters/{stage.letter_id}/delete")
            assert page.evaluate("localStorage.length") == 1
            if by == "oneself":
                page.locator("main form button").click()
                page.wait_for_url("**/manage/")
                assert page.evaluate("localStorage.length") == 0
                with stage.app.app_context():
                    other = make_letter(organiser_by_address(stage.email), published=False)
                    stage = stage._replace(letter_id=other.id)
                page.goto(stage.edit)
        with stage.app.app_context():
            letter = db.session.get_one(Letter, stage.letter_id)
            delete_letter(letter, owner_of(letter))
        page.goto("/manage/")
        expect(page.locator("#left textarea")).to_have_value(re.compile("Écrit pour rien."))
        page.locator("#left button").click()
        expect(page.locator("#left")).to_be_hidden()
        assert page.evaluate("localStorage.length") == 0
