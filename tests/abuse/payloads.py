"""What people type to make pages run it, in every field that a stranger or an organiser fills, on every page and file.

In a real browser: nothing runs (no dialog opens, no mark is left in the page), and nothing had to be stopped by the
Content-Security-Policy. Mails and the press list are opened without that policy. Some rows are written past the forms:
pages are as safe whatever the database holds.

    .venv/bin/python -m pytest tests/abuse/test_payloads.py             a sample
    .venv/bin/python -m tests.abuse.payloads --rounds 200 --share 8     by hand: in each round, one page of eight
"""

import sys
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Error, Page
from werkzeug.test import TestResponse

from tests.abuse.places import Ground, Place, make_ground
from tests.abuse.scripts import PAYLOADS
from tests.abuse.sites import databases, open_letter, options, tell
from tests.abuse.wire import Wire
from tests.factories import make_invited, make_signature, owner_of, posted
from tests.page import Reader
from tests.servers import browser as browsers
from tests.servers.browser import visit
from tests.servers.site import Site, serve
from tribune.database import db, write
from tribune.letters import actions as letters
from tribune.letters.models import Letter
from tribune.signatures import actions as signatures

# Type into every field of the first form that has one to type in; the others are buttons.
TYPE = """words => {
    const types = ["hidden", "checkbox", "radio", "file", "submit", "button", "number", "date", "datetime-local"]
    for (const form of document.forms) {
        const typed = [...form.elements].filter(field => field.name && !types.includes(field.type)
            && ["INPUT", "TEXTAREA"].includes(field.tagName))
        if (!typed.length || form.method === "get") continue
        for (const field of typed) {
            field.value = words
            field.dispatchEvent(new Event("input", {bubbles: true}))
        }
        form.id = "typed"
        return true
    }
    return false
}"""
SEND = "HTMLFormElement.prototype.submit.call(document.getElementById('typed'))"  # past what the browser would refuse


@dataclass
class Found:
    """What was opened and sent, and `ran`: where something ran, or the browser had to stop it."""

    pages: int = 0
    forms: int = 0
    bare: int = 0  # mails and files opened without our policy
    ran: list[str] = field(default_factory=list)

    def wrong(self) -> list[str]:
        """What does not hold."""
        return self.ran


class Unmoved(Reader):
    """A reader of pages on which somebody has typed what looks like a piece of a template."""

    def look_at(self, answer: TestResponse) -> None:
        """The browser does."""


def run(url: str, folder: Path, browser: Browser, *, rounds: int, share: int) -> Found:
    """Do so many rounds on this empty database, each with another payload, opening one page in `share`."""
    found = Found()
    with open_letter(url, folder) as (app, settings), serve(settings) as site, app.app_context():
        app.test_client_class = Unmoved
        for number in range(rounds):
            payload = PAYLOADS[number * 7 % len(PAYLOADS)]
            ground = make_ground(app)
            fill(ground.letter, payload)
            db.session.remove()
            places = [place for place in ground.places if shows_words(place)][number % share :: share]
            try:
                with visit(browser, site.url) as page:
                    enter(page.context, ground, site, found, payload)
                    for place in places:
                        open_page(page, place.path, payload, found)
                        send_form(page, place, payload, found)
            except AssertionError as complaint:  # of the browser, about one of these pages
                found.ran.append(f"{payload!r}: {complaint}")
            open_bare(browser, site, ground, payload, found)
    return found


def shows_words(place: Place) -> bool:
    """Whether it is a page or a file of words. A picture opened alone is shown by a page of the browser's own."""
    return "GET" in place.methods and not place.rule.startswith("/static/") and not place.rule.endswith(".jpg")


def fill(letter: Letter, payload: str) -> None:
    """Write it into the rows of this letter past all forms; its list of signatures holds every payload."""
    by = owner_of(letter)
    text = "\n\n".join([f"# {payload}", *PAYLOADS])
    words = {"title": payload, "standfirst": payload, "text": text, "authors": payload, "addressee": payload}
    letters.revise(letter, by=by, reason=payload, **words)
    for number, other in enumerate([payload, *PAYLOADS[len(payload) % 2 :: 2]]):
        names = {name: other for name in ("given_name", "family_name", "role", "organisation")}
        make_signature(letter, **names, email=f"p{number}@example.org")
    make_invited(letter, given_name=payload, family_name=payload, role=payload, organisation=payload, note=payload)
    names = {name: payload for name in ("given_name", "family_name", "role", "organisation")}
    signatures.sign(letter, email="new@example.org", capacity="personal", published=True, news=True, **names)
    with write():
        letter.outlet = letter.controller = payload
        by.name = payload
        letter.team.name = payload


def enter(context: BrowserContext, ground: Ground, site: Site, found: Found, payload: str) -> None:
    """As the organiser of the letter; and note each dialog that opens."""
    name, _, value = ground.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": site.url}])
    context.on("dialog", lambda dialog: (found.ran.append(f"{payload!r}: a dialog"), dialog.dismiss()))


def look(page: Page, where: str, payload: str, found: Found) -> None:
    """Whether something ran on the page as it stands."""
    if page.evaluate("self.ran"):
        found.ran.append(f"{payload!r} on {where}")


def open_page(page: Page, path: str, payload: str, found: Found) -> None:
    """Open it, asked for this payload too where pages are asked for something; a file is offered, not shown."""
    asked = "&".join(f"{name}={quote(payload)}" for name in ("q", "organisation", "said", "order", "next"))
    with suppress(Error):  # a download, or a page that leads to one
        page.goto(f"{path}?{asked}")
        look(page, path, payload, found)
        found.pages += 1


def send_form(page: Page, place: Place, payload: str, found: Found) -> None:
    """Type it into the form of the page, if there is one, and look at the answer."""
    with suppress(Error):
        page.goto(place.path)
        if page.evaluate(TYPE, payload):
            with page.expect_navigation(timeout=10_000):
                page.evaluate(SEND)
            look(page, f"the answer of {place.path}", payload, found)
            found.forms += 1


def open_bare(browser: Browser, site: Site, ground: Ground, payload: str, found: Found) -> None:
    """Open mails, and files that a browser shows, where no policy of ours stops anything."""
    htmls = [message.html or "" for message in posted()[-5:]]
    db.session.remove()
    with Wire(site.port) as wire:
        [path] = [place.path for place in ground.places if place.path.endswith("/press.html")]
        htmls.append(wire.ask("GET", path.encode(), [(b"Cookie", ground.cookie.encode())]).body.decode())
    context = browser.new_context()
    context.on("dialog", lambda dialog: (found.ran.append(f"{payload!r}: a dialog of a mail"), dialog.dismiss()))
    page = context.new_page()
    for html in htmls:
        page.set_content(html)
        look(page, "a mail or a file", payload, found)
        found.bare += 1
    context.close()


if __name__ == "__main__":
    asked = options(rounds=len(PAYLOADS), share=8)
    with browsers.start() as browser:
        for name, url, folder in islice(databases(), 1):  # pages are the same on either
            sys.exit(tell(name, run(url, folder, browser, **asked)))
