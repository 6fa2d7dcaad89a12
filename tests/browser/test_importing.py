"""An organiser imports the file of another site in a real browser, in French, and takes it back."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.factories import make_letter, make_signature, owner_of
from tests.importing import files
from tests.servers.browser import PHONE, enter, flaws, visit
from tests.servers.site import Site
from tests.servers.small import door


class Stage(NamedTuple):
    """A site with a letter, and how its organiser logs in."""

    url: str
    log_in: str
    letter: int
    slug: str


@pytest.fixture
def stage(served: tuple[Site, Flask]) -> Stage:
    site, app = served
    with app.app_context():
        letter = make_letter()
        make_signature(letter, email="ana@example.org")
        return Stage(site.url, door(owner_of(letter)), letter.id, letter.slug)


def test_a_file_is_looked_over_imported_and_taken_back(chromium: Browser, stage: Stage, tmp_path: Path) -> None:
    with visit(chromium, stage.url, width=PHONE) as page:
        enter(page, stage.log_in)
        page.goto(f"/manage/letters/{stage.letter}/signatures")
        page.get_by_role("link", name="Importer des signatures antérieures").click()
        assert flaws(page) == [], "the file to choose"
        page.get_by_role("button", name="Lire ce fichier").click()
        expect(page.get_by_role("alert")).to_contain_text("Choisissez le fichier.")
        page.locator("#file").set_input_files(
            files.written(tmp_path, files.GOOGLE + "hier,Toto,Toto,toto@example.org,,\n")
        )
        page.get_by_role("button", name="Lire ce fichier").click()

        # The columns are understood; who stands there already and what is doubted is said, and nothing is done.
        expect(page.locator("#column-0")).to_have_value("date")
        expect(page.locator("#column-5")).to_have_value("published")
        expect(page.get_by_role("button", name="Importer 3 signatures")).to_be_visible()
        expect(page.get_by_role("region", name="Déjà là, pas importées")).to_contain_text("ligne 3")
        expect(page.get_by_role("region", name="Importées, à vérifier")).to_contain_text("Cette date est illisible")
        assert flaws(page) == [], "what would become of the file"

        # The organiser leaves the answers out and vouches for them; the button asks how they know.
        page.locator("#column-5").select_option("left out")
        page.get_by_label("Vous : vous attestez l’accord de ces personnes").check()
        page.get_by_label("Toutes : vous attestez").check()
        page.get_by_role("button", name="Vérifier de nouveau").click()
        page.wait_for_url("**#found")
        page.get_by_role("button", name="Importer 3 signatures").click()
        expect(page.get_by_role("alert")).to_contain_text("Écrivez comment vous le savez")
        assert flaws(page) == [], "the review with its error"
        page.get_by_label("Comment vous le savez").fill("Formulaire de novembre, case cochée.")
        page.get_by_role("button", name="Importer 3 signatures").click()

        page.wait_for_url(re.compile(r"/signatures/batches/\d+"))
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("3 signatures importées"))
        assert flaws(page) == [], "what was done"
        page.get_by_role("button", name="Annuler").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("annulée"))
        assert flaws(page) == [], "what was taken back"
        page.goto(f"/letters/{stage.slug}/signatories")
        expect(page.locator("main")).not_to_contain_text("Léo Roux")
