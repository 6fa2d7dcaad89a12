"""What one opens a page for, or has just done there, is in sight on a phone, without pushing or scrolling it."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from tests.factories import (
    make_batch,
    make_invitation,
    make_invited,
    make_letter,
    make_member,
    make_signature,
    owner_of,
)
from tests.servers.browser import DESK, HEIGHT, PHONE, enter, visit
from tests.servers.site import Site
from tests.servers.small import door
from tribune.audit.models import Verb
from tribune.database import db, write
from tribune.exports.actions import begin
from tribune.exports.choice import Choice
from tribune.letters.models import Letter
from tribune.letters.recording import record_letter
from tribune.signatures.models import Flag
from tribune.teams.models import Role

BAR = "const one = document.activeElement, bar = document.querySelector('.savebar');"
WITHIN_BAR = f"() => {{ {BAR} return bar.contains(one) }}"
PEEKS = "it => it.previousElementSibling.getBoundingClientRect().right > it.parentElement.offsetLeft + 24"
PUSHED = "it => it.scrollWidth > it.clientWidth"
IN_SIGHT = f"""() => {{ {BAR}
    const [box, over] = [one.getBoundingClientRect(), bar.getBoundingClientRect()];
    return bar.contains(one) || over.top - box.top >= Math.min(box.height, 24) }}"""


def in_sight(button: Locator) -> bool:
    box = button.bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE and box["y"] + box["height"] <= HEIGHT


def log_in(page: Page, app: Flask, letter_id: int) -> None:
    with app.app_context():
        way_in = door(owner_of(db.session.get_one(Letter, letter_id)))
    enter(page, way_in)
    page.get_by_role("heading", name="Mes tribunes").wait_for()


def test_what_one_looks_for_is_in_sight_without_pushing_a_table_or_the_page(
    chromium: Browser, served: tuple[Site, Flask]
) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter()
        name = make_member(letter, Role.EDITOR).name
        make_invitation(letter.team, "une.personne@association-de-quartier.example")
        make_signature(letter, confirmed=False, flags=[Flag(letter_id=letter.id, kind="mixed_scripts")])
        make_invited(letter)
        batch = make_batch(letter)
        number, team = letter.id, letter.team_id
        with write():
            record_letter(letter, Verb.LETTER_CLOSED, by=None)
            batch.verb, batch.organiser_id = "import", None  # by whom takes the most words
        begin(letter, Choice("confirmed"), by=None, what="csv", purpose="")
    with visit(chromium, site.url) as elsewhere, visit(chromium, site.url, width=PHONE) as page:
        log_in(elsewhere, app, number)
        log_in(page, app, number)
        signed = page.get_by_role("row").filter(has=page.get_by_role("rowheader")).get_by_role("cell").nth(1)
        assert signed.inner_text() == "0" and in_sight(signed)
        page.goto(f"/manage/teams/{team}")
        assert in_sight(page.get_by_role("link", name=f"Changer {name}"))
        assert in_sight(page.get_by_role("button", name="Révoquer"))
        page.goto("/manage/account")
        assert in_sight(page.get_by_role("table").get_by_role("button", name="Se déconnecter"))
        page.goto(f"/manage/letters/{number}/log")
        page.wait_for_load_state("load")
        assert not page.locator(".scroll").evaluate(PUSHED)
        its = f"/manage/letters/{number}"
        of_its = [f"{its}/{which}" for which in ("signatures", "signatures/batches", "invitations", "files")]
        for path in ("/manage/", "/manage/account", f"/manage/teams/{team}", *of_its):
            elsewhere.goto(path)
            elsewhere.wait_for_load_state("load")
            for width in (PHONE, 641, 900, 1024, DESK):
                elsewhere.set_viewport_size({"width": width, "height": HEIGHT})
                pushed = elsewhere.locator(".scroll").evaluate_all(f"all => all.map({PUSHED})")
                assert pushed and not any(pushed), (path, width)
        page.goto(f"/manage/letters/{number}/edit")
        page.wait_for_load_state("load")
        button = page.get_by_role("button", name="Enregistrer la tribune")
        [text, save] = (one.bounding_box() for one in (page.locator("#text"), button))
        assert text and save and 0 < save["y"] - text["y"] - text["height"] < HEIGHT
        assert page.locator(".letter-nav [aria-current]").evaluate(PEEKS)
        for window in (elsewhere, page):
            window.goto(f"/manage/letters/{number}/signatures?flag=mixed_scripts")
            window.get_by_role("button", name="Chercher").click()
            window.wait_for_url("**#found")
            expect(window.get_by_role("main").get_by_role("status")).to_be_in_viewport()
        expect(page.get_by_role("rowheader")).to_be_in_viewport()
        for said in ("Signée : ", "Nouvelles : non"):
            expect(page.get_by_role("cell", name=said)).to_be_in_viewport()
        assert not page.locator(".scroll").evaluate(PUSHED)
        assert elsewhere.evaluate("scrollY") == 0
        for path in (f"/manage/letters/{number}/invitations/add", "/manage/letters/paste"):
            elsewhere.goto(path)
            expect(elsewhere.locator("input[type=file]")).to_be_in_viewport(ratio=1)


def test_what_was_found_right_is_said_and_undone_without_scrolling(
    chromium: Browser, served: tuple[Site, Flask]
) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter()
        for _ in range(2):
            make_signature(letter, flags=[Flag(letter_id=letter.id, kind="joke")])
        number = letter.id
    with visit(chromium, site.url, width=PHONE) as page:
        log_in(page, app, number)
        page.goto(f"/manage/letters/{number}/review")
        page.get_by_role("button", name="Rien à redire sur les 2 de cette page").click()
        undo = page.get_by_role("button", name="Annuler")
        undo.wait_for()
        assert in_sight(undo)
        undo.click()
        page.get_by_text("Elles sont de nouveau dans la liste").wait_for()


def test_what_became_of_an_invitation_stands_beside_its_name_and_its_box(
    chromium: Browser, served: tuple[Site, Flask]
) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter(published=False)
        make_invited(letter)
        number = letter.id
    with visit(chromium, site.url, width=PHONE) as page:
        log_in(page, app, number)
        page.goto(f"/manage/letters/{number}/invitations")
        names = ("input", "th a", ".status")
        [tick, name, became] = (page.locator(f"tbody {one}").bounding_box() for one in names)
        assert tick and name and became
        expect(page.get_by_role("cell", name="Dernière invitation : –")).to_be_visible()
        assert became["x"] + became["width"] <= PHONE and not page.locator(".scroll").evaluate(PUSHED)
        assert abs((tick["y"] + tick["height"] / 2) - (name["y"] + name["height"] / 2)) < 3


def test_a_link_of_the_summary_leads_to_the_field_with_its_label_and_its_mistake(
    chromium: Browser, served: tuple[Site, Flask]
) -> None:
    site, app = served
    with app.app_context():
        slug = make_letter(asks_role="required", asks_organisation="required").slug
    with visit(chromium, site.url, width=PHONE) as page:
        page.goto(f"/letters/{slug}/sign")
        page.get_by_role("button", name="Signer cette tribune").click()
        leads_to_all_of_it(page, "Indiquez votre adresse électronique.", "Adresse électronique")
        leads_to_all_of_it(page, "Indiquez votre organisation.", "Organisation")


def leads_to_all_of_it(page: Page, mistake: str, label: str) -> None:
    """Follow the link of the summary: the field has the focus, and what is said above it is in sight."""
    page.get_by_role("alert").get_by_role("link", name=mistake).click()
    field = page.locator(":focus")
    assert field.evaluate("it => ['INPUT', 'TEXTAREA'].includes(it.tagName)")
    above = page.locator(".wrong, .choices").filter(has=field)
    for words in (above.get_by_text(label).first, above.get_by_text(mistake)):
        expect(words).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [PHONE, 900, DESK])
def test_the_bar_that_saves_hides_nothing_that_has_the_focus(
    chromium: Browser, served: tuple[Site, Flask], width: int
) -> None:
    site, app = served
    with app.app_context():
        number = make_letter().id
    with visit(chromium, site.url, width=width) as page:
        log_in(page, app, number)
        page.goto(f"/manage/letters/{number}/edit")
        page.locator("#kept").evaluate("said => said.textContent = said.dataset.gone")  # the longest it says
        page.locator("#title").focus()
        while not page.evaluate(WITHIN_BAR):
            page.keyboard.press("Tab")
            assert page.evaluate(IN_SIGHT), page.evaluate("document.activeElement.outerHTML.slice(0, 80)")
