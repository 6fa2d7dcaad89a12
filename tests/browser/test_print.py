"""As a newspaper prints: every name in the type of the letter, and on paper nothing to press or to answer."""

from flask import Flask
from playwright.sync_api import Browser, expect

from tests.factories import make_correction, make_letter, make_signature, owner_of
from tests.servers.browser import enter, visit
from tests.servers.site import Site
from tests.servers.small import door
from tribune.database import write
from tribune.signatures.queries import PAGE

SHEET = 627  # pixels of the width of A4 between its margins
# Whatever does not fit into what scrolls is cut off, and so is what is wider than the paper.
ALL_OF_IT = """it => it.scrollHeight <= it.clientHeight + 1 && it.scrollWidth <= it.clientWidth + 1"""


def test_each_letter_of_a_name_is_in_the_type_of_the_letter(chromium: Browser, served: tuple[Site, Flask]) -> None:
    load = "letter => document.fonts.load('1rem \"Source Serif 4\"', letter).then(faces => faces.length > 0)"
    with visit(chromium, served[0].url) as page:
        page.goto("/")
        assert [letter for letter in "ZoéŁukaszNguyễnThịÁnhTuyết" if not page.evaluate(load, letter)] == []


def test_paper_asks_nobody_to_sign(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter(first="Premiers signataires :\n\nZoé Évrard, éditrice")
        make_correction(letter, reason="Une coquille.")
        slug = letter.slug
    with visit(chromium, site.url) as page:
        page.goto(f"/letters/{slug}")
        expect(page.locator(".on-paper").filter(visible=True)).to_have_count(0)
        asked = page.get_by_text("Personne n’a encore signé ce texte")
        expect(asked).to_be_visible()
        head = page.locator(".title")
        assert " (voir ce qui a changé)" in head.inner_text()
        page.emulate_media(media="print")
        expect(page.get_by_text("Zoé Évrard")).to_be_visible()
        links = [page.get_by_role("link", name=name) for name in ("Signer cette tribune", "voir ce qui a changé")]
        for hidden in (asked, page.get_by_role("button"), *links):
            expect(hidden).to_be_hidden()
        expect(page.get_by_text(f"Cette tribune en ligne : {site.url}/letters/{slug}")).to_be_visible()
        assert "(" not in head.inner_text()


def test_the_paper_says_that_the_list_is_longer_and_where_it_is(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        short, long = make_letter(public_list="yes"), make_letter(public_list="yes")
        with write():
            for letter, people in ((short, 2), (long, PAGE + 1)):
                for _ in range(people):
                    make_signature(letter)
        paths = [f"/letters/{letter.slug}/signatories" for letter in (short, long)]
    with visit(chromium, site.url) as page:
        for path, parts in zip(paths, (0, 1), strict=True):
            page.goto(path)
            told = page.get_by_text(f"Cette page contient une partie de la liste. La voici entière : {site.url}{path}")
            expect(told).to_have_count(parts)
            expect(page.locator(".on-paper").filter(visible=True)).to_have_count(0)
            page.emulate_media(media="print")
            expect(told.filter(visible=True)).to_have_count(parts)
            page.emulate_media(media="screen")


def test_on_paper_a_table_has_all_its_columns_and_the_press_list_all_its_names(
    chromium: Browser, served: tuple[Site, Flask]
) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter()
        with write():
            for number in range(60):
                make_signature(letter, role=f"éditrice de la rue numéro {number}")
        desk, way_in = f"/manage/letters/{letter.id}", door(owner_of(letter))
    with visit(chromium, site.url, width=SHEET) as page:
        enter(page, way_in)
        for path, holder in (("/signatures", ".scroll"), ("/press", "#sheet")):
            page.goto(desk + path)
            page.emulate_media(media="print")
            assert page.locator(holder).evaluate(ALL_OF_IT), path
            page.emulate_media(media="screen")
