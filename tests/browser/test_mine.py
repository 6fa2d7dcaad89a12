"""One's own signature in a real browser, which tells no origin of pages that tell their address to nobody."""

from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.factories import make_correction, make_letter, make_signature, mine_path, owner_of
from tests.servers.browser import DESK, PHONE, axe_violations, visit
from tests.servers.site import Site
from tribune.database import write


class Stage(NamedTuple):
    """A site with a letter; the page of its signature, and that of one whose owner is to agree to another text."""

    site: Site
    slug: str
    counts: str
    agrees: str


@pytest.fixture
def stage(served: tuple[Site, Flask]) -> Stage:
    site, app = served
    with app.app_context():
        letter, changed = make_letter(), make_letter()
        counts = make_signature(letter, given_name="Zo", family_name="Évrard", role="maire")
        agrees = make_signature(changed)
        make_correction(changed, by=owner_of(changed), substance=True)
        with write():
            agrees.counted_at = None
        return Stage(site, letter.slug, mine_path(counts), mine_path(agrees))


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_signatory_corrects_withdraws_returns_and_erases_on_a_phone(
    chromium: Browser, stage: Stage, javascript: bool
) -> None:
    with visit(chromium, stage.site.url, width=PHONE, javascript=javascript) as page:
        page.goto(stage.counts)
        page.get_by_role("link", name="Corriger ma ligne").click()
        page.get_by_label("Prénom").fill("Zoé")
        page.get_by_role("button", name="Voir le résultat").click()
        assert not javascript or axe_violations(page) == []
        save = page.get_by_role("button", name="Enregistrer")
        expect(save).to_be_focused()  # past the line: so it is read out with the button
        expect(save).to_have_accessible_description("Zoé Évrard, maire")
        save.click()
        expect(page.get_by_role("status")).to_have_text("Votre ligne est corrigée.")
        expect(page.get_by_role("status")).to_be_focused()  # so that it is heard first
        expect(page.locator(".as-printed")).to_have_text("Zoé Évrard, maire")
        assert not javascript or axe_violations(page) == []
        page.get_by_role("button", name="Retirer ma signature").click()
        expect(page.get_by_role("status")).to_contain_text("Votre signature est retirée.")
        page.get_by_role("button", name="Signer de nouveau").click()
        expect(page.get_by_role("status")).to_contain_text("Vous avez signé de nouveau.")
        page.get_by_role("link", name="Effacer ma signature…").click()
        assert not javascript or axe_violations(page) == []
        page.get_by_role("button", name="Effacer définitivement").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Il ne reste rien de cette signature")
        page.goto(f"/letters/{stage.slug}")
        expect(page.locator("main")).not_to_contain_text("Évrard")


def test_a_signatory_of_earlier_words_agrees_to_those_of_today(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url, width=PHONE) as page:
        page.goto(stage.agrees)
        page.get_by_role("link", name="Lire, puis répondre").click()
        page.get_by_role("button", name="Je signe le nouveau texte").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Vous avez signé le nouveau texte")


def test_the_buttons_of_a_signature_stand_one_below_the_other(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url, width=DESK) as page:
        page.goto(stage.counts)
        places = page.locator(".act :is(button, a)").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().x)"
        )
        assert len(places) > 4 and len(set(places)) == 1


def test_a_button_whose_words_turn_leaves_none_alone_on_a_line(chromium: Browser, stage: Stage) -> None:
    with visit(chromium, stage.site.url, width=PHONE) as page:
        page.goto(stage.counts)
        button = page.get_by_role("button", name="Accepter de recevoir des nouvelles")
        widths = button.evaluate("""it => {
            const words = document.createRange();
            words.selectNodeContents(it);
            return [...words.getClientRects()].map(line => line.width);
        }""")
        assert len(widths) == 2 and min(widths) > max(widths) / 2
