"""A letter that is being written, and whoever writes it, for the tests in a real browser."""

from typing import NamedTuple

from flask import Flask
from playwright.sync_api import Page

from tests.factories import make_letter, make_organiser
from tests.servers.browser import enter
from tests.servers.site import Site
from tests.servers.small import door
from tribune.database import db
from tribune.demo.commands import TEXT
from tribune.letters.models import Letter
from tribune.organisers.queries import organiser_by_address
from tribune.writing.actions import keep_draft, save


class Stage(NamedTuple):
    """A site, its application as the test sees it, and one letter with the page where it is written."""

    site: Site
    app: Flask
    email: str
    letter_id: int

    @property
    def edit(self) -> str:
        """Where it is written."""
        return f"/manage/letters/{self.letter_id}/edit"

    def log_in(self, page: Page) -> None:
        """Come in as the organiser of the letter."""
        with self.app.app_context():
            organiser = organiser_by_address(self.email)
            assert organiser
            log_in = door(organiser)
        enter(page, log_in)

    def open(self, page: Page) -> None:
        """Come in and begin to write: all that the page does by itself is done."""
        self.log_in(page)
        page.goto(self.edit)
        page.wait_for_selector("#look article")

    def keep(self, **content: str) -> None:
        """Keep a draft as another browser of theirs would."""
        with self.app.app_context():
            organiser, letter = organiser_by_address(self.email), db.session.get_one(Letter, self.letter_id)
            assert organiser
            keep_draft(letter, by=organiser, content=content, revision=letter.revision)

    def save(self, **changes: object) -> None:
        """Save as a colleague would."""
        with self.app.app_context():
            organiser, letter = organiser_by_address(self.email), db.session.get_one(Letter, self.letter_id)
            assert organiser
            save(letter, by=organiser, revision=letter.revision, published_at=None, changes=changes, tab={})


def begun(site: Site, app: Flask) -> Stage:
    """A draft of somebody with an account."""
    with app.app_context():
        organiser = make_organiser()
        letter = make_letter(organiser, title="Des rues", text="Un texte.", published=False)
        return Stage(site, app, organiser.email, letter.id)


def printed(lines: int) -> str:
    """The printed page of the demo, with the first of its lines of people and the last: axe takes long on many."""
    page = TEXT.read_text("utf-8")
    people = [line for line in page.splitlines(keepends=True) if line.startswith("- ")]
    return page.replace("".join(people[lines - 1 : -1]), "")
