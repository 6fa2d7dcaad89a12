"""On a screen the form stands beside the text; it stays there only where all of it is in sight."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.factories import make_letter, make_organiser, owner_of
from tests.servers.browser import DESK, HEIGHT, PHONE, visit
from tests.servers.site import Site
from tribune.letters.life import make_preview_link
from tribune.letters.links import preview_link
from tribune.signatures.lines import initials

TEXT = "\n\n".join(["Un paragraphe assez long pour que la page défile. " * 12] * 14)


@pytest.mark.parametrize(("height", "stays"), [(720, False), (900, False), (1000, True)])
def test_the_button_is_never_in_a_column_of_its_own_that_must_be_scrolled(
    chromium: Browser, served: tuple[Site, Flask], height: int, stays: bool
) -> None:
    site, app = served
    with app.app_context():
        slug = make_letter(make_organiser(), slug=f"beside-{height}", text=TEXT).slug
    with visit(chromium, site.url, width=1280) as page:
        page.set_viewport_size({"width": 1280, "height": height})
        page.goto(f"/letters/{slug}")
        form, bar = page.locator("#sign"), page.locator(".bar")
        assert form.evaluate("it => it.scrollHeight === it.clientHeight")
        expect(bar).to_be_hidden()  # the form is in sight
        page.locator(".names").evaluate("it => it.scrollIntoView()")
        button = form.get_by_role("button", name="Signer cette tribune")
        if not stays:
            expect(button).not_to_be_in_viewport()
            pressed, email = bar.get_by_role("link"), form.get_by_label("Adresse électronique")
            assert len({one.evaluate("it => it.getBoundingClientRect().right") for one in (pressed, email)}) == 1
            bar.get_by_role("link", name="Signer").click()
            expect(bar).to_be_hidden()
            button.scroll_into_view_if_needed()
        expect(button).to_be_in_viewport(ratio=1)


def test_a_preview_has_its_bar_only_where_its_form_is_out_of_sight(
    chromium: Browser, served: tuple[Site, Flask]
) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter(make_organiser(), text=TEXT, published=False)
        make_preview_link(letter, owner_of(letter))
        path = urlsplit(preview_link(letter).url()).path
    with visit(chromium, site.url, width=PHONE) as page:
        page.goto(path)
        expect(page.locator(".bar")).to_be_visible()
        page.set_viewport_size({"width": DESK, "height": HEIGHT})
        expect(page.locator(".bar")).to_be_hidden()


def test_the_line_says_on_whose_behalf_as_the_list_will(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        slug = make_letter(make_organiser(), slug="behalf").slug
    with visit(chromium, site.url) as page:
        page.goto(f"/letters/{slug}")
        page.get_by_label("Prénom").fill("Zoé")
        page.get_by_label("Organisation", exact=True).fill("Le Port")
        said = page.locator("#preview .capacity")
        expect(said).to_be_hidden()
        page.get_by_label("Au nom de mon organisation").check()
        expect(said).to_be_visible()
        expect(said).to_have_text("au nom de l’organisation")
        page.get_by_label("Organisation", exact=True).fill("")
        expect(said).to_be_hidden()


def test_what_is_wrong_with_both_names_stands_on_one_line(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        slug = make_letter(make_organiser(), slug="wrong").slug
    with visit(chromium, site.url, width=1280) as page:
        page.goto(f"/letters/{slug}/sign")
        page.get_by_role("button", name="Signer cette tribune").click()
        said = page.locator(".pair .error")
        expect(said).to_have_text(["Indiquez votre prénom.", "Indiquez votre nom de famille."])  # the second turns
        assert len({one.evaluate("it => it.getBoundingClientRect().top") for one in said.all()}) == 1
        fields = page.locator(".pair input").all()
        assert len({one.evaluate("it => it.getBoundingClientRect().top") for one in fields}) == 1


def test_where_initials_are_listed_the_form_shows_those_of_the_line(
    chromium: Browser, served: tuple[Site, Flask]
) -> None:
    site, app = served
    with app.app_context():
        slug = make_letter(make_organiser(), slug="initials", public_list="initials").slug
    with visit(chromium, site.url) as page:
        page.goto(f"/letters/{slug}/sign")
        for given, family in (("élodie", "d’Été"), ("Keʻala", "ʻAkahi"), ("შოთა", "რუსთაველი")):
            page.get_by_label("Prénom").fill(given)
            page.get_by_label("Nom", exact=True).fill(family)
            expect(page.locator("#preview .line")).to_have_text(initials(given, family))
