"""The story in a real browser at the width of a phone, with and without JavaScript, and what axe says of each page."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.factories import make_letter, make_organiser, make_signature
from tests.servers.browser import PHONE, axe_violations, flaws, visit
from tests.servers.site import Site
from tests.servers.small import door, small_site
from tests.servers.smtp import Mail, MailServer, path_in

FIRST = "Ismaël Le Mouël et Léa Thomassin, fondateurs de HelloAsso\nNathan Stern, ingénieur social"


class Stage(NamedTuple):
    """A published letter, who is about to sign it, and the door of its organiser."""

    site: Site
    letter: str
    email: str
    log_in: str
    mails: MailServer

    def mail(self) -> Mail:
        """The first that they receive."""
        self.mails.wait_until(lambda: any(self.email in mail.recipients for mail in self.mails.accepted))
        return next(mail for mail in self.mails.accepted if self.email in mail.recipients)


@pytest.fixture(scope="module")
def running(migrated_sqlite: Path) -> Iterator[tuple[Site, Flask, MailServer]]:
    """One site for all of these, and the server its mails go to."""
    with MailServer() as mails, small_site(migrated_sqlite, mails) as (site, app):
        yield site, app, mails


@pytest.fixture
def stage(running: tuple[Site, Flask, MailServer]) -> Stage:
    site, app, mails = running
    with app.app_context():
        organiser = make_organiser()
        letter = make_letter(organiser, first=FIRST, text="Un texte.\n\n## Un titre\n\nLa suite.")
        make_signature(letter, given_name="Ana", family_name="Écrivain", role="maire")
        return Stage(site, f"/letters/{letter.slug}", f"zoe{letter.id}@example.org", door(organiser), mails)


def fill_in(page: Page) -> None:
    """What a reader types; e-mail left for later."""
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_label("Nom", exact=True).fill("d’Été")
    page.get_by_label("Fonction").fill("éditrice")
    page.get_by_label("Organisation", exact=False).first.fill("Le Port")
    page.get_by_label("Afficher ma ligne").check()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_reader_signs_on_a_phone(chromium: Browser, stage: Stage, javascript: bool) -> None:
    with visit(chromium, stage.site.url, width=PHONE, javascript=javascript) as page:
        page.add_init_script("delete HTMLFormElement.prototype.requestSubmit")  # as in Safari before 16
        page.goto(stage.letter)
        page.get_by_role("link", name="Signer").last.click()
        fill_in(page)
        if javascript:
            expect(page.locator("#preview .line")).to_have_text("Zoé d’Été, éditrice (Le Port)")
        page.get_by_label("Adresse électronique").fill("zoe@")
        page.get_by_role("button", name="Signer cette tribune").click()

        # The error is said in words, and nothing typed is lost.
        summary = page.get_by_role("alert")
        expect(summary).to_contain_text("Aucun courriel ne peut arriver à cette adresse")
        if javascript:
            expect(summary).to_be_focused()
        expect(page.get_by_label("Fonction")).to_have_value("éditrice")
        page.get_by_label("Adresse électronique").fill(stage.email)
        page.get_by_role("button", name="Signer cette tribune").click()
        expect(page.get_by_role("heading", name="Il reste une étape")).to_be_visible()

        # The mail opens in the same browser: with scripts it confirms by itself, without there is one button.
        page.goto(path_in(stage.mail(), "/signatures/confirm/"))
        if not javascript:
            expect(page.get_by_role("heading", name="Votre signature n’est pas encore comptée")).to_be_visible()
            page.get_by_role("button", name="Confirmer ma signature").click()
        expect(page.get_by_role("heading", name="C’est signé")).to_be_visible()
        page.goto(f"{stage.letter}/signatories?q=ete")
        expect(page.get_by_role("listitem")).to_have_text(re.compile("Zoé d’Été, éditrice \\(Le Port\\)"))


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_reader_who_left_the_page_open_types_the_code_of_the_mail(
    chromium: Browser, stage: Stage, javascript: bool
) -> None:
    with visit(chromium, stage.site.url, width=PHONE, javascript=javascript) as page:
        page.goto(f"{stage.letter}/sign")
        fill_in(page)
        page.get_by_label("Adresse électronique").fill(stage.email)
        page.get_by_role("button", name="Signer cette tribune").click()
        body = stage.mail().message.get_body(("plain",))
        found = re.search(r"^(\d{6})\r?$", body.get_content() if body else "", re.MULTILINE)
        assert found
        page.get_by_label("six chiffres").fill(f"{(int(found[1]) + 1) % 10**6:06}")
        page.get_by_role("button", name="Confirmer par le code").click()
        expect(page.get_by_label("six chiffres")).to_be_focused()
        expect(page.get_by_label("six chiffres")).to_have_accessible_description(re.compile("Ce code ne confirme rien"))
        assert not javascript or axe_violations(page) == []
        page.get_by_label("six chiffres").fill(found[1])
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="C’est signé")).to_be_visible()


def test_a_mail_scanner_that_runs_scripts_confirms_nothing_and_the_button_works_after(
    chromium: Browser, stage: Stage
) -> None:
    with visit(chromium, stage.site.url, javascript=False) as page:
        page.goto(f"{stage.letter}/sign")
        fill_in(page)
        page.get_by_label("Adresse électronique").fill(stage.email)
        page.get_by_role("button", name="Signer cette tribune").click()
    link = path_in(stage.mail(), "/signatures/confirm/")
    with visit(chromium, stage.site.url) as scanner:
        sent: list[str] = []
        scanner.on("request", lambda request: sent.append(request.method))
        scanner.clock.install()
        for _ in range(5):
            scanner.goto(link, wait_until="networkidle")
            scanner.clock.run_for(10_000)  # milliseconds, of which every timer on the page runs
        assert set(sent) == {"GET"}
        expect(scanner.get_by_role("heading", name="Votre signature n’est pas encore comptée")).to_be_visible()
        scanner.get_by_role("button", name="Confirmer ma signature").click()
        expect(scanner.get_by_role("heading", name="C’est signé")).to_be_visible()


def test_axe_finds_nothing_on_any_page(chromium: Browser, stage: Stage) -> None:
    listed = f"{stage.letter}/signatories"
    pages = ["/", stage.letter, f"{stage.letter}/sign", f"{stage.letter}/check-inbox", listed]
    pages += [f"{listed}?order=surname", f"{listed}?q=nobody", "/signatures/new-link", "/signatures/confirm/x"]
    pages += ["/signatures/confirm/code", "/nothing-here", "/organisers/log-in", stage.log_in]
    with visit(chromium, stage.site.url) as page:
        for path in pages:
            page.goto(path)
            assert flaws(page, dark=True) == [], path
        page.goto(f"{stage.letter}/sign")
        page.get_by_role("button", name="Signer cette tribune").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert flaws(page, dark=True) == [], "the form with its errors"


def test_the_form_can_be_filled_and_sent_by_keyboard_alone(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url) as page:
        page.goto(f"{stage.letter}/sign")
        page.get_by_label("Prénom").focus()
        for typed in ("Zoé", "Évrard", stage.email, "éditrice", "Le Port"):
            page.keyboard.type(typed)
            page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Il reste une étape")).to_be_visible()
        page.goto(path_in(stage.mail(), "/signatures/confirm/"))
        expect(page.locator(".as-printed")).to_have_text("Zoé Évrard, éditrice (Le Port)")
