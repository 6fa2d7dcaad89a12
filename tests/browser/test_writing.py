"""Writing in a real browser: the look follows the typing, and nothing typed is lost, whatever happens meanwhile."""

from http.client import HTTPConnection
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from tests.factories import make_letter, make_organiser
from tests.servers.browser import axe_violations, flaws, visit
from tests.servers.site import HOST, Site
from tests.servers.small import door
from tribune.database import db
from tribune.letters.models import Letter
from tribune.organisers.queries import organiser_by_address
from tribune.writing.actions import keep_draft, save


class Stage(NamedTuple):
    """A site, its application as the test sees it, and one letter with the page where it is written."""

    site: Site
    app: Flask
    email: str
    letter_id: int

    @property
    def edit(self) -> str:
        """Where it is written."""
        return f"/manage/letters/{self.letter_id}/edit"

    def log_in(self, page: Page) -> None:
        """Come in as the organiser of the letter."""
        with self.app.app_context():
            organiser = organiser_by_address(self.email)
            assert organiser
            log_in = door(organiser)
        page.goto(log_in)
        page.locator("main button").first.click()
        page.wait_for_url("**/manage/")

    def keep(self, **content: str) -> None:
        """Keep a draft as another browser of theirs would."""
        with self.app.app_context():
            organiser, letter = organiser_by_address(self.email), db.session.get_one(Letter, self.letter_id)
            assert organiser
            keep_draft(letter, by=organiser, content=content, revision=letter.revision)

    def save(self, **changes: object) -> None:
        """Save as a colleague would."""
        with self.app.app_context():
            organiser, letter = organiser_by_address(self.email), db.session.get_one(Letter, self.letter_id)
            assert organiser
            save(letter, by=organiser, revision=letter.revision, published_at=None, changes=changes, tab={})


@pytest.fixture
def stage(served: tuple[Site, Flask]) -> Stage:
    site, app = served
    with app.app_context():
        organiser = make_organiser()
        letter = make_letter(organiser, title="Des rues", text="Un texte.", published=False)
        return Stage(site, app, organiser.email, letter.id)


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


def answer_drafts(page: Page, answer: str) -> None:
    """Let what this page sends to be kept be answered so, in JavaScript."""
    page.evaluate(f"""() => {{
        const send = window.fetch, draft = document.querySelector("form.write").dataset.draft;
        window.fetch = (address, how) => address === draft && how.method === "POST" ? {answer} : send(address, how);
    }}""")


@pytest.mark.parametrize(("since", "there"), [("kept", "Zoé Évrard"), ("saved", "Léa Martin")])
def test_what_was_sent_on_leaving_is_there_though_it_did_not_arrive_unless_more_was_kept_since(
    chromium: Browser, stage: Stage, since: str, there: str
) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        page.goto(stage.edit)
        page.wait_for_selector("#look article")
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
        stage.log_in(page)
        page.goto(stage.edit)
        page.wait_for_selector("#look article")
        page.context.clear_cookies()  # the log-in has ended
        page.locator("#text").fill("Écrit  sans le savoir. ")  # which is tidied
        page.locator(".savebar .primary").click()
        page.wait_for_url("**/log-in")
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
        stage.log_in(page)
        page.goto(stage.edit)
        page.wait_for_selector("#look article")
        page.locator("#text").fill("Écrit d’une traite.")
        page.locator("#goal").fill("beaucoup")
        page.locator(".savebar .primary").click()
        page.wait_for_selector("#errors")
        page.goto("/manage/")
        page.goto(stage.edit)
        expect(page.locator("#text")).to_have_value("Écrit d’une traite.")


def test_a_site_that_is_away_is_said_to_be_and_what_was_typed_comes_back(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        page.goto(stage.edit)
        page.wait_for_selector("#look article")
        page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('away')); }")
        page.locator("#text").fill("Écrit dans un train.")
        expect(page.locator("#kept")).not_to_be_empty()
        page.reload()
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
        page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('away')); }")
        page.locator("#text").fill("Écrit dans un train.")
        expect(page.locator("#kept")).not_to_be_empty()
        page.reload()
        expect(page.locator("#kept")).to_contain_text("Gardé pour vous")
        page.locator("#unsaved button").click()
        expect(page.locator("#title")).to_have_value("Des rues")
        expect(page.locator("#text")).to_have_value("Un texte.")


def test_a_site_that_keeps_nothing_for_now_does_not_say_that_the_log_in_ended(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        stage.log_in(page)
        page.goto(stage.edit)
        page.wait_for_selector("#look article")
        answer_drafts(page, """Promise.resolve(new Response("", { status: 503 }))""")
        page.locator("#text").fill("Écrit pendant une sauvegarde.")
        expect(page.locator("#kept")).to_have_text(page.locator("#kept").get_attribute("data-busy") or "?")
        expect(page.locator("#log-in-again")).to_be_hidden()


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
