"""Words as long as their fields allow, without a space: no page grows wider than its window."""

from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page

from tests.factories import (
    invitation_path,
    make_correction,
    make_invited,
    make_letter,
    make_signature,
    mine_path,
    owner_of,
)
from tests.moderation.acting import do_to
from tests.servers.browser import DESK, HEIGHT, PHONE, enter, visit
from tests.servers.site import Site
from tests.servers.small import door, small_site
from tribune.database import write
from tribune.history.actions import add
from tribune.organisations.actions import merge

NARROW = 320  # as a phone of 1280 pixels at 400 %
PUBLIC = ["/", *(f"/letters/long{page}" for page in ("", "/signatories", "/sign", "/check-inbox", "/versions"))]
CHANGED = ["/letters/long/versions/1", "/letters/long/versions/2/changes"]
OWN = [
    "",
    "/edit",
    "/publish",
    "/signatures",
    "/first",
    "/review",
    "/review?kind=same_person",
    "/organisations",
    "/log",
]
TOO_FAR = """() => [...document.querySelectorAll("main *")]
    .filter(one => !one.closest(".scroll:not(:has(.folds)), thead, .letter-nav"))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => `${one.tagName} ${one.className}`)"""

WHOLE = "it => it.offsetHeight < 1.5 * parseFloat(getComputedStyle(it).lineHeight)"

DOUBLED = "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '225%' })"


def outside(page: Page, path: str) -> list[str]:
    """What stands further right than the window, where it cannot be scrolled to by itself."""
    page.goto(path)
    page.wait_for_load_state("load")
    return [f"{path}: {found}" for found in page.evaluate(TOO_FAR)]


def test_no_page_of_the_desk_grows_wider_than_a_phone_with_text_of_double_size(
    chromium: Browser, served: tuple[Site, Flask]
) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter()
        make_signature(
            letter, family_name="Derville", role="Fondateur", organisation="Questionnezvoselus.org", position=1
        )
        make_signature(letter)
        with write():
            letter.confirmed_count = 1_000_000  # the largest figure of the desk
        make_invited(letter)
        batch = do_to("hide", make_signature(letter), reason="Un doublon.")
        way_in, desk = door(owner_of(letter)), f"/manage/letters/{letter.id}"
    with visit(chromium, site.url, width=PHONE) as page:
        page.add_init_script(DOUBLED)
        enter(page, way_in)
        paths = [*OWN, "/invitations", f"/signatures/batches/{batch.id}"]
        assert [each for path in paths for each in outside(page, desk + path)] == []


def test_no_page_of_a_letter_grows_wider_than_a_phone_with_text_of_double_size(
    chromium: Browser, served: tuple[Site, Flask]
) -> None:
    site, app = served
    with app.app_context():
        letter = make_letter(text="Un paragraphe qui fait défiler la page.\n\n" * 40, first="Ana Blanc, maire")
        signatures = [make_signature(letter) for _ in range(2)]
        gathered = make_letter(published=False, text=letter.version.text)
        paths = [f"/letters/{letter.slug}{page}" for page in ("", "/signatories", "/sign", "/check-inbox", "/report")]
        own = mine_path(signatures[0])
        paths += [
            own,
            f"{own}/correct",
            invitation_path(make_invited(gathered)),
        ]
    with visit(chromium, site.url, width=NARROW) as page:
        page.add_init_script(DOUBLED)
        assert [each for path in paths for each in outside(page, path)] == []
        page.set_viewport_size({"width": PHONE, "height": HEIGHT})
        page.goto(own)
        page.wait_for_load_state("load")
        assert page.get_by_role("heading", name="Ma signature").evaluate(WHOLE)


def test_a_box_grows_with_the_words_beside_it(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        slug = make_letter().slug
    with visit(chromium, site.url, width=PHONE) as page:
        page.add_init_script(DOUBLED)
        page.goto(f"/letters/{slug}/sign")
        for label in ("À titre personnel", "Les organisateurs peuvent"):
            box, words = page.get_by_label(label).bounding_box(), page.get_by_text(label)
            line = words.evaluate("it => parseFloat(getComputedStyle(it).lineHeight)")
            assert box and abs(box["height"] - line) < 1, label


def test_no_page_grows_wider_than_its_window(chromium: Browser, migrated_sqlite: Path) -> None:
    with small_site(migrated_sqlite) as (site, app):
        with app.app_context():
            letter = make_letter(slug="long", title="T" * 300, authors="A" * 300, controller="C" * 300)
            names = {"given_name": "G" * 100, "family_name": "F" * 100, "role": "R" * 200, "organisation": "O" * 200}
            mine = mine_path(make_signature(letter, **names))
            hidden = make_signature(letter, **names)
            merge(letter, ["o" * 200], "N" * 200, owner_of(letter))
            batch = do_to("hide", hidden, reason="Q" * 300)
            make_correction(letter, text="X" * 3000, authors="B" * 300, reason="R" * 300)
            add(letter, "Y" * 3000, owner_of(letter))
            own = [*OWN, "/addenda", "/signatures/batches", f"/signatures/batches/{batch.id}"]
            way_in, desk = door(owner_of(letter)), f"/manage/letters/{letter.id}"
        for width in (NARROW, DESK):
            with visit(chromium, site.url, width=width) as page:
                found = [each for path in [*PUBLIC, *CHANGED, mine, f"{mine}/correct"] for each in outside(page, path)]
                if width == NARROW:
                    enter(page, way_in)
                    found += [each for path in own for each in outside(page, desk + path)]
                assert found == [], f"at {width} pixels"


def test_a_long_name_on_a_button_breaks(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        invited = make_invited(make_letter(published=False), given_name="G" * 100, family_name="F" * 100)
        path = invitation_path(invited)
    with visit(chromium, site.url, width=NARROW) as page:
        page.goto(path)
        page.get_by_label("Nom", exact=True).fill("K" * 100)
        page.get_by_role("button", name="Accepter et signer").click()
        page.get_by_role("button", name="Je suis GGG").wait_for()
        page.wait_for_load_state("load")  # without its style sheet no button breaks
        assert page.evaluate(TOO_FAR) == []
