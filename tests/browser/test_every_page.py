"""How every page looks on a phone, and is used there by thumb and by keyboard: over the URL map."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.addresses import NAMES, address, rules
from tests.factories import make_organiser, owner_of
from tests.objects import full_letter
from tests.servers.browser import PHONE, enter, visit
from tests.servers.small import door, small_site
from tribune.letters.models import Letter

RUNS_THE_SITE = "somebody@example.org"
OTHERWISE = {"manage_invitations.mail_html", "manage_moderation.batch"}  # a mail; goes on by itself
PRESSED, FIELDS = "a, button, summary", "input:not([type=hidden]), select, textarea"
SEEN = """const seen = [...document.querySelectorAll(of)].filter(one =>
    one.checkVisibility() && !one.closest(".visually-hidden, .skip, .trap"));
const called = one => `${one.tagName} ${one.id || one.textContent.trim().slice(0, 40)}`;"""
SMALL = f"""of => {{ {SEEN}
    return seen.filter(one => Math.max(...[...one.getClientRects()].map(box => box.height)) < 23.9).map(called) }}"""
# The ring stands around what has the focus: what scrolls may cut it off on the right alone, where one pushes it along.
CUT = f"""of => {{ {SEEN}
    return seen.filter(one => {{
        one.focus();
        const scrolls = one.parentElement.closest(".scroll, .letter-nav, .form");
        if (document.activeElement !== one) return false; // shown, and not to be used
        if (!one.matches(":focus-visible")) return true;
        if (!scrolls || getComputedStyle(scrolls).overflowX === "visible") return false;
        const style = getComputedStyle(one), ring = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
        const [box, room] = [one.getBoundingClientRect(), scrolls.getBoundingClientRect()];
        return Math.min(box.left - room.left, box.top - room.top, room.bottom - box.bottom) < ring - 0.5;
    }}).map(called) }}"""
# What scrolls, or stays in sight above what scrolls, passes over the rest.
NEAR = f"""of => {{ {SEEN}
    const holdsWords = one => [...one.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    const still = one => !one.closest(".scroll, .sheet, .bar, .savebar, .visually-hidden, .trap");
    const gap = (one, other) => Math.max(
        one.left - other.right, other.left - one.right, one.top - other.bottom, other.top - one.bottom);
    const words = [...document.querySelectorAll("main *")].filter(one =>
        holdsWords(one) && still(one) && one.checkVisibility());
    return seen.filter(still).filter(one => words.some(other => !one.contains(other) && !other.contains(one) &&
        [...other.getClientRects()].some(box => gap(one.getBoundingClientRect(), box) < 6))).map(called) }}"""
UNDRESSED = f"""of => {{ {SEEN}
    const size = one => parseFloat(getComputedStyle(one).fontSize);
    return seen.filter(one => size(one) < size(one.parentElement) - 0.1).map(called) }}"""
# Into a field of smaller type, Safari on an iPhone zooms.
ZOOMED = f"""of => {{ {SEEN}
    return seen.filter(one => parseFloat(getComputedStyle(one).fontSize) < 16).map(called) }}"""
# A telephone makes words of its dictionary of names, and begins a role, which stands behind the name, with a capital.
REWRITTEN = f"""of => {{ {SEEN}
    return seen.filter(one => one.name === "role" ? one.autocapitalize !== "none"
        : one.getAttribute("autocorrect") !== "off").map(called) }}"""
NAMED = "input[type=search], input[name=given_name], input[name=family_name], input[name=role]:not([type=radio])"
TYPED = "input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea"
LOOKED_FOR = {
    "small": (SMALL, f"{PRESSED}, {FIELDS}"),
    "cut": (CUT, f"{PRESSED}, {FIELDS}"),
    "near": (NEAR, "button:not(.quiet), .primary, .as-button"),
    "undressed": (UNDRESSED, TYPED),
    "zoomed": (ZOOMED, TYPED),
    "rewritten": (REWRITTEN, NAMED),
}


@pytest.fixture(scope="module")
def found(chromium: Browser, migrated_sqlite: Path) -> dict[str, set[str]]:
    """What is wrong with what on the pages of the site, as whoever runs it, and a letter there, opens them all."""
    found: dict[str, set[str]] = {wrong: set() for wrong in LOOKED_FOR}
    running = {"ADMINISTRATORS": RUNS_THE_SITE, "OPERATOR_CONTACT": RUNS_THE_SITE}
    with (
        small_site(migrated_sqlite, **running) as (site, app),
        app.app_context(),
        visit(chromium, site.url, width=PHONE) as page,
    ):
        letter = full_letter(make_organiser(email=RUNS_THE_SITE))
        enter(page, door(owner_of(letter)))
        for path in addresses(page, app, letter):
            page.goto(path)
            page.wait_for_load_state("load")
            page.keyboard.press("Tab")  # from then on what has the focus shows it
            for wrong, (what, of) in LOOKED_FOR.items():
                found[wrong] |= {f"{one} on {path}" for one in page.evaluate(what, of)}
    return found


def addresses(page: Page, app: Flask, letter: Letter) -> list[str]:
    """Where the site answers with a page of its own that stays."""
    made = []
    for rule in rules(app, NAMES[0] | NAMES[1]):
        if "GET" in (rule.methods or set()) and rule.endpoint not in OTHERWISE:
            path = address(app, rule, letter)
            answer = page.request.get(path, max_redirects=0)
            kind, file = (answer.headers.get(f"content-{name}", "") for name in ("type", "disposition"))
            if answer.status == 200 and kind.startswith("text/html") and not file:
                made.append(path)
    assert len(made) > 60
    return made


def test_what_is_pressed_is_large_enough_for_a_thumb(found: dict[str, set[str]]) -> None:
    assert found["small"] == set()


def test_the_ring_around_what_has_the_focus_is_whole(found: dict[str, set[str]]) -> None:
    assert found["cut"] == set()


def test_a_button_stands_clear_of_words_and_of_other_buttons(found: dict[str, set[str]]) -> None:
    assert found["near"] == set()


def test_every_field_is_dressed_as_the_others(found: dict[str, set[str]]) -> None:
    assert found["undressed"] == set()


def test_no_field_makes_a_phone_zoom(found: dict[str, set[str]]) -> None:
    assert found["zoomed"] == set()


def test_a_phone_leaves_names_and_roles_as_they_were_typed(found: dict[str, set[str]]) -> None:
    assert found["rewritten"] == set()
