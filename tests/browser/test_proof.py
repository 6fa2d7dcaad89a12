"""A crowd behind one address in a real browser: with scripts a proof is computed, without them the mail waits."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.abuse.signing import HERE, came
from tests.factories import make_letter, posted
from tests.servers.browser import PHONE, stand_still, visit
from tests.servers.site import Site
from tests.servers.small import small_site
from tests.threads import LONG
from tribune.abuse.limits import LATE, PROVE
from tribune.database import now

FOR_LONG = f"""{{  // a browser that waits for the question as long as a busy machine may take
    const usual = AbortSignal.timeout;
    AbortSignal.timeout = () => usual.call(AbortSignal, {1000 * LONG});
}}"""


def sign(page: Page, slug: str) -> None:
    page.goto(f"/letters/{slug}/sign")
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_label("Nom", exact=True).fill("d’Été")
    page.get_by_label("Adresse électronique").fill("zoe@example.org")
    page.get_by_role("button", name="Signer cette tribune").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_in_a_crowd_everybody_signs(chromium: Browser, migrated_sqlite: Path, javascript: bool) -> None:
    with small_site(migrated_sqlite, RATELIMITS="on", TRUSTED_PROXIES="1") as (site, app), app.app_context():
        make_letter(slug="rues")
        for later in (0, PROVE.seconds):  # its ten minutes may end before the form is sent
            with time_machine.travel(now() + timedelta(seconds=later)):
                came(PROVE.most)
        with visit(chromium, site.url, width=PHONE, javascript=javascript) as page:
            page.add_init_script(FOR_LONG)
            page.set_extra_http_headers({"X-Forwarded-For": HERE})
            sign(page, "rues")
            expect(page.get_by_role("heading", name="Il reste une étape")).to_be_visible()
        [message] = posted()
        assert (message.next_at - message.created_at >= LATE - timedelta(seconds=1)) is not javascript


def test_a_question_that_nobody_answers_is_seen_and_does_not_keep_the_form(
    chromium: Browser, served: tuple[Site, Flask]
) -> None:
    site, app = served
    with app.app_context():
        slug = make_letter().slug
    with visit(chromium, site.url) as page:
        page.add_init_script("""{
            const over = new AbortController();
            AbortSignal.timeout = () => over.signal;
            window.giveUp = () => over.abort();
        }""")
        page.route("**/proof", lambda route: None)
        sign(page, slug)
        expect(page.locator("#checking")).not_to_be_empty()
        page.evaluate("giveUp()")  # what a browser does by itself once the time is over
        expect(page.get_by_role("heading", name="Il reste une étape")).to_be_visible()


def test_whoever_stops_waiting_for_the_next_page_presses_again(chromium: Browser, served: tuple[Site, Flask]) -> None:
    site, app = served
    with app.app_context():
        slug = make_letter().slug
    with visit(chromium, site.url) as page:
        stand_still(page)
        page.add_init_script("HTMLFormElement.prototype.submit = () => (document.title += ' sent')")  # no page comes
        sign(page, slug)
        expect(page).to_have_title(re.compile(r" sent$"))
        button = page.get_by_role("button", name="Signer cette tribune")
        button.click(force=True)  # again, because it seems to do nothing
        page.clock.fast_forward(5_000)
        button.click()
        expect(page).to_have_title(re.compile(r"[^t] sent sent$"))
