"""Mails whose links are opened by programs first: see scanners.py."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.abuse import scanners
from tests.databases import ON_SQLITE

MAILS, SAMPLE, SECONDS = 10, 6, 1


@ON_SQLITE
def test_what_opens_the_links_of_a_mail_changes_nothing(database_url: str, tmp_path: Path, chromium: Browser) -> None:
    found = scanners.run(database_url, tmp_path, browser=chromium, mails=MAILS, sample=SAMPLE, seconds=SECONDS)
    assert found.changed == [] and found.links >= 2 * MAILS and set(found.statuses) == {200}
    assert found.all_clicks_work and found.left
