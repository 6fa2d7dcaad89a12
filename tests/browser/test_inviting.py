"""The pages of invitations in a real browser: by keyboard alone, and what axe says of each of them."""

from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from tests.factories import invitation_path, make_invited, make_letter, make_organiser
from tests.servers.browser import PHONE, enter, flaws, visit
from tests.servers.site import Site
from tests.servers.small import door
from tribune.invitations.answering import decline

LIST = "Ana Blanc, maire de Lyon, ana@example.org\nBob Adam, poète, Brest"


class Stage(NamedTuple):
    """A site with a draft to which some were invited; its desk, one of them, their link, and how to log in."""

    site: Site
    desk: str
    person: int
    link: str
    door: str


@pytest.fixture
def stage(served: tuple[Site, Flask]) -> Stage:
    site, app = served
    with app.app_context():
        organiser = make_organiser()
        letter = make_letter(organiser, published=False, first="Ana Blanc, maire", contact="nous@example.org")
        silent, asked = make_invited(letter, role="maire"), make_invited(letter)
        decline(asked.id, asked.link_nonce, "Pas cette fois.")
        return Stage(site, f"/manage/letters/{letter.id}", silent.id, invitation_path(silent), door(organiser))


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until it has the focus, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("not reached by 60 times Tab")


def test_axe_finds_nothing_on_the_pages_of_invitations(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        enter(page, stage.door)
        board, person = f"{stage.desk}/invitations", f"{stage.desk}/invitations/people/{stage.person}"
        paths = [board, f"{board}/mail", f"{board}/send", f"{board}/remind", f"{board}/add", f"{board}/people/new"]
        paths += [person, f"{person}/edit", f"{person}/remove", f"{stage.desk}/press", f"{stage.desk}/publish"]
        for path in paths:
            page.goto(path)
            assert flaws(page) == [], path
        page.goto(f"{board}/add")
        page.locator("#people").fill(LIST)
        page.get_by_role("button", name="Lire cette liste").click()
        page.locator("#people-title").wait_for()
        assert flaws(page) == [], "the review"
        page.goto(stage.link)
        assert flaws(page) == [], "the personal page"
        page.locator("#given_name").fill("Quelqu’un")
        page.locator("#family_name").fill("D’autre")
        page.get_by_role("button", name="Accepter et signer").click()
        page.wait_for_load_state()
        assert flaws(page) == [], "is it you?"


def test_an_organisation_that_signs_as_such_is_shown_so_while_people_are_looked_over(
    chromium: Browser, stage: Stage
) -> None:
    with visit(chromium, stage.site.url) as page:
        enter(page, stage.door)
        page.goto(f"{stage.desk}/invitations/add")
        page.locator("#people").fill("Ana Blanc\tprésidente\tRues libres\nBob Adam\tpoète\t")
        page.get_by_role("button", name="Lire cette liste").click()
        page.locator("#as_organisation-0").check()
        page.locator("#role-1").fill("poétesse")
        said = ["Rues libres, par la voix d’Ana Blanc, présidente", "Bob Adam, poétesse"]
        expect(page.locator(".as-read")).to_have_text(said)


def test_by_keyboard_alone_somebody_is_added_read_and_invited_and_accepts(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        enter(page, stage.door)
        page.goto(f"{stage.desk}/invitations/add")
        tab_to(page, page.locator("#people"))
        page.keyboard.type("Ana Blanc, maire de Lyon, ana@example.org")
        tab_to(page, page.get_by_role("button", name="Lire cette liste"))
        page.keyboard.press("Enter")
        page.locator("#people-title").wait_for()
        tab_to(page, page.get_by_role("button", name="Mettre ces personnes sur la liste"))
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("link", name="Inviter 2 personnes"))
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("button", name="Envoyer 2 courriels"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Invitations")).to_be_visible()
    with visit(chromium, stage.site.url) as reader:
        reader.goto(stage.link)
        tab_to(reader, reader.locator("#tell"))
        reader.keyboard.press("Space")
        tab_to(reader, reader.get_by_role("button", name="Accepter et signer"))
        reader.keyboard.press("Enter")
        expect(reader.get_by_role("status").first).to_contain_text("merci")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_mistake_in_whichever_form_of_the_answer_has_the_focus(
    chromium: Browser, stage: Stage, javascript: bool
) -> None:
    with visit(chromium, stage.site.url, width=PHONE, javascript=javascript) as page:
        page.goto(stage.link)
        page.locator("#family_name").fill("")
        page.get_by_role("button", name="Accepter et signer").click()
        expect(page.get_by_role("alert")).to_contain_text(
            "Indiquez votre prénom et votre nom, ou cochez la case ci-dessous si vous n’avez qu’un seul nom."
        )
        expect(page.get_by_role("alert")).to_be_focused()
        page.get_by_text("J’ai une question").click()
        page.get_by_role("button", name="Demander aux organisateurs").click()
        expect(page.get_by_role("alert")).to_contain_text("Écrivez votre question.")
        expect(page.get_by_role("alert")).to_be_focused()


def test_what_was_answered_has_the_focus(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        page.goto(stage.link)
        page.get_by_text("J’ai une question").click()
        page.locator("#question").fill("Qui d’autre ?")
        page.get_by_role("button", name="Demander aux organisateurs").click()
        expect(page.locator("[role=status]:focus")).to_contain_text("Votre question est transmise")
        page.get_by_text("Je décline").click()
        page.get_by_role("button", name="Décliner").click()
        expect(page.locator("[role=status]:focus")).to_contain_text("Vous avez décliné")
        page.get_by_role("button", name="Accepter et signer").click()
        expect(page.locator("[role=status]:focus")).to_contain_text("merci")


def test_the_button_of_the_bar_stays_on_one_line_on_a_phone(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url, width=PHONE, javascript=False) as page:  # with it, the bar leaves a short text
        page.goto(f"{stage.link}?lang=fr")
        button = page.locator(".bar a")
        expect(button).to_have_text("Votre réponse")
        expect(button).to_be_visible()
        lines = button.evaluate("link => link.offsetHeight / parseFloat(getComputedStyle(link).lineHeight)")
        assert lines < 2  # with its padding; two lines are more than 2.5
